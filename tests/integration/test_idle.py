# SPDX-License-Identifier: AGPL-3.0-only
"""What is seen only from inside: times too short for a configuration, and that nothing is left over."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import WSMsgType

from keks_meet.protocol.limits import Limits
from keks_meet.server.config import Config, Server
from keks_meet.server.service import Service
from keks_meet.server.sockets import open_sockets


@contextlib.asynccontextmanager
async def running(pages: Path, **limits: Any) -> AsyncIterator[Any]:
    """Run a service, and see that nothing of its clients is left when it has ended."""
    config = Config(server=Server(bind="127.0.0.1:0", trusted_proxies=()), limits=Limits(**limits))
    service = Service(config, open_sockets(config.server, {}), pages)
    await service.start()
    yield SimpleNamespace(url=service.addresses[0], service=service)
    await service.stop()
    assert service._listener.open_connections == 0
    assert service._listener.connections == []
    assert service._listener.page_connections == 0
    assert len(service._listener.by_address) == 0
    assert len(service._signaling.addresses.clients) == 0
    assert len(service._signaling.addresses.watches) == 0
    assert not service._signaling._connections
    assert not service._signaling._open
    assert not service._signaling._rooms.hub._clients


@pytest.fixture
async def impatient(pages: Path) -> AsyncIterator[Any]:
    async with running(pages, idle_seconds=1.5) as server:
        yield server


@pytest.fixture
async def patient(pages: Path) -> AsyncIterator[Any]:
    async with running(pages) as server:
        yield server


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


async def test_nothing_is_left_of_connections(patient: Any, connect: Any) -> None:
    """[S9]: however they end; the fixture sees to those that the end of the service ends."""
    watcher = await connect(patient)
    await watcher.say({"watch_rooms": ["room"]})
    for ending in ("close", "abort", "malformed", "violation", "binary"):
        client = await connect(patient)
        await client.join("room")
        assert await watcher.hear() == {"room_info": {"hash": "room", "user_count": 1}}
        match ending:
            case "close":
                await client.socket.close()
            case "abort":
                client.socket._response.connection.transport.abort()
            case "malformed":
                await client.say("nonsense")
            case "violation":
                await client.socket.send_frame(b"\xff", WSMsgType.TEXT)
            case "binary":
                await client.socket.send_bytes(b"")
        assert await watcher.hear() == {"room_info": {"hash": "room", "user_count": 0}}
    assert len(patient.service._signaling._connections) == 1
    assert len(patient.service._signaling._rooms.hub._clients) == 1
