# SPDX-License-Identifier: AGPL-3.0-only
"""The rate limit: what leaves when, by a clock of the test's own."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keks_meet.client.files.rate_limit import RateLimit, TokenBucket
from keks_meet.client.files.send import FileSender, own_file
from keks_meet.client.files.sources import TextSource
from keks_meet.session.effects import SendFile
from tests.unit.client.files.fakes import FakeChannel


def test_a_burst_leaves_at_once_and_the_rest_as_the_rate_has_it() -> None:
    bucket = TokenBucket(1000)
    assert [bucket.take(125, 5.0) for _ in range(4)] == [0, 0, 0.125, 0.25]
    # Who comes later waits less, and a long pause saves up no more than a burst.
    assert bucket.take(125, 5.25) == 0.125
    assert [bucket.take(125, 99.0) for _ in range(3)] == [0, 0, 0.125]


@given(
    rate=st.integers(1, 10**9),
    asked=st.lists(st.tuples(st.floats(0, 2), st.integers(1, 10**6)), min_size=1, max_size=50),
)
def test_no_more_leaves_than_the_rate_and_a_burst(rate: int, asked: list[tuple[float, int]]) -> None:
    bucket, now, left = TokenBucket(rate), 0.0, 0
    for pause, count in asked:
        now += pause
        leaves_at = now + bucket.take(count, now)
        left += count
        assert left <= rate * (0.25 + leaves_at) * (1 + 1e-9) + 1e-3


@pytest.mark.parametrize(("rate", "piece"), [(1, 1), (1024, 64), (2_097_152, 131_072)])
def test_pieces_are_small_enough_to_keep_a_receiver_patient(rate: int, piece: int) -> None:
    assert TokenBucket(rate).piece == piece


def test_what_is_no_limit_is_refused() -> None:
    for rate in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="more than 0"):
            RateLimit(rate)


class Noted(RateLimit):
    """Notes who waits for what, and lets all go at once."""

    def __init__(self) -> None:
        super().__init__(64)
        self.waited: list[int] = []

    async def wait(self, count: int) -> None:
        self.waited.append(count)


async def test_each_message_waits_before_it_leaves() -> None:
    limit, channel = Noted(), FakeChannel()
    own = own_file("it", TextSource("0123456789"), limit)
    await FileSender(SendFile(1, "it", (), None), own, channel.channel, contextlib.nullcontext()).run()
    assert channel.sent[:3] == [b"0123", b"4567", b"89"]
    assert limit.waited == [4, 4, 2]
