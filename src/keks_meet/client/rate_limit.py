# SPDX-License-Identifier: AGPL-3.0-only
"""The rate limit of what is sent: a token bucket, and who waits for it."""

import asyncio
from collections.abc import Callable
from typing import Final

__all__ = ["RateLimit", "TokenBucket"]

_BURST_SECONDS: Final = 0.25
"""So much time's worth of bytes may leave at once, after a while in which less has left."""
_PIECE_SECONDS: Final = 1 / 16
"""So much time's worth of bytes leaves in one piece: a receiver that hears nothing for long would ask again."""


class TokenBucket:
    """Tells how long bytes have to wait. Pure: whoever asks says what time it is.

    From any moment to any later one, no more bytes leave than the rate allows, and one burst.
    """

    def __init__(self, rate: float) -> None:
        """Let ``rate`` bytes leave each second, more than 0."""
        self._rate = rate
        self._full = rate * _BURST_SECONDS
        self._tokens = self._full
        self._at: float | None = None

    @property
    def piece(self) -> int:
        """The most bytes to ask for at once."""
        return max(1, int(self._rate * _PIECE_SECONDS))

    def seconds_until(self, count: int, now: float) -> float:
        """Return the seconds from ``now`` until there are tokens for ``count`` bytes. Takes none."""
        self._refill(now, self._full)
        return max(0.0, (count - self._tokens) / self._rate)

    def take(self, count: int, now: float) -> None:
        """Take tokens for ``count`` bytes that leave now, which had to wait until there were so many."""
        self._refill(now, max(self._full, count))
        self._tokens -= count

    def _refill(self, now: float, most: float) -> None:
        since = 0.0 if self._at is None else now - self._at
        self._at = now
        self._tokens = min(most, self._tokens + since * self._rate)


class RateLimit:
    """A limit that all transfers share to which it is given."""

    def __init__(self, bytes_per_second: float) -> None:
        """Let so many bytes leave each second, more than 0. Raises `ValueError`."""
        if not bytes_per_second > 0:
            msg = "a rate limit is more than 0 bytes a second"
            raise ValueError(msg)
        self._bucket = TokenBucket(bytes_per_second)
        # Whoever came first goes first.
        self._turn = asyncio.Lock()

    @property
    def piece(self) -> int:
        """The most bytes to wait for at once."""
        return self._bucket.piece

    async def wait(self, count: int, is_wanted: Callable[[], bool] = lambda: True) -> None:
        """Wait until ``count`` bytes may leave, or are not wanted any more.

        Only what leaves is counted: receivers that ask and stop take nothing away from others.
        """
        clock = asyncio.get_running_loop().time
        async with self._turn:
            seconds = self._bucket.seconds_until(count, clock()) if is_wanted() else 0.0
            if seconds > 0:
                await asyncio.sleep(seconds)
            if is_wanted():
                self._bucket.take(count, clock())
