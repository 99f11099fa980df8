# SPDX-License-Identifier: AGPL-3.0-only
"""What ends a connection through a room, and that nothing else is reached instead."""

import asyncio
import contextlib
import gc

import pytest

from keks_meet.client.events import PeerLeft
from keks_meet.client.room import Room
from keks_meet.errors import RoomLeft
from tests.e2e.harness.server import Server
from tests.native.original import Original
from tests.native.ports.tcp import (
    AT_ONCE,
    MIB,
    Doorkeeper,
    connected,
    ends,
    forwarded,
    greeted,
    listening,
    talk,
    through,
)
from tests.native.waiting import event_in, soon, until


@pytest.mark.parametrize("who", ["alice", "bob"])
async def test_peer_that_leaves_in_the_middle_leaves_no_end_that_looks_whole(alice: Room, bob: Room, who: str) -> None:
    broken = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        try:
            await reader.read()
        except ConnectionResetError:
            broken.set()

    async def serve_greeting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(5))
        await serve(reader, writer)

    async with through(alice, bob, serve_greeting) as forward, connected(forward.port) as (reader, writer):
        await greeted(reader, writer)
        await (alice if who == "alice" else bob).leave()
        async with asyncio.timeout(AT_ONCE):
            await broken.wait()
            with pytest.raises(ConnectionResetError):
                await reader.read()


async def test_half_closed_connection_ends_with_its_peer(alice: Room, bob: Room) -> None:
    """Nothing comes any more, and nothing is being sent: there is nobody but the channel to tell of the end."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"that is all")
        writer.write_eof()
        with contextlib.suppress(ConnectionError):
            await reader.read()

    async with through(alice, bob, serve) as forward, connected(forward.port) as (reader, writer):
        assert await ends(reader) == b"that is all"
        await alice.leave()

        async def write_on() -> None:
            while True:
                writer.write(b"?")
                await writer.drain()
                await asyncio.sleep(0.001)

        with pytest.raises(ConnectionError):
            async with asyncio.timeout(AT_ONCE):
                await write_on()


async def test_forward_that_is_closed_in_the_middle(alice: Room, bob: Room) -> None:
    async with through(alice, bob, talk) as forward:
        async with connected(forward.port) as (reader, writer):
            await greeted(reader, writer)
            forward.close()
            assert await ends(reader) == b""
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", forward.port)
        again = await bob.forward("it")
        async with connected(again.port) as (reader, writer):
            await greeted(reader, writer)


async def test_port_that_is_no_longer_offered_keeps_its_connections_and_gets_no_more(alice: Room, bob: Room) -> None:
    async with through(alice, bob, talk) as forward, connected(forward.port) as (reader, writer):
        await greeted(reader, writer)
        alice.stop("it")
        await soon(bob, lambda: not bob.peers[0].resources or None)
        await greeted(reader, writer)
        async with connected(forward.port) as (other, _):
            assert await ends(other) == b""


async def test_everything_ends_with_the_room(server: Server, secret: str) -> None:
    """Also what nobody reads, what waits for its channel, and what a doorkeeper thinks about."""
    before = asyncio.all_tasks()

    async def pour(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(bytes(65_536))
                await writer.drain()

    async with listening(pour) as port, Original(server.url, secret) as original:
        await original.provide_port("mute")
        original._heard = original.ignore
        keeper = Doorkeeper(True)
        async with (
            Room(secret, server=server.url, username="alice") as alice,
            Room(secret, server=server.url, username="bob") as bob,
        ):
            alice.provide_port(port, "it")
            alice.provide_port(port, "guarded", allow=keeper)
            forwards = [await forwarded(bob, each) for each in ("it", "guarded", "mute")]
            async with (
                connected(forwards[0].port) as (stalled, _),
                connected(forwards[1].port),
                connected(forwards[2].port),
            ):
                await until(lambda: keeper.asked)
                await stalled.readexactly(MIB)
                async with asyncio.timeout(AT_ONCE):
                    await bob.leave()
                    await alice.leave()
    with pytest.raises(RoomLeft):
        await bob.forward("it")
    gc.collect()
    await until(lambda: asyncio.all_tasks() <= before)


async def test_nobody_else_is_led_to_for_the_peer_whose_port_it_was(server: Server, bob: Room, secret: str) -> None:
    """Whoever offers the same id later could be anybody."""
    async with listening(talk) as port:
        first = await Room(secret, server=server.url, username="first").__aenter__()
        first.provide_port(port, "it")
        forward = await forwarded(bob)
        async with connected(forward.port) as (reader, writer):
            await greeted(reader, writer)
        async with Room(secret, server=server.url, username="second") as second:
            reached = asyncio.Event()

            async def allow(_: int) -> bool:
                reached.set()
                return True

            second.provide_port(port, "it", allow=allow)
            await soon(bob, lambda: (len(bob.peers) == 2 and all(peer.resources for peer in bob.peers)) or None)
            async with connected(forward.port) as (reader, writer):
                await greeted(reader, writer)
            await first.leave()
            await event_in(bob, PeerLeft)
            async with connected(forward.port) as (refused, _):
                assert await ends(refused) == b""
            assert not reached.is_set()
            other = await forwarded(bob)
            async with connected(other.port) as (reader, writer):
                await greeted(reader, writer)
            assert reached.is_set()


async def test_peer_that_vanishes_before_its_channel_comes(server: Server, bob: Room, secret: str) -> None:
    async with Original(server.url, secret) as original:
        await original.provide_port("it")
        forward = await forwarded(bob)
        # It hears of the request, and does nothing.
        original._heard = original.ignore
        async with connected(forward.port) as (reader, _):
            await original.until(lambda: {"request": {"id": "it"}} in original.heard)
            await original.__aexit__()
            assert await ends(reader) == b""
        await original.__aenter__()
