# SPDX-License-Identifier: AGPL-3.0-only
"""What a connection hands to aiohttp, and when it takes no more; `tests/integration` does it with real sockets."""

import asyncio
from typing import Any

import pytest
from aiohttp import WSMsgType

from keks_meet.protocol.close_codes import CloseCode
from keks_meet.protocol.limits import Limits
from keks_meet.server.connection import Connection, Frame

OWN, ANN, BOB = 1, 2, 3
LIMITS = Limits(message_bytes=64 * 1024, queued_bytes=128 * 1024)


class Wire:
    """Stands for the socket and its transport."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.buffered = 0
        self.is_lost = False
        self.may_write = asyncio.Event()
        self.may_write.set()

    async def send_frame(self, payload: bytes, kind: WSMsgType) -> None:
        if self.is_lost:
            raise ConnectionResetError
        self.frames.append((payload, kind))
        await self.may_write.wait()

    def get_extra_info(self, _name: str) -> None:
        return None

    def get_write_buffer_size(self) -> int:
        if self.is_lost:
            raise AttributeError  # as asyncio's TLS transports do in the end
        return self.buffered

    def is_closing(self) -> bool:
        return self.is_lost

    def abort(self) -> None:
        self.is_lost = True


@pytest.fixture
async def wire() -> Wire:
    return Wire()


@pytest.fixture
async def connection(wire: Any) -> Connection:
    return Connection(OWN, wire, wire, LIMITS, 0.0)


async def written() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def text(payload: bytes) -> Frame:
    return (payload, WSMsgType.TEXT)


async def test_frames_go_out_in_order_and_the_reason_last(wire: Wire, connection: Connection) -> None:
    assert connection.send(text(b"one"), ANN)
    assert connection.send((b"two", WSMsgType.PONG), ANN)
    connection.close(CloseCode.TRY_LATER, "why")
    connection.close(CloseCode.GOING_AWAY, "another reason")
    assert connection.send(text(b"too late"), ANN)
    await written()
    assert wire.frames == [
        text(b"one"),
        (b"two", WSMsgType.PONG),
        ((1013).to_bytes(2, "big") + b"why", WSMsgType.CLOSE),
    ]


@pytest.mark.parametrize(("reason", "arrives"), [("ä" * 100, "ä" * 61), ("", "")])
async def test_a_long_reason_is_cut_between_characters(
    wire: Wire, connection: Connection, reason: str, arrives: str
) -> None:
    """[S10]."""
    connection.close(CloseCode.TRY_LATER, reason)
    await written()
    assert wire.frames[0][0][2:].decode() == arrives


async def test_nobody_waits_for_a_slow_reader(wire: Wire, connection: Connection) -> None:
    """[S10]: what waits is counted, in the queue and in the transport's buffer."""
    wire.may_write.clear()
    assert connection.send(text(b"x" * 60_000), ANN)
    assert connection.send(text(b"x" * 60_000), ANN)
    assert not connection.send(text(b"x" * 60_000), ANN)
    await written()
    assert connection.send(text(b"x" * 60_000), ANN), "the first one has gone to the transport"
    wire.may_write.set()
    await written()
    assert len(wire.frames) == 3
    wire.may_write.clear()
    assert connection.send(text(b"x"), ANN)
    wire.buffered = 128 * 1024
    assert not connection.send(text(b""), ANN)


async def test_what_waits_is_accounted_to_its_sender_until_it_is_taken(wire: Wire, connection: Connection) -> None:
    """[S11]: also what the transport has not taken yet."""
    wire.may_write.clear()
    for _ in range(2):
        assert connection.has_room(ANN, 20_000, relayed=True)
        connection.send(text(b"x" * 20_000), ANN)
    await written()
    assert not connection.has_room(ANN, 20_000, relayed=True)
    assert connection.has_room(BOB, 20_000, relayed=True)
    wire.may_write.set()
    await connection.changed(10)
    await written()
    assert connection.has_room(ANN, 20_000, relayed=True)


async def test_who_waits_for_room_is_woken_by_the_end(wire: Wire, connection: Connection) -> None:
    """[S11]: there is nothing more to wait for."""
    wire.may_write.clear()
    connection.send(text(b"x"), ANN)
    waiting = asyncio.create_task(connection.changed(60))
    await written()
    connection.close(CloseCode.TRY_LATER, "why")
    await waiting
    assert connection.has_room(ANN, 1_000_000, relayed=True)
    assert not connection.is_too_slow(1000.0)


async def test_a_reader_that_takes_nothing_is_too_slow(wire: Wire, connection: Connection) -> None:
    """[S11]."""
    wire.may_write.clear()
    assert not connection.is_too_slow(0.0)
    for _ in range(3):
        connection.send(text(b"x" * 1000), ANN)
    assert not connection.is_too_slow(1.0)
    assert not connection.is_too_slow(10.9)
    assert connection.is_too_slow(11.0)


async def test_empty_frames_count_as_well(wire: Wire, connection: Connection) -> None:
    """A client that pings without end and never reads cannot fill the memory."""
    wire.may_write.clear()
    sent = 0
    while connection.send((b"", WSMsgType.PONG), ANN):
        sent += 1
    assert sent == 1024


async def test_a_lost_connection_takes_what_it_is_given(wire: Wire, connection: Connection) -> None:
    wire.is_lost = True
    assert connection.send(text(b"one"), ANN)
    assert connection.send(text(b"two"), ANN)
    await written()
    assert connection.closing
    for _ in range(10):
        assert connection.send(text(b"x" * 60_000), ANN)
    await written()
    assert wire.frames == []


async def test_an_idle_connection_holds_no_queue_and_no_waiters(wire: Wire, connection: Connection) -> None:
    """So many are idle that each of these counts."""
    wire.may_write.clear()
    connection.send(text(b"x"), ANN)
    await written()
    assert not await asyncio.wait_for(connection.changed(0.01), 1)
    wire.may_write.set()
    await written()
    assert (connection._queue, connection._waiters, connection.queued_bytes) == (None, None, 0)


async def test_whoever_has_missed_a_frame_is_hung_up_on(
    wire: Wire, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failure that nobody has thought of: nothing comes after a gap."""

    async def fail(_payload: bytes, _kind: WSMsgType) -> None:
        raise RuntimeError

    monkeypatch.setattr(wire, "send_frame", fail)
    connection.send(text(b"one"), ANN)
    connection.send(text(b"two"), ANN)
    writing = connection._writing
    assert writing is not None
    await asyncio.wait([writing])
    assert isinstance(writing.exception(), RuntimeError)
    assert wire.is_lost
    assert connection.closing
