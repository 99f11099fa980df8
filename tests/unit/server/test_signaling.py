# SPDX-License-Identifier: AGPL-3.0-only
"""What the shell around the hub counts; `tests/integration` has the rest with real sockets."""

import asyncio
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import WSMsgType

from keks_meet.protocol.limits import Limits
from keks_meet.protocol.packets import ClientLeave, Join, WatchRooms
from keks_meet.rooms.effects import Send
from keks_meet.rooms.hub import Hub
from keks_meet.server.address_limits import AddressLimits, Seat
from keks_meet.server.client_address import Proxies
from keks_meet.server.connection import Connection
from keks_meet.server.metrics.counts import Counts
from keks_meet.server.pace import Pace
from keks_meet.server.rooms_port import LocalRooms
from keks_meet.server.signaling import Signaling, _Client


class Client:
    """Stands for a connection."""

    def __init__(self, *, closing: bool = False, takes: bool = True) -> None:
        self.closing = closing
        self._takes = takes

    def send(self, *_frame: Any) -> bool:
        return self._takes

    def close(self, *_why: Any) -> None:
        self.closing = True


def test_what_is_counted_as_sent_is_on_its_way() -> None:
    """Not what is for clients that have gone, are going, or take no more."""
    limits, counts = Limits(), Counts()
    signaling = Signaling(LocalRooms(Hub(limits, version="")), limits, Proxies((), "X-Forwarded-For"), counts)
    clients: Any = {1: Client(), 2: Client(closing=True), 3: Client(takes=False), 4: Client()}
    signaling._connections = clients
    signaling._handling = True
    signaling._carry_out(Send((1, 2, 3, 4, 5), ClientLeave(9)), 9)
    assert counts.sent[ClientLeave] == 2
    assert set(clients) == {1, 2, 4}


class DearRooms(LocalRooms):
    """Rooms that cost as many packets as are watched, as those of a cluster do."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(Hub(limits, version=""))
        self.counted: list[int] = []

    def cost_of_watching(self, rooms: int) -> int:
        self.counted.append(rooms)
        return rooms


class Transport(SimpleNamespace):
    """Stands for a transport that is open until it is closed."""

    is_closed = False

    def is_closing(self) -> bool:
        return self.is_closed


def watcher(limits: Limits) -> tuple[DearRooms, Signaling, _Client, Transport]:
    rooms, transport = DearRooms(limits), Transport()
    signaling = Signaling(rooms, limits, Proxies((), "X-Forwarded-For"), Counts())
    handed: Any = transport
    connection = Connection(1, SimpleNamespace(), handed, limits, 0)  # type: ignore[arg-type]
    pace = Pace(limits.packets_per_second, limits.burst_packets, monotonic())
    unused: Any = None
    return rooms, signaling, _Client(connection, Seat(AddressLimits(limits), "a"), pace, unused), transport


async def test_a_list_of_rooms_that_is_too_long_waits_for_nothing() -> None:
    """[S8]: however few different ones are on it; the rooms refuse it at once."""
    rooms, signaling, client, _ = watcher(Limits(watched_rooms=3))
    async with asyncio.timeout(5):
        assert await signaling._is_allowed(client, WatchRooms(("a",) * 250_000))
        assert await signaling._is_allowed(client, WatchRooms(("a", "b", "b")))
    assert rooms.counted == [2]


@pytest.mark.parametrize("is_told", [True, False])
async def test_nobody_waits_longer_than_the_connection_lives(is_told: bool) -> None:
    """Whether the server closes it, or the client is just gone."""
    limits = Limits(watched_rooms=10_000, watched_rooms_per_address=10_000)
    _, signaling, client, transport = watcher(limits)
    waiting = asyncio.create_task(
        signaling._is_allowed(client, WatchRooms(tuple(str(number) for number in range(10_000))))
    )
    await asyncio.sleep(0)
    assert not waiting.done()
    if is_told:
        client.connection.closing = True
    else:
        transport.is_closed = True
    async with asyncio.timeout(5):
        assert not await waiting


async def test_a_burst_that_many_hear_of_lets_all_else_have_its_turn() -> None:
    """What aiohttp has read already comes without a pause."""
    limits, turns = Limits(), 0
    signaling = Signaling(LocalRooms(Hub(limits, version="")), limits, Proxies((), "X-Forwarded-For"), Counts())
    messages = iter(
        [SimpleNamespace(type=WSMsgType.PING, data=b"")] * 500 + [SimpleNamespace(type=WSMsgType.CLOSED, data=None)]
    )

    async def receive() -> Any:
        signaling._deliveries += 99
        return next(messages)

    async def count_turns() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    _, _, client, _ = watcher(limits)
    counting = asyncio.create_task(count_turns())
    socket: Any = SimpleNamespace(receive=receive)
    assert not await signaling._read(socket, client)
    counting.cancel()
    assert turns > 10


async def test_what_many_hear_of_counts_as_more_than_one() -> None:
    limits = Limits(packets_per_second=1, burst_packets=10)
    _, signaling, client, _ = watcher(limits)
    clients: Any = {number: Client() for number in range(50)}
    signaling._connections = clients
    signaling._rooms = SimpleNamespace(handle=lambda _: [Send(tuple(clients), ClientLeave(9))])  # type: ignore[assignment]
    signaling._take(client, Join("room"))
    assert client.pace.take(7, monotonic()) == 0
    assert client.pace.take(1, monotonic()) > 0
