# SPDX-License-Identifier: AGPL-3.0-only
"""The histogram of delays."""

from keks_meet.server.metrics.lag import BOUNDS, Lag


def test_delays_fall_into_the_bucket_that_ends_with_them_or_above() -> None:
    lag = Lag()
    for seconds in (-0.1, 0.001, 0.0011, 0.3, 99.0):
        lag.observe(seconds)
    assert dict(zip((*BOUNDS, "more"), lag.cumulative, strict=True)) == {
        **dict.fromkeys((0.001,), 2),
        **dict.fromkeys((0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25), 3),
        **dict.fromkeys((0.5, 1.0, 2.5), 4),
        "more": 5,
    }
    assert round(lag.total_seconds, 4) == 99.3021
