# SPDX-License-Identifier: AGPL-3.0-only
"""Connections to ports take TCP where both ends reach each other, and lose nothing whatever becomes of that [P5]."""

import asyncio
import contextlib
import hashlib
import os
from collections.abc import Callable

import pytest

from keks_meet.client.direct.meeting import Meeting
from keks_meet.client.direct.sending_line import SendingLine
from keks_meet.client.direct.ways import _Places
from keks_meet.client.ports.port_line import PortLine
from keks_meet.client.room import Room
from keks_meet.session import limits
from tests.e2e.harness.relay import Relay
from tests.native.conftest import Join
from tests.native.ports.conftest import SeenSpool
from tests.native.ports.tcp import MIB, Doorkeeper, connected, ends, talk, through
from tests.native.waiting import until

SIZE = 24 * MIB
FIRST = 6 * MIB
"""Bytes after which a direction looks for TCP."""


async def mirror(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send everything back, from the end of it on: what comes first is kept meanwhile."""
    writer.write(await reader.read())
    await writer.drain()


async def give(writer: asyncio.StreamWriter, data: bytes) -> None:
    for at in range(0, len(data), MIB):
        writer.write(data[at : at + MIB])
        await writer.drain()


async def sent_back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, data: bytes) -> None:
    """Send bytes to somebody who returns them, and see that all come back in order."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(give(writer, data))
        back = await reader.readexactly(len(data))
    assert hashlib.sha256(back).digest() == hashlib.sha256(data).digest()


async def both_direct(lines: list[SendingLine], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Bring a connection that returns everything to where TCP carries both directions of it."""
    await sent_back(reader, writer, os.urandom(FIRST))
    await until(lambda: len(lines) == 2 and all(line._connection for line in lines))
    await sent_back(reader, writer, os.urandom(MIB))
    assert all(line.is_direct for line in lines)


async def test_both_directions_take_tcp(alice: Room, bob: Room, lines: list[SendingLine]) -> None:
    async with through(alice, bob, talk) as forward, connected(forward.port) as (reader, writer):
        await both_direct(lines, reader, writer)
        await sent_back(reader, writer, os.urandom(SIZE))
    await until(lambda: _Places.taken == 0)


@pytest.mark.parametrize("size", [FIRST, SIZE])
async def test_a_direction_that_ends_leaves_the_other_one_open(
    alice: Room, bob: Room, lines: list[SendingLine], size: int
) -> None:
    data = os.urandom(size)
    async with through(alice, bob, mirror) as forward, connected(forward.port) as (reader, writer):
        await give(writer, data)
        writer.write_eof()
        assert await reader.read() == data
    await until(lambda: _Places.taken == 0)


@pytest.mark.parametrize("fault", [Relay.cut, Relay.hold])
async def test_tcp_breaks_in_the_middle(
    alice: Room,
    bob: Room,
    relays: list[Relay],
    lines: list[SendingLine],
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[Relay], None],
) -> None:
    """Cut off, or silent: what was on its way comes again over the channel, in both directions."""
    monkeypatch.setattr(limits, "DIRECT_STALL_MS", 300)
    async with through(alice, bob, talk) as forward, connected(forward.port) as (reader, writer):
        await both_direct(lines, reader, writer)
        data = os.urandom(SIZE)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(give(writer, data))
            back = await reader.readexactly(2 * MIB)
            for relay in relays:
                fault(relay)
            back += await reader.readexactly(SIZE - len(back))
        assert back == data
        assert not any(line.is_direct for line in lines)
        await sent_back(reader, writer, os.urandom(MIB))


@pytest.mark.parametrize("direct", [True, False])
async def test_who_reads_nothing_holds_the_writer_back(
    join: Join, alice: Room, port_lines: list[PortLine], spools: list[SeenSpool], direct: bool
) -> None:
    """No disk is filled, and TCP is not taken for broken, however long that lasts [P4]."""

    async def pour(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                writer.write(bytes(65_536))
                await writer.drain()

    bob = await join("bob", direct=direct)
    async with through(alice, bob, pour) as forward, connected(forward.port) as (reader, writer):
        await reader.readexactly(FIRST)
        pouring, _ = port_lines
        while pouring._out.is_direct is not direct:
            await reader.readexactly(MIB)
        # The reader reads nothing from here on, and nothing is on its way that a watch could miss.
        await until(lambda: pouring._may_write.room(1) <= 0 and pouring._out._watch is None)
        assert pouring._out.is_direct is direct
        assert max(spool.most for spool in spools) <= limits.CREDIT_AHEAD_BYTES
        assert not any(spool._files for spool in spools)
        await reader.readexactly(SIZE)
        writer.transport.abort()


async def test_who_sends_more_than_it_may_is_cut_off(alice: Room, bob: Room, port_lines: list[PortLine]) -> None:
    """Before it is let in, too: what it sends would fill the memory of who asks about it."""
    keeper = Doorkeeper(answer=True)
    async with through(alice, bob, talk, allow=keeper) as forward, connected(forward.port) as (reader, _):
        await until(lambda: keeper.asked and len(port_lines) == 2 and port_lines[1]._channel.is_open)
        for _ in range(limits.PORT_FIRST_BYTES // limits.FILE_MESSAGE_BYTES + 1):
            port_lines[1]._channel.send_now(bytes(limits.FILE_MESSAGE_BYTES))
        assert await ends(reader) == b""
        keeper.tell.set()


async def test_others_stay_on_the_channel(join: Join, alice: Room, lines: list[SendingLine]) -> None:
    bob = await join("bob", direct=False)
    async with through(alice, bob, talk) as forward, connected(forward.port) as (reader, writer):
        await sent_back(reader, writer, os.urandom(SIZE))
    assert not any(line.was_direct for line in lines)


async def test_nobody_listens_or_dials_for_who_is_not_let_in_yet(
    alice: Room, bob: Room, port_lines: list[PortLine], spools: list[SeenSpool], monkeypatch: pytest.MonkeyPatch
) -> None:
    meetings: list[Meeting] = []
    monkeypatch.setattr(Meeting, "_listen", lambda self, _: meetings.append(self))
    keeper = Doorkeeper(answer=True)
    own = '{"addresses": [{"ip": "127.0.0.1", "port": 5000}], "certificate": "MA", "token": "%s"}' % ("A" * 43)
    async with through(alice, bob, talk, allow=keeper) as forward, connected(forward.port) as (reader, writer):
        await until(lambda: keeper.asked and len(port_lines) == 2 and port_lines[1]._channel.is_open)
        # Of whoever asks to be let in; the end that is asked has opened its channel first.
        asking = port_lines[1]._writing
        asking.send_now(f'{{"direct": {own}}}')
        writer.write(b"hello")
        await until(lambda: any(len(spool) == 5 for spool in spools))
        keeper.tell.set()
        assert await reader.readexactly(5) == b"hello"
        assert not meetings
        asking.send_now(f'{{"direct": {own}}}')
        await until(lambda: meetings)


async def test_an_idle_direction_lets_others_have_its_place(
    alice: Room,
    bob: Room,
    lines: list[SendingLine],
    port_lines: list[PortLine],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with through(alice, bob, talk) as forward, connected(forward.port) as (reader, writer):
        await both_direct(lines, reader, writer)
        monkeypatch.setattr(limits, "DIRECT_IDLE_MS", 0)
        for line in port_lines:
            line._look_for_idleness()
        await until(lambda: _Places.taken == 0)
        assert not any(line.is_direct for line in lines)
        await sent_back(reader, writer, os.urandom(SIZE))


async def test_a_direction_that_has_ended_lets_others_have_its_place(
    alice: Room, bob: Room, lines: list[SendingLine]
) -> None:
    data = os.urandom(SIZE)

    async def answer_later(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.read(-1) == data
        await until(lambda: _Places.taken == 0)
        writer.write(b"thanks")

    async with through(alice, bob, answer_later) as forward, connected(forward.port) as (reader, writer):
        await give(writer, data)
        assert any(line.is_direct for line in lines)
        writer.write_eof()
        assert await ends(reader) == b"thanks"


async def test_an_idle_connection_takes_no_credit_from_others(
    join: Join, alice: Room, port_lines: list[PortLine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Credit that it was given stays its own, and is not counted while nothing comes [P4]."""
    monkeypatch.setattr(limits, "PORT_BUSY_MS", 100)
    bob = await join("bob", direct=False)
    async with through(alice, bob, talk) as forward, connected(forward.port) as (reader, writer):
        await sent_back(reader, writer, os.urandom(FIRST))
        await until(lambda: not any(line.ahead for line in port_lines))
        async with connected(forward.port) as (other_reader, other_writer):
            await sent_back(other_reader, other_writer, os.urandom(FIRST))
        forwardings = [each._runtime._forwarding for each in (alice, bob)]
        await until(lambda: all(each._connections == 1 for each in forwardings))
        async with connected(forward.port) as (other_reader, other_writer):
            await sent_back(other_reader, other_writer, os.urandom(FIRST))
            _, last = port_lines[-2:]
            assert last._may_read.ahead > limits.CREDIT_AHEAD_BYTES / 2
        assert all(
            len(tunnels) <= 2 for each in (alice, bob) for tunnels in each._runtime._forwarding._tunnels.values()
        )
