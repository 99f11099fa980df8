# SPDX-License-Identifier: AGPL-3.0-only
"""Files take TCP where both ends reach each other, and come whole whatever becomes of that [F14] to [F16]."""

import asyncio
import contextlib
import os
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from keks_meet.client.direct import connection
from keks_meet.client.direct.meeting import Meeting
from keks_meet.client.direct.sending_line import SendingLine
from keks_meet.client.direct.ways import _Places
from keks_meet.client.events import Transfer, TransferEnded, TransferStarted
from keks_meet.client.files.sinks import MemorySink
from keks_meet.client.room import Room
from keks_meet.errors import TransferFailed
from keks_meet.session import limits
from tests.e2e.harness.files import sha256
from tests.e2e.harness.relay import Relay
from tests.native.conftest import Join
from tests.native.files.made import MIB, made_file
from tests.native.waiting import event_in, offer_in, until

SIZE = 40 * MIB
STOPS = (12 * MIB, 24 * MIB)


class StagedSource:
    """A file or a stream of which each part waits until it is wanted."""

    archive = None
    label = "staged"

    def __init__(self, size: int | None, *, once: bool) -> None:
        self.content = os.urandom(SIZE)
        self.size, self.once = size, once
        self.read_until = 0
        self._stages = [threading.Event() for _ in STOPS]
        self._at = 0

    def let(self, stage: int) -> None:
        self._stages[stage].set()

    def open(self) -> "StagedSource":
        self._at = 0
        return self

    def read(self, size: int, /) -> bytes:
        for stop, stage in zip(STOPS, self._stages, strict=True):
            if self._at >= stop:
                stage.wait(20)
        ends = [stop for stop in (*STOPS, SIZE) if stop > self._at]
        data = self.content[self._at : min([self._at + size, *ends[:1]])]
        self._at += len(data)
        self.read_until = self._at
        return data

    def interrupt(self) -> None:
        for stage in self._stages:
            stage.set()

    def close(self) -> None:
        return


async def ended(alice: Room, bob: Room) -> tuple[Transfer, Transfer]:
    return (await event_in(alice, TransferEnded)).transfer, (await event_in(bob, TransferEnded)).transfer


async def begun(alice: Room, bob: Room, source: StagedSource, sink: MemorySink) -> asyncio.Task[object]:
    """Alice offers it, and Bob begins to take it."""
    await alice.provide(source, "it")
    peer, _ = await offer_in(bob)
    return asyncio.create_task(bob.download(peer.key, "it", sink))


async def half_sent(lines: list[SendingLine], source: StagedSource) -> None:
    """Wait until the first half has been read, and TCP carries it."""
    await until(lambda: lines and lines[0]._connection)
    source.let(0)
    await until(lambda: lines[0].is_direct and source.read_until == STOPS[1])


async def test_a_large_file_takes_tcp(alice: Room, bob: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listeners = []
    listen = Meeting._listen
    monkeypatch.setattr(
        Meeting, "_listen", lambda self, address: (listen(self, address), listeners.extend(self._listeners))
    )
    path = made_file(tmp_path, 48 * MIB)
    await alice.provide(path, "it")
    peer, _ = await offer_in(bob)
    target = await bob.download(peer.key, "it", tmp_path / "received")
    assert target is not None
    assert sha256(target) == sha256(path)
    assert [each.is_direct for each in await ended(alice, bob)] == [True, True]
    # Nothing is left: no listener, no connection, no place that is taken.
    await until(lambda: _Places.taken == 0)
    assert all(each.fileno() == -1 for each in listeners)


@pytest.mark.parametrize(("size", "options"), [(2 * MIB, {}), (24 * MIB, {"direct": False})])
async def test_others_stay_on_the_channel(
    join: Join, alice: Room, tmp_path: Path, size: int, options: dict[str, bool]
) -> None:
    bob = await join("bob", **options)
    path = made_file(tmp_path, size)
    await alice.provide(path, "it")
    peer, _ = await offer_in(bob)
    assert await bob.download(peer.key, "it", tmp_path / "received") is not None
    assert [each.is_direct for each in await ended(alice, bob)] == [False, False]


@pytest.mark.parametrize(
    ("fault", "once"),
    [
        (Relay.cut, False),
        (Relay.hold, True),
        pytest.param(Relay.cut, True, marks=pytest.mark.slow),
        pytest.param(Relay.hold, False, marks=pytest.mark.slow),
    ],
)
async def test_tcp_breaks_in_the_middle(
    alice: Room,
    bob: Room,
    relays: list[Relay],
    lines: list[SendingLine],
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[Relay], None],
    once: bool,
) -> None:
    """Cut off, or silent: what was on its way comes again over the channel, of a stream too."""
    monkeypatch.setattr(limits, "DIRECT_STALL_MS", 300)
    source = StagedSource(None if once else SIZE, once=once)
    sink = MemorySink(SIZE)
    download = await begun(alice, bob, source, sink)
    await half_sent(lines, source)
    for relay in relays:
        fault(relay)
    source.let(1)
    await download
    assert sink.data == source.content
    assert [(each.outcome, each.is_direct) for each in await ended(alice, bob)] == [("whole", True)] * 2
    assert not lines[0].is_direct


async def test_tcp_is_over_when_the_own_address_is_gone(
    alice: Room, bob: Room, relays: list[Relay], lines: list[SendingLine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long one that is silent would be waited for: who has changed its network hears no end of it."""
    monkeypatch.setattr(limits, "DIRECT_STALL_MS", 3_600_000)
    source = StagedSource(SIZE, once=False)
    sink = MemorySink(SIZE)
    download = await begun(alice, bob, source, sink)
    await half_sent(lines, source)
    for relay in relays:
        relay.hold()
    monkeypatch.setattr(connection, "has_address", lambda _: False)
    source.let(1)
    await download
    assert sink.data == source.content
    assert not lines[0].is_direct


async def test_leaving_waits_for_no_connection(
    join: Join, alice: Room, relays: list[Relay], lines: list[SendingLine]
) -> None:
    """Threads that write and read are woken."""
    bob = await join("bob")
    source = StagedSource(SIZE, once=False)
    download = await begun(alice, bob, source, MemorySink(SIZE))
    await until(lambda: lines and lines[0]._connection)
    source.let(0)
    await until(lambda: lines[0].is_direct)
    for relay in relays:
        relay.hold()
    source.let(1)
    async with asyncio.timeout(3):
        await bob.leave()
        await alice.leave()
        with pytest.raises((TransferFailed, asyncio.CancelledError)):
            await download


async def test_strangers_at_the_door(alice: Room, bob: Room, relays: list[Relay]) -> None:
    """Many that connect and say nothing, and some that say what no TLS is: the file comes, and nobody is answered."""
    source = StagedSource(SIZE, once=False)
    sink = MemorySink(SIZE)
    download = await begun(alice, bob, source, sink)
    await until(lambda: relays)
    with ExitStack() as stack:
        strangers = []
        for number in range(200):
            strangers.append(stack.enter_context(socket.socket()))
            strangers[-1].setblocking(False)
            strangers[-1].connect_ex(("127.0.0.1", relays[0]._target_port))
            if number % 3 == 0:
                with contextlib.suppress(OSError):
                    strangers[-1].send(b"GET / HTTP/1.1\r\n\r\n")
        for stage in range(len(STOPS)):
            source.let(stage)
        await download
        for stranger in strangers:
            with contextlib.suppress(OSError):
                assert b"HTTP" not in stranger.recv(100)
    assert sink.data == source.content


async def test_a_receiver_that_asks_for_what_is_gone_is_left(
    alice: Room, bob: Room, lines: list[SendingLine], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = StagedSource(SIZE, once=False)
    download = await begun(alice, bob, source, MemorySink(SIZE))
    await until(lambda: lines and lines[0]._connection)
    source.let(0)
    await until(lambda: lines[0].is_direct and lines[0]._ways.received > MIB)
    lines[0]._heard('{"back": 5}')
    source.let(1)
    sent = (await event_in(alice, TransferEnded)).transfer
    # The receiver may have asked again before the sender was at its end.
    assert sent.outcome in {"cut short", "cancelled"}
    download.cancel()
    with contextlib.suppress(asyncio.CancelledError, TransferFailed):
        await download


async def test_only_so_many_transfers_take_tcp(
    alice: Room, bob: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "DIRECT_TRANSFERS", 0)
    path = made_file(tmp_path, 16 * MIB)
    await alice.provide(path, "it")
    peer, _ = await offer_in(bob)
    started = asyncio.create_task(event_in(bob, TransferStarted))
    assert await bob.download(peer.key, "it", tmp_path / "received") is not None
    assert not (await started).transfer.is_direct
