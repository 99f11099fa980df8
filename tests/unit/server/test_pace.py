# SPDX-License-Identifier: AGPL-3.0-only
"""Pacing: bursts are free, debts are waited for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keks_meet.server.pace import Pace, cost, cost_of_hearers


@pytest.mark.parametrize(("size", "expected"), [(0, 1), (1500, 1), (16_383, 1), (16_384, 2), (1_048_576, 65)])
def test_cost(size: int, expected: int) -> None:
    assert cost(size) == expected


@pytest.mark.parametrize(("hearers", "expected"), [(0, 0), (1, 0), (15, 0), (16, 1), (99, 6)])
def test_cost_of_hearers(hearers: int, expected: int) -> None:
    assert cost_of_hearers(hearers) == expected


def test_a_burst_is_free_and_more_is_waited_for() -> None:
    pace = Pace(rate=10, burst=5, now=100)
    assert [pace.take(1, 100) for _ in range(5)] == [0] * 5
    assert pace.take(1, 100) == pytest.approx(0.1)
    assert pace.take(1, 100) == pytest.approx(0.2)
    assert pace.take(1, 100.5) == 0
    assert [pace.take(1, 1000) for _ in range(5)] == [0] * 5
    assert pace.take(1, 1000) > 0, "a long pause fills the bucket, not more"


@given(st.lists(st.tuples(st.integers(1, 70), st.floats(0, 2)), min_size=1, max_size=50))
def test_whoever_waits_is_never_faster_than_the_rate(packets: list[tuple[int, float]]) -> None:
    rate, burst = 50, 20
    pace, now, taken = Pace(rate, burst, 0), 0.0, 0
    for tokens, pause in packets:
        now += pause
        now += pace.take(tokens, now)
        taken += tokens
        assert taken <= burst + rate * now + 1e-6
