# SPDX-License-Identifier: AGPL-3.0-only
"""Goes through many things, some at a time, so that nothing else waits for that. Pure."""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

__all__ = ["Round", "at_a_time"]

T = TypeVar("T")

_EFFORT: Final = 2400
"""What is done at a time, in hashes: two or three milliseconds of a processor of 2020."""
_BESIDE: Final = 8
"""What a room costs beside its hashes when it has got another home: two items."""


def at_a_time(nodes: int) -> int:
    """Return how many rooms to look at in one go when each could be at home at so many nodes."""
    return max(_EFFORT // (nodes + _BESIDE), 1)


class Round(Generic[T]):
    """A way through all of something that may change meanwhile.

    What comes after the way has begun needs no visit, since it is made by what is known by then.
    """

    __slots__ = ("_all", "_is_wanted", "_list", "_place")

    def __init__(self, all_: Callable[[], list[T]]) -> None:
        """Begin at rest; ``all_`` returns what there is."""
        self._all = all_
        self._list: list[T] = []
        self._place = 0
        self._is_wanted = False

    @property
    def is_over(self) -> bool:
        """Whether everything has been visited since `begin` was called last."""
        return not (self._list or self._is_wanted)

    def begin(self) -> None:
        """Have everything visited from now on.

        A way that has begun is gone to its end, and then once more: else what is last would never have its turn if
        this were called again and again.
        """
        self._is_wanted = True

    def take(self, most: int) -> list[T]:
        """Return the next ones to visit, some of which may not be there any more."""
        if self._is_wanted and not self._list:
            self._is_wanted = False
            self._list, self._place = self._all(), 0
        found = self._list[self._place : self._place + most]
        self._place += most
        if self._place >= len(self._list):
            self._list = []
        return found
