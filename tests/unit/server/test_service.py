# SPDX-License-Identifier: AGPL-3.0-only
"""The server as one thing: what fails within it is told. `tests/integration` has the rest with real processes."""

import asyncio
from pathlib import Path

import pytest

from keks_meet.server.config import Config, Server
from keks_meet.server.service import Service
from keks_meet.server.signaling import Signaling
from keks_meet.server.sockets import open_sockets


async def fail(*_arguments: object) -> None:
    raise ZeroDivisionError


async def test_a_watch_and_a_drain_that_fail_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("start.html", "room.html"):
        (tmp_path / name).touch()
    monkeypatch.setattr(Signaling, "watch_readers", fail)
    monkeypatch.setattr(Signaling, "drain", fail)
    config = Config(server=Server(bind="127.0.0.1:0", stun_bind="", drain_seconds=60))
    service = Service(config, open_sockets(config.server, {}), tmp_path)
    await service.start()
    await service.drain(asyncio.Event())
    await service.stop()
    said = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(said) == 2
    assert all(message.startswith("fail has failed: ZeroDivisionError") for message in said)
