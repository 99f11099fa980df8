# SPDX-License-Identifier: AGPL-3.0-only
"""What the transfers of a command come to together. Pure: whoever counts says what time it is."""

from typing import Literal, TypeAlias

from keks_meet.rift.events import Direction, Summary
from keks_meet.session.way import TransferWay

__all__ = ["Fate", "Tally"]

Fate: TypeAlias = Literal["whole", "unconfirmed", "failed"]
"""How a transfer ended; `unconfirmed`: all of it went, and nobody knows whether it arrived whole."""


class Tally:
    """Counts transfers, their bytes, and the seconds in which at least one was under way."""

    def __init__(self) -> None:
        self.files = 0
        """Transfers that arrived whole."""
        self.unconfirmed = 0
        self._bytes = 0
        self._seconds = 0.0
        self._ways: list[TransferWay] = []
        self._under_way = 0
        self._since = 0.0

    def started(self, now: float) -> None:
        """Count a transfer that begins at ``now``, in seconds."""
        if not self._under_way:
            self._since = now
        self._under_way += 1

    def ended(self, now: float, moved: int, fate: Fate) -> None:
        """Count the end of a transfer that was started, and has moved so many bytes."""
        self._under_way -= 1
        if not self._under_way:
            self._seconds += now - self._since
        self._bytes += moved
        self.files += fate == "whole"
        self.unconfirmed += fate == "unconfirmed"

    def note_way(self, way: TransferWay | None) -> None:
        """Note a way that bytes take; None is one that is not known yet."""
        if way is not None and way not in self._ways:
            self._ways.append(way)

    def summary(self, direction: Direction, *, failed: int, excluded: int) -> Summary:
        """Return what all came to; a file that failed may have been tried again and again, so tries do not tell."""
        seconds = round(self._seconds, 3)
        # What goes over TCP has begun on the way of the connection, and that is no other one where both are direct.
        ways = tuple(way for way in self._ways if way != "direct" or "tcp" not in self._ways)
        return Summary(direction, self.files, self._bytes, seconds, failed, ways, excluded, self.unconfirmed)
