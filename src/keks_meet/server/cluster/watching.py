# SPDX-License-Identifier: AGPL-3.0-only
"""The rooms that clients of an edge watch, and what they were told of them [S8] [C8]. Pure.

The edge asks a room's home once, for all of its clients. It remembers the count that they know, so that a home that
begins anew makes nobody hear the same twice.
"""

from msgspec import Struct

__all__ = ["Watching"]


class _Room(Struct):
    """A room that somebody watches."""

    home: int | None = None
    """The node that was asked."""
    count: int = 0
    """The member count that was heard last."""
    watchers: dict[int, None] = {}


class Watching:
    """The watch lists of an edge's clients."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._lists: dict[int, dict[str, None]] = {}
        self._rooms: dict[str, _Room] = {}

    def replace(
        self, client: int, rooms: tuple[str, ...]
    ) -> tuple[list[tuple[str, int]], list[str], list[tuple[str, int]]]:
        """Have a client watch these rooms instead of those before.

        Return what it is to be told now, rooms and counts; the rooms that nobody asked for yet; and the rooms that
        nobody watches any more, with whom was asked.
        """
        before, after = self._lists.pop(client, {}), dict.fromkeys(rooms)
        left = [found for room in before if room not in after and (found := self._leave(client, room))]
        told: list[tuple[str, int]] = []
        new: list[str] = []
        for room in after:
            known = self._rooms.get(room)
            if known is None:
                known = self._rooms[room] = _Room()
                new.append(room)
            elif room not in before and known.count:
                told.append((room, known.count))
            known.watchers[client] = None
        if after:
            self._lists[client] = after
        return told, new, left

    def asked(self, room: str, home: int) -> None:
        """Take note that this node was asked for a room's count."""
        self._rooms[room].home = home

    def counted(self, room: str, count: int, home: int) -> tuple[int, ...]:
        """Return who is to be told a count that a node says: nobody when it is known, or another node was asked."""
        known = self._rooms.get(room)
        if known is None or known.home != home or known.count == count:
            return ()
        known.count = count
        return tuple(known.watchers)

    def watchers(self, room: str) -> tuple[int, ...]:
        """Return who watches a room."""
        known = self._rooms.get(room)
        return tuple(known.watchers) if known else ()

    def homes(self) -> list[tuple[str, int | None]]:
        """Return each room that is watched, with the node that was asked for it."""
        return [(room, known.home) for room, known in self._rooms.items()]

    def _leave(self, client: int, room: str) -> tuple[str, int] | None:
        known = self._rooms[room]
        del known.watchers[client]
        if known.watchers:
            return None
        del self._rooms[room]
        return None if known.home is None else (room, known.home)
