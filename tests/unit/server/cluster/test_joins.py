# SPDX-License-Identifier: AGPL-3.0-only
"""Joins and leaves are in no window [C9]: what one address may join at once is little for a reader at another node."""

from itertools import count
from typing import Any

from keks_meet.protocol.codec import encode_clientbound
from keks_meet.protocol.limits import QUEUED_FRAME_BYTES, SLOWEST_READER, Limits
from keks_meet.protocol.packets import Clientbound, ClientJoin, ClientLeave, RoomInfo
from keks_meet.protocol.wire_limits import MAX_INTEGER
from keks_meet.rooms.hub import Hub
from keks_meet.server.address_limits import AddressLimits, Seat
from keks_meet.server.backlog import Backlog
from keks_meet.server.cluster.deliveries import packet_of
from keks_meet.server.cluster.frames import Counted, Enter, Leave, Watch
from keks_meet.server.cluster.home import Home

HERE, THERE = 8, 9
READER = MAX_INTEGER
LIMITS = Limits()


def packet_for_reader(item: Any) -> Clientbound:
    return RoomInfo(hash=item.room, user_count=item.count) if isinstance(item, Counted) else packet_of(item)


def bytes_for_reader(orders: list[Any]) -> int:
    """Return what a reader's queue counts for what its edge is told."""
    packets = [packet_for_reader(order.item) for order in orders if order.node == HERE]
    return sum(len(encode_clientbound(packet)) + QUEUED_FRAME_BYTES for packet in packets)


def joins_at_once(seat: Seat) -> int:
    """Return how many joins of an address are let through without waiting."""
    return next(done for done in count() if seat.join(0.0) != 0)


def test_all_joins_of_one_address_fit_into_what_relays_leave_free() -> None:
    """Into a reader's queue, also of one that watches the room: nobody is closed for them, whatever else is sent."""
    room = "f" * 64
    home = Home(lambda: Hub(LIMITS, version="v"), 7, LIMITS.queued_bytes)
    home.homes = (7,)
    home.heard(HERE, Enter(READER, room))
    home.heard(HERE, Watch(-1, room))
    joins = joins_at_once(Seat(AddressLimits(LIMITS), "203.0.113.1"))
    assert joins == LIMITS.burst_joins
    taken = 0
    for _ in range(joins):
        taken += bytes_for_reader(home.heard(THERE, Enter(READER - 1, room)))
        taken += bytes_for_reader(home.heard(THERE, Leave(READER - 1, told=True)))
    assert taken > 0
    assert not Backlog(LIMITS.queued_bytes).has_room(1, 64, LIMITS.queued_bytes - taken)


def test_what_follows_is_far_less_than_the_slowest_reader_takes() -> None:
    """Five joins a second, with their leaves, and with counts of both."""
    packets = (ClientJoin(READER), ClientLeave(READER), *2 * [RoomInfo(hash="f" * 64, user_count=100)])
    cycle = sum(len(encode_clientbound(packet)) + QUEUED_FRAME_BYTES for packet in packets)
    assert LIMITS.joins_per_second * cycle < SLOWEST_READER / 5
