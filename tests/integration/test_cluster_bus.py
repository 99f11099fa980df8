# SPDX-License-Identifier: AGPL-3.0-only
"""The bus between nodes, with several servers of NATS [C2]."""

import asyncio
import signal
from pathlib import Path

import pytest

from keks_meet.server.cluster.bus import Bus
from keks_meet.server.config import Cluster
from tests.integration.cluster import running_nats


# The library leaves connections open whose server does not answer.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.slow
async def test_a_nats_that_hangs_holds_nobody_back_from_another_one(tmp_path: Path) -> None:
    """However much was on its way to it."""
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    with running_nats(tmp_path / "one") as one, running_nats(tmp_path / "other") as other:
        servers = tuple(f"nats://127.0.0.1:{each.port}" for each in (one, other))
        heard: list[bytes] = []
        bus = Bus(Cluster(nats=servers), 1, 1, heard.append, heard.append)
        assert await bus.start(10)
        client = bus._client
        assert client is not None
        assert client.connected_url is not None
        used, free = (one, other) if client.connected_url.port == one.port else (other, one)
        used.send(signal.SIGSTOP)
        async with asyncio.timeout(60):
            while client.connected_url is None or client.connected_url.port != free.port:
                bus.publish(None, bytes(60_000))
                await asyncio.sleep(0.05)
            while b"at last" not in heard:
                bus.publish(None, b"at last")
                await asyncio.sleep(0.05)
        await bus.stop()
