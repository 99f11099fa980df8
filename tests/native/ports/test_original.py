# SPDX-License-Identifier: AGPL-3.0-only
"""TCP connections with a client that knows none of our extensions."""

import asyncio
import os

import pytest

from keks_meet.client.room import Room
from tests.e2e.harness.server import Server
from tests.native.original import Original
from tests.native.ports.tcp import (
    MIB,
    connected,
    ends,
    forwarded,
    listening,
)
from tests.native.waiting import until


async def test_original_connects_and_closing_ends_it(server: Server, alice: Room, secret: str) -> None:
    """What was sent before the close is passed on, a text is bytes of the connection, and nothing of an EOF is said."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"welcome")
        heard.append(await reader.read())

    async with Original(server.url, secret) as original, listening(serve) as port:
        alice.provide_port(port, "it")
        await original.until(lambda: any("provide" in inner for inner in original.heard))
        line = await original.connect_to("it")
        await original.until(lambda: line.data == b"welcome")
        line.send(b"some ", "text ", '{"eof": true}', b" more")
        line.close()
        await until(lambda: heard)
        assert heard == [b'some text {"eof": true} more']
        assert line.heard == [b"welcome"]


async def test_original_connects_and_the_server_ends_it(server: Server, alice: Room, secret: str) -> None:
    data = os.urandom(5 * MIB)

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    async with Original(server.url, secret) as original, listening(serve) as port:
        alice.provide_port(port, "it")
        await original.until(lambda: any("provide" in inner for inner in original.heard))
        line = await original.connect_to("it")
        await original.until(lambda: line.is_closed)
        assert line.data == data


@pytest.mark.parametrize("who", ["client", "port"])
async def test_original_offers_a_port(server: Server, bob: Room, secret: str, who: str) -> None:
    async with Original(server.url, secret) as original:
        await original.provide_port("it")
        forward = await forwarded(bob)
        async with connected(forward.port) as (reader, writer):
            writer.write(b"request")
            await original.until(lambda: original.lines and original.lines[0].data == b"request")
            (line,) = original.lines
            line.send(b"an", "swer")
            if who == "port":
                line.close()
                assert await ends(reader) == b"answer"
            else:
                assert await reader.readexactly(6) == b"answer"
                writer.write(b"bye")
                writer.write_eof()
                await original.until(lambda: line.is_closed)
                assert line.data == b"requestbye"
                assert await ends(reader) == b""
