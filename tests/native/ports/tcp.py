# SPDX-License-Identifier: AGPL-3.0-only
"""TCP servers and clients of this process, and rooms between them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from keks_meet.client.ports.forwarding import Forward
from keks_meet.client.room import Room
from tests.native.waiting import offer_in

MIB = 1_048_576
AT_ONCE = 15.0
"""Seconds: far below the 30 that a connection waits for its channel, far above what a busy machine needs."""
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(serve: Serve, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[int]:
    """A TCP server of this process, until the end of the block; what fails in it fails the test."""
    connections: list[asyncio.Task[None]] = []

    async def run(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(asyncio.create_task(run(reader, writer)))

    server = await asyncio.start_server(accept, host, port)
    try:
        yield server.sockets[0].getsockname()[1]
        async with asyncio.timeout(AT_ONCE):
            await asyncio.gather(*connections)
    finally:
        server.close()
        for task in connections:
            task.cancel()


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def forwarded(room: Room, resource_id: str = "it") -> Forward:
    """A local port of a room, for what somebody offers there."""
    await offer_in(room, resource_id)
    return await room.forward(resource_id)


@asynccontextmanager
async def through(
    offering: Room, using: Room, serve: Serve, allow: Callable[[int], Awaitable[bool]] | None = None
) -> AsyncIterator[Forward]:
    """A TCP server of this process that one room offers as "it", and the port by which the other reaches it."""
    async with listening(serve) as port:
        offering.provide_port(port, "it", allow=allow)
        yield await forwarded(using)


async def ends(reader: asyncio.StreamReader) -> bytes:
    """Return what comes until the connection ends, by whichever way."""
    data = bytearray()
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(AT_ONCE):
            while piece := await reader.read(65_536):
                data += piece
    return bytes(data)


async def welcome(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say so, and nothing else."""
    writer.write(b"welcome")


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Echo, until the other side goes, however it does."""
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()


async def greeted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """See that a connection works."""
    async with asyncio.timeout(20):
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"


class Doorkeeper:
    """Answers when it is told to."""

    def __init__(self, answer: bool) -> None:
        self.asked: list[int] = []
        self.tell = asyncio.Event()
        self._answer = answer

    async def __call__(self, peer: int) -> bool:
        self.asked.append(peer)
        await self.tell.wait()
        return self._answer
