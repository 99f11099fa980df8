# SPDX-License-Identifier: AGPL-3.0-only
"""TCP connections through a room: its own ports for others, and others' ports for this machine [P1] to [P3]."""

import asyncio
import contextlib
import gc
import hashlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from keks_meet.client.events import PeerLeft
from keks_meet.client.ports import forwarding, tunnel
from keks_meet.client.ports.forwarding import Forward
from keks_meet.client.ports.spool import Allowance, Spool
from keks_meet.client.room import Room
from keks_meet.errors import RoomLeft
from tests.e2e.harness.relay import Relay
from tests.e2e.harness.server import Server, free_port
from tests.native.conftest import Join
from tests.native.original import Original
from tests.native.waiting import event_in, offer_in, soon

MIB = 1_048_576
AT_ONCE = 5.0
"""Seconds: far below the 30 that a connection waits for its channel, far above what a busy machine needs."""

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(serve: Serve) -> AsyncIterator[int]:
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

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
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


async def echo_at_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer after the other side's EOF only."""
    writer.write((await reader.read())[::-1])


async def ends(reader: asyncio.StreamReader) -> bytes:
    """Return what comes until the connection ends, by whichever way."""
    data = bytearray()
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(AT_ONCE):
            while piece := await reader.read(65_536):
                data += piece
    return bytes(data)


async def test_fifty_downloads_at_once(join: Join) -> None:
    bodies = [os.urandom((number * 21_269) % MIB + 1) for number in range(50)]

    async def serve(request: web.Request) -> web.Response:
        return web.Response(body=bodies[int(request.match_info["number"])])

    site = web.Application()
    site.router.add_get("/{number}", serve)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    alice, bob = await join("alice"), await join("bob")
    alice.provide_port(runner.addresses[0][1], "it")
    forward = await forwarded(bob)

    async def fetch(number: int) -> str:
        async with http.get(f"http://127.0.0.1:{forward.port}/{number}") as answer:
            return hashlib.sha256(await answer.read()).hexdigest()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        found = await asyncio.gather(*(fetch(number) for number in range(50)))
    assert found == [hashlib.sha256(body).hexdigest() for body in bodies]
    await runner.cleanup()


async def test_server_that_answers_after_the_end_of_what_it_gets(join: Join) -> None:
    alice, bob = await join("alice"), await join("bob")
    data = os.urandom(MIB)
    async with listening(echo_at_the_end) as port:
        alice.provide_port(port, "it")
        forward = await forwarded(bob)
        async with connected(forward.port) as (reader, writer):
            writer.write(data)
            writer.write_eof()
            assert await ends(reader) == data[::-1]


async def test_client_that_answers_after_the_end_of_what_it_gets(join: Join) -> None:
    alice, bob = await join("alice"), await join("bob")
    heard: list[bytes] = []

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        writer.write_eof()
        heard.append(await reader.read())

    async with listening(greet) as port:
        alice.provide_port(port, "it")
        forward = await forwarded(bob)
        async with connected(forward.port) as (reader, writer):
            assert await ends(reader) == b"hello"
            writer.write(b"good")
            await asyncio.sleep(0)
            writer.write(b"bye")
            writer.write_eof()
            await soon_so(lambda: heard)
    assert heard == [b"goodbye"]


async def soon_so(look: Callable[[], object]) -> None:
    """Look until it is so; for what is no event."""
    async with asyncio.timeout(20):
        while not look():
            await asyncio.sleep(0.001)


async def test_original_connects_and_closing_ends_it(server: Server, join: Join, secret: str) -> None:
    """What was sent before the close is passed on, a text is bytes of the connection, and nothing of an EOF is said."""
    alice = await join("alice")
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
        await soon_so(lambda: heard)
        assert heard == [b'some text {"eof": true} more']
        assert line.heard == [b"welcome"]


async def test_original_connects_and_the_server_ends_it(server: Server, join: Join, secret: str) -> None:
    alice = await join("alice")
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
async def test_original_offers_a_port(server: Server, join: Join, secret: str, who: str) -> None:
    bob = await join("bob")
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


@pytest.fixture
def spools(monkeypatch: pytest.MonkeyPatch) -> list[Spool]:
    """All that are made."""
    made: list[Spool] = []

    class Seen(Spool):
        def __init__(self, limit: int, allowance: Allowance, failed: Callable[[OSError], None]) -> None:
            super().__init__(limit, allowance, failed)
            made.append(self)

    monkeypatch.setattr(tunnel, "Spool", Seen)
    return made


async def test_slow_reader_takes_no_memory(join: Join, spools: list[Spool]) -> None:
    alice, bob = await join("alice"), await join("bob")
    data = os.urandom(32 * MIB)

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    async with listening(serve) as port:
        alice.provide_port(port, "it")
        forward = await forwarded(bob)
        async with connected(forward.port) as (reader, _):
            # Nothing is read until nearly everything waits here.
            await soon_so(lambda: any(len(spool) > 24 * MIB for spool in spools))
            assert all(spool.in_memory <= 4 * MIB for spool in spools)
            assert await ends(reader) == data
    assert all(len(spool) == 0 for spool in spools)


async def test_too_much_for_a_slow_reader_is_an_error_and_no_end(
    join: Join, spools: list[Spool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tunnel, "_SPOOLED", 8 * MIB)
    alice, bob = await join("alice"), await join("bob")

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            writer.write(bytes(32 * MIB))
            await writer.drain()

    async with listening(serve) as port:
        alice.provide_port(port, "it")
        forward = await forwarded(bob)
        async with connected(forward.port) as (reader, _):
            await soon_so(lambda: any(len(spool) > 7 * MIB for spool in spools))
            await soon_so(lambda: all(len(spool) == 0 for spool in spools))
            with pytest.raises(ConnectionResetError):
                await reader.read()


async def test_nobody_listens(join: Join) -> None:
    alice, bob = await join("alice"), await join("bob")
    alice.provide_port(free_port(), "it")
    forward = await forwarded(bob)
    for _ in range(3):
        async with connected(forward.port) as (reader, _):
            assert await ends(reader) == b""


async def test_port_that_is_not_on_offer(join: Join) -> None:
    bob = await join("bob")
    forward = await bob.forward("nothing")
    async with connected(forward.port) as (reader, _):
        assert await ends(reader) == b""


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


@pytest.mark.parametrize("answer", [True, False])
async def test_allow_is_asked_once_for_each_peer(join: Join, answer: bool) -> None:
    alice, bob, carol = [await join(name) for name in ("alice", "bob", "carol")]
    keeper = Doorkeeper(answer)
    seen = 0

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        seen += 1
        writer.write(b"welcome")

    async with listening(serve) as port:
        alice.provide_port(port, "it", allow=keeper)
        forwards = [await forwarded(bob), await forwarded(carol)]

        async def visit(number: int) -> bytes:
            async with connected(forwards[number % 2].port) as (reader, _):
                return await ends(reader)

        async with asyncio.TaskGroup() as tasks:
            visits = [tasks.create_task(visit(number)) for number in range(20)]
            await soon_so(lambda: len(keeper.asked) == 2)
            assert seen == 0
            keeper.tell.set()
        assert {task.result() for task in visits} == {b"welcome" if answer else b""}
        assert await visit(0) == (b"welcome" if answer else b"")
    assert sorted(keeper.asked) == sorted(peer.key for peer in alice.peers)
    assert seen == (21 if answer else 0)


async def test_who_is_not_let_in_yet_fills_nothing(join: Join, spools: list[Spool]) -> None:
    alice, bob = await join("alice"), await join("bob")
    keeper = Doorkeeper(True)
    alice.provide_port(free_port(), "it", allow=keeper)
    forward = await forwarded(bob)
    most = 0
    async with connected(forward.port) as (reader, writer):
        with contextlib.suppress(ConnectionError):
            for _ in range(64):
                writer.write(bytes(MIB))
                await writer.drain()
                most = max([most, *map(len, spools)])
        with contextlib.suppress(ConnectionError):
            assert await ends(reader) == b""
    assert keeper.asked
    assert most <= 2 * MIB


async def test_too_many_that_wait_for_an_answer_are_turned_away(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keks_meet.client.ports.own_port._UNANSWERED", 1)
    alice, bob = await join("alice"), await join("bob")
    keeper = Doorkeeper(True)

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"welcome")

    async with listening(serve) as port:
        alice.provide_port(port, "it", allow=keeper)
        forward = await forwarded(bob)
        async with connected(forward.port) as (first, _):
            await soon_so(lambda: keeper.asked)
            async with connected(forward.port) as (second, _):
                assert await ends(second) == b""
            keeper.tell.set()
            assert await ends(first) == b"welcome"


async def test_doorkeeper_that_fails_lets_nobody_in(join: Join, caplog: pytest.LogCaptureFixture) -> None:
    async def fail(_: int) -> bool:
        raise ZeroDivisionError("a word that is nobody's business")

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"welcome")

    alice, bob = await join("alice"), await join("bob")
    async with listening(serve) as port:
        alice.provide_port(port, "it", allow=fail)
        forward = await forwarded(bob)
        async with connected(forward.port) as (reader, _):
            assert await ends(reader) == b""
    assert "ZeroDivisionError" in caplog.text
    assert "business" not in caplog.text


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


@pytest.mark.parametrize("who", ["alice", "bob"])
async def test_peer_that_leaves_in_the_middle_leaves_no_end_that_looks_whole(join: Join, who: str) -> None:
    alice, bob = await join("alice"), await join("bob")
    broken = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        try:
            await reader.read()
        except ConnectionResetError:
            broken.set()

    async def serve_greeting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(5))
        await serve(reader, writer)

    async with listening(serve_greeting) as port:
        alice.provide_port(port, "it")
        forward = await forwarded(bob)
        async with connected(forward.port) as (reader, writer):
            await greeted(reader, writer)
            await (alice if who == "alice" else bob).leave()
            async with asyncio.timeout(AT_ONCE):
                await broken.wait()
                with pytest.raises(ConnectionResetError):
                    await reader.read()


async def test_half_closed_connection_ends_with_its_peer(join: Join) -> None:
    """Nothing comes any more, and nothing is being sent: there is nobody but the channel to tell of the end."""
    alice, bob = await join("alice"), await join("bob")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"that is all")
        writer.write_eof()
        with contextlib.suppress(ConnectionError):
            await reader.read()

    async with listening(serve) as port:
        alice.provide_port(port, "it")
        forward = await forwarded(bob)
        async with connected(forward.port) as (reader, writer):
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


async def test_forward_that_is_closed_in_the_middle(join: Join) -> None:
    alice, bob = await join("alice"), await join("bob")
    async with listening(talk) as port:
        alice.provide_port(port, "it")
        forward = await forwarded(bob)
        async with connected(forward.port) as (reader, writer):
            await greeted(reader, writer)
            forward.close()
            assert await ends(reader) == b""
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", forward.port)
        again = await bob.forward("it")
        async with connected(again.port) as (reader, writer):
            await greeted(reader, writer)


async def test_port_that_is_no_longer_offered_keeps_its_connections_and_gets_no_more(join: Join) -> None:
    alice, bob = await join("alice"), await join("bob")
    async with listening(talk) as port:
        alice.provide_port(port, "it")
        forward = await forwarded(bob)
        async with connected(forward.port) as (reader, writer):
            await greeted(reader, writer)
            alice.stop("it")
            await soon(bob, lambda: not bob.peers[0].resources or None)
            await greeted(reader, writer)
            async with connected(forward.port) as (other, _):
                assert await ends(other) == b""


async def test_forwards_listen_on_loopback(join: Join) -> None:
    bob = await join("bob")
    forward = await bob.forward("it")
    assert forward._server is not None
    assert [each.getsockname() for each in forward._server.sockets] == [("127.0.0.1", forward.port)]


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
                await soon_so(lambda: keeper.asked)
                await stalled.readexactly(MIB)
                async with asyncio.timeout(AT_ONCE):
                    await bob.leave()
                    await alice.leave()
    with pytest.raises(RoomLeft):
        await bob.forward("it")
    gc.collect()
    await soon_so(lambda: asyncio.all_tasks() <= before)


async def test_nobody_else_is_led_to_for_the_peer_whose_port_it_was(server: Server, join: Join, secret: str) -> None:
    """Whoever offers the same id later could be anybody."""
    bob = await join("bob")
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


async def test_connections_outlive_the_server_and_new_ones_do_not_wait_for_it(own_server: Server, secret: str) -> None:
    async with (
        listening(talk) as port,
        Room(secret, server=own_server.url, username="alice") as alice,
        Room(secret, server=own_server.url, username="bob") as bob,
    ):
        alice.provide_port(port, "it")
        forward = await forwarded(bob)
        async with connected(forward.port) as (reader, writer):
            await greeted(reader, writer)
            await own_server.kill()
            await soon(bob, lambda: bob.link == "reconnecting" or None)
            await greeted(reader, writer)
            async with connected(forward.port) as (refused, _):
                assert await ends(refused) == b""
            await own_server.start()
            await soon(bob, lambda: (bob.link == "joined" and bob.peers[0].status == "connected") or None)
            await greeted(reader, writer)
        async with connected(forward.port) as (reader, writer):
            await greeted(reader, writer)


async def test_peer_that_vanishes_before_its_channel_comes(server: Server, join: Join, secret: str) -> None:
    bob = await join("bob")
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


async def test_who_waits_for_an_answer_keeps_nobody_else_out(join: Join) -> None:
    """However many connections a stranger begins, those of who is let in go through."""
    alice, bob, carol = await join("alice"), await join("bob"), await join("carol")
    carols = asyncio.Event()

    async def allow(peer: int) -> bool:
        if next(each.username for each in alice.peers if each.key == peer) == "bob":
            return True
        carols.set()
        await asyncio.Event().wait()
        return False

    async with listening(talk) as port, contextlib.AsyncExitStack() as stack:
        alice.provide_port(port, "it", allow=allow)
        theirs, ours = await forwarded(carol), await forwarded(bob)
        async with connected(ours.port) as (reader, writer):
            await greeted(reader, writer)
        for _ in range(80):
            await stack.enter_async_context(connected(theirs.port))
        await carols.wait()
        await soon_so(lambda: alice._runtime._forwarding._connections_of[key_of(alice, "carol")] >= 16)
        async with connected(ours.port) as (reader, writer):
            await greeted(reader, writer)


def key_of(room: Room, username: str) -> int:
    """The key of a peer of this name."""
    return next(peer.key for peer in room.peers if peer.username == username)


async def test_more_connections_than_are_taken_are_refused(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarding, "_CONNECTIONS", 3)
    alice, bob = await join("alice"), await join("bob")
    async with listening(talk) as port, contextlib.AsyncExitStack() as stack:
        alice.provide_port(port, "it")
        forward = await forwarded(bob)
        for _ in range(3):
            reader, writer = await stack.enter_async_context(connected(forward.port))
            await greeted(reader, writer)
        async with connected(forward.port) as (refused, _):
            assert await ends(refused) == b""
        await stack.aclose()
        await soon_so(lambda: bob._runtime._forwarding._connections == 0 == alice._runtime._forwarding._connections)
        async with connected(forward.port) as (reader, writer):
            await greeted(reader, writer)


async def test_both_connect_to_each_other_at_once(server: Server, secret: str) -> None:
    """Glare: the offer that is taken back takes the first channels with it, and their connections work all the same."""
    async with Relay(server.port, delay=0.03) as slow, listening(talk) as port:
        for turn in range(4):
            async with (
                Room(secret + str(turn), server=slow.url, username="alice") as alice,
                Room(secret + str(turn), server=slow.url, username="bob") as bob,
            ):
                alice.provide_port(port, "it")
                bob.provide_port(port, "it")
                one, two = await forwarded(alice), await forwarded(bob)
                async with connected(one.port) as first, connected(two.port) as second, connected(two.port) as third:
                    await asyncio.gather(greeted(*first), greeted(*second), greeted(*third))
