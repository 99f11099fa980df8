# SPDX-License-Identifier: AGPL-3.0-only
"""What one address may have."""

from hypothesis import given
from hypothesis import strategies as st

from keks_meet.protocol.limits import REMEMBERED_ADDRESSES, Limits
from keks_meet.server.address_limits import AddressLimits, Rates, Seat, Tally

ADDRESSES = ["192.0.2.1", "192.0.2.2", None]


@given(st.lists(st.tuples(st.sampled_from(ADDRESSES), st.booleans(), st.integers(0, 4)), max_size=60))
def test_nobody_has_too_many_and_nothing_is_left(steps: list[tuple[str | None, bool, int]]) -> None:
    """Whatever comes and goes, watches and stops watching, is refused or not."""
    limits = AddressLimits(Limits(connections_per_address=3, watched_rooms_per_address=5))
    seats: list[tuple[str | None, Seat, list[int]]] = []
    for address, comes, rooms in steps:
        if comes:
            seat = Seat(limits, address)
            if seat.take():
                seats.append((address, seat, [0]))
        elif seats and rooms == 0:
            seats.pop()[1].leave()
        elif seats and seats[-1][1].watch(rooms):
            seats[-1][2][0] = rooms
        for each in ADDRESSES[:2]:
            theirs = [watched[0] for of, _, watched in seats if of == each]
            assert len(theirs) == limits.clients._counts.get(each, 0) <= 3
            assert sum(theirs) == limits.watches._counts.get(each, 0) <= 5
    for _, seat, _ in seats:
        seat.leave()
        seat.leave()
    assert len(limits.clients) == len(limits.watches) == 0


def test_who_is_refused_gives_nothing_back() -> None:
    limits = AddressLimits(Limits(connections_per_address=1))
    first, second = Seat(limits, "192.0.2.1"), Seat(limits, "192.0.2.1")
    assert first.take()
    assert not second.take()
    second.leave()
    assert not Seat(limits, "192.0.2.1").take()
    assert Seat(limits, "192.0.2.2").take()


def test_half_of_it() -> None:
    tally = Tally(4)
    tally.take("a", 2)
    assert not tally.is_half_used("a")
    tally.take("a")
    assert tally.is_half_used("a")
    assert not tally.is_half_used(None)


def test_joins_are_slowed_and_refused_when_they_would_wait_too_long() -> None:
    """What is refused costs nothing, so that those who wait are served as before."""
    rates = Rates(rate=1, burst=3)
    assert [rates.take("a", 0.0) for _ in range(3)] == [0, 0, 0]
    assert [rates.take("a", 0.0) for _ in range(10)] == [*range(1, 11)]
    assert [rates.take("a", 0.0) for _ in range(100)] == [None] * 100
    assert rates.take("a", 1.0) == 10
    assert rates.take("b", 1.0) == 0
    assert rates.take(None, 1.0) == 0


def test_addresses_are_forgotten() -> None:
    """Once they may do all again; and when there are too many, the longest unused first."""
    rates = Rates(rate=1, burst=3)
    rates.take("old", 0.0)
    rates.take("new", 10.0)
    rates.take("newer", 14.0)
    assert len(rates) == 2
    for number in range(2 * REMEMBERED_ADDRESSES):
        rates.take(str(number), 15.0)
    assert len(rates) == REMEMBERED_ADDRESSES
