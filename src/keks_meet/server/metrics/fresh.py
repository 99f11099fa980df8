# SPDX-License-Identifier: AGPL-3.0-only
"""Texts that are kept for a moment: whoever asks again and again has them made once a second. Pure."""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

__all__ = ["FRESH_SECONDS", "Kept"]

FRESH_SECONDS: Final = 1.0
"""The time for which a text counts as one of now."""

T = TypeVar("T")


class Kept(Generic[T]):
    """What was made for each key, as long as it is fresh. The keys are few: each one stays."""

    __slots__ = ("_made",)

    def __init__(self) -> None:
        """Begin with nothing."""
        self._made: dict[str, tuple[float, T]] = {}

    def take(self, key: str, make: Callable[[], T], now: float) -> T:
        """Return what was made for a key, or make it anew; ``now`` is in seconds."""
        made = self._made.get(key)
        if made is None or now - made[0] >= FRESH_SECONDS:
            made = self._made[key] = (now, make())
        return made[1]
