# SPDX-License-Identifier: AGPL-3.0-only
"""The moments at which rooms move to another home: spread, and about the same ones at all edges [C7]. Pure."""

from collections.abc import Iterable
from typing import Final

from keks_meet.server.cluster.placement import share_of

__all__ = ["SPREAD_SECONDS", "Moving"]

SPREAD_SECONDS: Final = 2.5
"""The time over which rooms move: with what heartbeats take, a room has two homes for less than 4 s."""


class Moving:
    """The rooms that are about to move."""

    __slots__ = ("_moments",)

    def __init__(self) -> None:
        """Begin with none."""
        self._moments: dict[str, float] = {}

    def plan(self, rooms: Iterable[str], now: float) -> None:
        """Have rooms move soon; those that were about to move already keep their moment."""
        for room in rooms:
            self._moments.setdefault(room, now + share_of(room) * SPREAD_SECONDS)

    def due(self, now: float) -> list[str]:
        """Return the rooms whose moment has come, each once."""
        found = [room for room, moment in self._moments.items() if moment <= now]
        for room in found:
            del self._moments[room]
        return found
