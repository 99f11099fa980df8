# SPDX-License-Identifier: AGPL-3.0-only
"""The rate limit: what leaves when, by a clock of the test's own."""

import asyncio
import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keks_meet.client.direct.sending_line import SendingLine
from keks_meet.client.files.own_file import own_file
from keks_meet.client.files.send import FileSender
from keks_meet.client.files.sources import TextSource
from keks_meet.client.rate_limit import RateLimit, TokenBucket
from keks_meet.session.effects import SendFile
from tests.unit.client.files.fakes import FakeChannel


def left_after(bucket: TokenBucket, count: int, now: float) -> float:
    """Let bytes leave as soon as they may, and return when that is."""
    now += bucket.seconds_until(count, now)
    bucket.take(count, now)
    return now


def test_a_burst_leaves_at_once_and_the_rest_as_the_rate_has_it() -> None:
    bucket = TokenBucket(1000)
    assert [left_after(bucket, 125, 5.0) for _ in range(2)] == [5.0, 5.0]
    assert left_after(bucket, 125, 5.0) == 5.125
    # Who comes later waits less, and a long pause saves up no more than a burst.
    assert left_after(bucket, 125, 5.1875) == 5.25
    assert [left_after(bucket, 125, 99.0) for _ in range(2)] == [99.0, 99.0]
    assert left_after(bucket, 125, 99.0) == 99.125


@given(
    rate=st.integers(1, 10**9),
    asked=st.lists(st.tuples(st.floats(0, 2), st.integers(1, 10**6)), min_size=1, max_size=50),
)
def test_no_more_leaves_than_the_rate_and_a_burst(rate: int, asked: list[tuple[float, int]]) -> None:
    bucket, now, left = TokenBucket(rate), 0.0, 0
    for pause, count in asked:
        now += pause
        now = left_after(bucket, count, now)
        left += count
        assert left <= rate * (0.25 + now) * (1 + 1e-9) + 1e-3


@pytest.mark.parametrize(("rate", "piece"), [(1, 1), (1024, 64), (2_097_152, 131_072)])
def test_pieces_are_small_enough_to_keep_a_receiver_patient(rate: int, piece: int) -> None:
    assert TokenBucket(rate).piece == piece


def test_what_is_no_limit_is_refused() -> None:
    for rate in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="more than 0"):
            RateLimit(rate)


async def test_receivers_that_stop_take_nothing_away_from_others() -> None:
    """Neither those that were cancelled, nor those whose channel closed while they waited."""
    limit, is_open = RateLimit(64), True
    await limit.wait(16)  # the burst
    stopping = [asyncio.create_task(limit.wait(4)) for _ in range(500)]
    closing = [asyncio.create_task(limit.wait(4, lambda: is_open)) for _ in range(500)]
    other = asyncio.create_task(limit.wait(4))
    await asyncio.sleep(0)
    for task in stopping:
        task.cancel()
    is_open = False
    async with asyncio.timeout(10):  # all of them would take a minute
        await other
    assert all(task.done() for task in (*stopping, *closing))


class Noted(RateLimit):
    """Notes who waits for what, and lets all go at once."""

    def __init__(self) -> None:
        super().__init__(64)
        self.waited: list[int] = []

    async def wait(self, count: int, is_wanted: Callable[[], bool] = bool) -> None:
        self.waited.append(count)
        assert is_wanted()


async def test_each_message_waits_before_it_leaves() -> None:
    limit, channel = Noted(), FakeChannel()
    own = own_file("it", TextSource("0123456789"), limit)
    await FileSender(
        SendFile(1, "it", (), None), own, SendingLine(channel.channel, 1, None), contextlib.nullcontext()
    ).run()
    assert channel.sent[:3] == [b"0123", b"4567", b"89"]
    assert limit.waited == [4, 4, 2]
