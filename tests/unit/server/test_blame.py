# SPDX-License-Identifier: AGPL-3.0-only
"""Who is to blame for what waits [S11]."""

from hypothesis import given
from hypothesis import strategies as st

from keks_meet.server.blame import Patience, Reading


def looks(steps: list[tuple[int, int]], window: float = 10, rate: float = 100) -> list[bool]:
    """Look once a second at a reader for which so much waits, and which has taken so much."""
    reading = Reading(window, rate)
    return [reading.is_too_slow(waiting, taken, float(now)) for now, (waiting, taken) in enumerate(steps)]


def test_a_reader_that_stops_is_found_after_the_window() -> None:
    assert looks([(5000, 0)] * 12) == [False] * 10 + [True, True]


def test_one_that_takes_drops_is_found_as_well() -> None:
    assert any(looks([(5000, second * 50) for second in range(30)]))


@given(st.lists(st.integers(100, 100_000), min_size=30, max_size=60))
def test_one_that_takes_enough_never_is(takes: list[int]) -> None:
    """However much waits."""
    taken, steps = 0, []
    for each in takes:
        taken += each
        steps.append((10_000_000, taken))
    assert not any(looks(steps))


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=60))
def test_one_that_has_taken_all_never_is(waiting: list[int]) -> None:
    """A queue that is empty at every other look is read."""
    steps = [step for amount in waiting for step in ((amount, 0), (0, 0))]
    assert not any(looks(steps))


def test_patience_ends_and_comes_back() -> None:
    patience = Patience(30, 0.0, 32_768)
    patience.spend(0.0, 20.0)
    assert patience.left(20.0) == 10
    assert patience.left(24.0) == 12
    patience.spend(24.0, 36.0)
    assert patience.left(36.0) <= 0
    assert patience.left(1000.0) == 30


def test_what_gets_through_to_a_slow_reader_is_nobodys_fault() -> None:
    """Six pictures of 900 kB to one who reads 54 kB/s: each waits 16 s, and none ends the patience."""
    patience = Patience(40, 0.0, 32_768)
    now = 0.0
    for _ in range(6):
        assert patience.left(now) > 16
        patience.spend(now, now + 16)
        now += 16
        patience.got_through(900_000)


def test_a_flood_that_gets_through_ends_the_patience_all_the_same() -> None:
    patience = Patience(40, 0.0, 32_768)
    now = 0.0
    while patience.left(now) > 0:
        assert now < 300
        patience.spend(now, now + 1)
        now += 1
        patience.got_through(1_048_576)
