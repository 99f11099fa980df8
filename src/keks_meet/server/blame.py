# SPDX-License-Identifier: AGPL-3.0-only
"""Blame when more is sent than read [S11]: the reader's by its pace, the sender's by how long it was slowed.

Pure: times are arguments, in seconds.
"""

from typing import Final

__all__ = ["Patience", "Reading"]

_EXCUSED_BYTES: Final = 8 * 1_048_576
"""Bytes that a sender may send to slow readers without being blamed for their pace: eight of the largest messages."""
_EXCUSED_SECONDS: Final = 60.0
"""The time without being slowed within which all excused bytes come back."""
_RECOVERY: Final = 0.5
"""Seconds of patience that a sender gets back in a second in which nobody waits for it."""


class Reading:
    """Tells whether a reader takes what waits for it: within each window all of it, or as much as ``rate`` asks for."""

    __slots__ = ("_expected", "_rate", "_since", "_window")

    def __init__(self, window: float, rate: float) -> None:
        """Expect ``rate`` bytes a second, over windows of so many seconds."""
        self._window = window
        self._rate = rate
        self._since: float | None = None
        self._expected = 0.0

    def is_too_slow(self, waiting: int, taken: int, now: float) -> bool:
        """Look at a reader for which ``waiting`` bytes wait and which has taken ``taken`` bytes since it came."""
        if not waiting:
            self._since = None
        elif self._since is None or taken >= self._expected:
            self._since = now
            self._expected = taken + min(waiting, self._rate * self._window)
        return self._since is not None and now - self._since >= self._window


class Patience:
    """The time that a sender may still be slowed before it is taken for a flooder.

    Patience comes back while the sender is not slowed, and as its data gets through: the time that the slowest reader
    may take for that is nobody's fault. But that is so for some messages only, and not for a flood of them.
    """

    __slots__ = ("_excused", "_left", "_most", "_rate", "_then")

    def __init__(self, seconds: float, now: float, rate: float) -> None:
        """Start with full patience; ``rate`` is what the slowest reader takes, in bytes a second."""
        self._most = seconds
        self._left = seconds
        self._then = now
        self._rate = rate
        self._excused: float = _EXCUSED_BYTES

    def left(self, now: float) -> float:
        """Return the seconds that are left."""
        self._left = min(self._most, self._left + (now - self._then) * _RECOVERY)
        self._excused = min(_EXCUSED_BYTES, self._excused + (now - self._then) * _EXCUSED_BYTES / _EXCUSED_SECONDS)
        self._then = now
        return self._left

    def spend(self, since: float, now: float) -> None:
        """Take note that the sender was slowed for this time."""
        self._left -= now - since
        self._then = now

    def got_through(self, size: int) -> None:
        """Take note that a message of so many bytes, for which the sender was slowed, has room now."""
        excused = min(size, self._excused)
        self._excused -= excused
        self._left = min(self._most, self._left + excused / self._rate)
