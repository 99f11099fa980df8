# SPDX-License-Identifier: AGPL-3.0-only
"""The lag of the event loop: by how much it is late when something is due. All clients wait that long. Pure."""

from bisect import bisect_left
from itertools import accumulate
from typing import Final

__all__ = ["BOUNDS", "Lag"]

BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""The upper ends of the histogram's buckets, in seconds; one more takes the rest."""


class Lag:
    """A histogram."""

    __slots__ = ("_counts", "total_seconds")

    def __init__(self) -> None:
        """Begin with nothing."""
        self._counts = [0] * (len(BOUNDS) + 1)
        self.total_seconds = 0.0

    def observe(self, seconds: float) -> None:
        """Take note of a delay; one before its time counts as none."""
        late = max(seconds, 0.0)
        self._counts[bisect_left(BOUNDS, late)] += 1
        self.total_seconds += late

    @property
    def cumulative(self) -> list[int]:
        """How many were no larger than each bound, and all in the end."""
        return list(accumulate(self._counts))
