# SPDX-License-Identifier: AGPL-3.0-only
"""The moments at which rooms move to another home: spread, and about the same ones at all edges [C7]. Pure.

Rooms are kept by their moments. So whatever a change of the nodes means for them is found out a few rooms at a time, in
the time over which they move in any case.
"""

from typing import Final

from keks_meet.server.cluster.placement import share_of

__all__ = ["SPREAD_SECONDS", "Moving"]

SPREAD_SECONDS: Final = 2.5
"""The time over which rooms move: with what heartbeats take, a room has two homes for less than 4 s."""
_PARTS: Final = 250
"""The parts of that time."""


class Moving:
    """The rooms with members here, and the times over which they may move."""

    __slots__ = ("_parts", "_sweeps")

    def __init__(self) -> None:
        """Begin with none."""
        self._parts: dict[int, dict[str, None]] = {}
        self._sweeps: dict[float, int] = {}
        """For each moment at which nodes came or went the next part to look at."""

    def add(self, room: str) -> None:
        """Take note of a room that has somebody in it."""
        self._parts.setdefault(_part_of(room), {})[room] = None

    def remove(self, room: str) -> None:
        """Forget a room."""
        number = _part_of(room)
        part = self._parts[number]
        del part[room]
        if not part:
            del self._parts[number]

    def plan(self, now: float) -> None:
        """Have all rooms come by soon; when they do that already, they do so once more."""
        self._sweeps[now] = 0

    @property
    def is_over(self) -> bool:
        """Whether no room's moment is to come."""
        return not self._sweeps

    def due(self, now: float) -> list[str]:
        """Return the rooms whose moment has come, each once."""
        found: dict[str, None] = {}
        for began, first in list(self._sweeps.items()):
            after = min(int((now - began) / SPREAD_SECONDS * _PARTS), _PARTS)
            for number in range(first, after):
                found |= self._parts.get(number, {})
            self._sweeps[began] = after
            if after == _PARTS:
                del self._sweeps[began]
        return list(found)


def _part_of(room: str) -> int:
    return min(int(share_of(room) * _PARTS), _PARTS - 1)
