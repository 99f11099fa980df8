# SPDX-License-Identifier: AGPL-3.0-only
"""Clients that break off TLS at awkward moments, with asyncio's own loop and TLS, as where there is no uvloop."""

import asyncio
import json
import logging
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from keks_meet.protocol.limits import Limits
from keks_meet.server.config import Config, Server
from keks_meet.server.service import Service
from keks_meet.server.sockets import open_sockets

UPGRADE = (
    "GET /signaling HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
BEGINNINGS = [b"", b"GET / HTTP/1.1\r\nHost: loc", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", UPGRADE.encode()]


@pytest.fixture
async def server(certificate: Path, pages: Any, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Any]:
    """Run a server in this loop; whatever it makes wrong, or asyncio says of it, is an error."""
    loop, failures = asyncio.get_running_loop(), list[dict[str, Any]]()
    assert "uvloop" not in type(loop).__module__
    loop.set_exception_handler(lambda _, context: failures.append(context))
    keys = {"tls_cert": str(certificate), "tls_key": str(certificate.with_name("key.pem"))}
    config = Config(server=Server(bind="127.0.0.1:0", **keys), limits=Limits(queued_bytes=2 * 1_048_576))
    service = Service(config, open_sockets(config.server, {}), pages)
    await service.start()
    yield SimpleNamespace(url=service.addresses[0], service=service)
    async with asyncio.timeout(10):
        while service._listener.open_connections:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
    await service.stop()
    assert failures == []
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == []


async def dial(server: Any, certificate: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    port = int(server.url.rpartition(":")[2].strip("/"))
    trust = ssl.create_default_context(cafile=str(certificate))
    return await asyncio.open_connection("127.0.0.1", port, ssl=trust)


@pytest.mark.parametrize("turns", [0, 1, 3, 8])
@pytest.mark.parametrize("beginning", BEGINNINGS)
async def test_while_something_is_asked_or_answered(
    server: Any, certificate: Path, beginning: bytes, turns: int
) -> None:
    for _ in range(5):
        _, writer = await dial(server, certificate)
        writer.write(beginning)
        for _ in range(turns):
            await asyncio.sleep(0)
        writer.transport.abort()


async def test_while_tls_begins(server: Any) -> None:
    port = int(server.url.rpartition(":")[2].strip("/"))
    for words in (b"", b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/1.1\r\n\r\n"):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(words)
        await asyncio.sleep(0.05)
        writer.transport.abort()


@pytest.mark.parametrize("turns", [0, 1, 2, 5, 20])
async def test_while_others_write_to_it(server: Any, certificate: Path, connect: Any, turns: int) -> None:
    """Also when it reads nothing, so that its queue is full, and when the server has begun to close it."""
    trust = ssl.create_default_context(cafile=str(certificate))
    ann = await connect(server, ssl=trust)
    await ann.join("room")
    for last in (None, "nonsense", json.dumps({"join": {}})):
        bob = await connect(server, ssl=trust)
        await bob.join("room", others=1)
        for number in range(6):
            await ann.say({"relay": {"message": f"{number}" + "A" * 200_000}})
        if last is not None:
            await bob.socket.send_str(last)
        for _ in range(turns):
            await asyncio.sleep(0)
        bob.socket._response.connection.transport.abort()
        while (await ann.hear()) != {"client_leave": {"id": bob.id}}:
            pass
    ann.socket._response.connection.transport.abort()


async def test_while_the_server_ends(server: Any, certificate: Path, connect: Any) -> None:
    trust = ssl.create_default_context(cafile=str(certificate))
    clients = [await connect(server, ssl=trust) for _ in range(6)]
    closing = asyncio.create_task(server.service._signaling.close())
    for client in clients:
        await asyncio.sleep(0)
        client.socket._response.connection.transport.abort()
    await closing
