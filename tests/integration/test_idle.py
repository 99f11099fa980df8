# SPDX-License-Identifier: AGPL-3.0-only
"""Times that the configuration does not allow to be short, on a service inside the test."""

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from keks_meet.protocol.limits import Limits
from keks_meet.server.config import Config, Server
from keks_meet.server.service import Service
from keks_meet.server.sockets import open_sockets


@pytest.fixture
async def impatient(pages: Path) -> AsyncIterator[Any]:
    config = Config(server=Server(bind="127.0.0.1:0"), limits=Limits(idle_seconds=1.5))
    service = Service(config, open_sockets(config.server, {}), pages)
    await service.start()
    yield SimpleNamespace(url=service.addresses[0])
    await service.stop()


async def test_a_client_that_says_nothing_is_disconnected(impatient: Any, connect: Any) -> None:
    """[S6] [S10]: pings keep a client connected, silence does not."""
    lively, silent = await connect(impatient), await connect(impatient)
    await lively.join("room")
    await silent.join("room", others=1)
    assert await lively.hear() == {"client_join": {"id": silent.id}}
    for _ in range(20):
        await lively.say({"ping": None})
        message = await _heard_within(lively, 0.3)
        if message is not None:
            break
    assert message == {"client_leave": {"id": silent.id}}
    assert await silent.closed() == (1008, "idle for too long")


async def _heard_within(client: Any, seconds: float) -> Any:
    try:
        return await client.socket.receive_json(timeout=seconds)
    except TimeoutError:
        return None
