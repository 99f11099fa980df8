# SPDX-License-Identifier: AGPL-3.0-only
"""The rooms that clients of an edge watch, and what they were told of them [S8] [C8]. Pure.

The edge asks a room's home once, for all of its clients. It remembers the count that they know, so that a home that
begins anew makes nobody hear the same twice.

Clients may watch hundreds of thousands of rooms together. So nothing is done with all of these at once: a node that is
lost is noted, and rooms are looked at and forgotten by and by.
"""

from typing import Final

from msgspec import Struct

from keks_meet.server.cluster.rounds import Round

__all__ = ["Watching"]

Place = tuple[str, int]
"""A room, and the node that was asked for it."""

_AT_LEAST: Final = 2
"""So many rooms of clients that are gone are forgotten with each that is new: they never are more than there were."""


class _Room(Struct):
    """A room that somebody watches."""

    home: int | None = None
    """The node that was asked."""
    asked: int = 0
    """How many losses there had been by then."""
    count: int = 0
    """The member count that was heard last."""
    watchers: dict[int, None] = {}


class Watching:
    """The watch lists of an edge's clients."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._lists: dict[int, dict[str, None]] = {}
        self._rooms: dict[str, _Room] = {}
        self._losses = 0
        self._lost: dict[int, int] = {}
        """The last loss of each node that was lost since all rooms were looked at."""
        self._gone: list[tuple[int, dict[str, None]]] = []
        """Clients that are gone, and what is left of their lists."""
        self._round = Round(lambda: list(self._rooms))

    def replace(self, client: int, rooms: tuple[str, ...]) -> tuple[list[Place], list[str], list[Place]]:
        """Have a client watch these rooms instead of those before.

        Return what it is to be told now, rooms and counts; the rooms that nobody asked for yet; and the rooms that
        nobody watches any more, with whom was asked.
        """
        before, after = self._lists.pop(client, {}), dict.fromkeys(rooms)
        left = [found for room in before if room not in after and (found := self._leave(client, room))]
        told: list[Place] = []
        new: list[str] = []
        for room in after:
            known = self._rooms.get(room)
            if known is None:
                known = self._rooms[room] = _Room(watchers={})
                new.append(room)
            elif room not in before and known.count:
                told.append((room, known.count))
            known.watchers[client] = None
        if after:
            self._lists[client] = after
        return told, new, left + self.forget(_AT_LEAST * len(after))

    def gone(self, client: int) -> None:
        """Take note that a client is gone. Until its list is forgotten, it may still be named as a watcher."""
        rooms = self._lists.pop(client, None)
        if rooms:
            self._gone.append((client, rooms))

    def forget(self, most: int) -> list[Place]:
        """Forget so many rooms of clients that are gone; return those that nobody watches any more."""
        left: list[Place] = []
        while self._gone and most > 0:
            client, rooms = self._gone[-1]
            room, _ = rooms.popitem()
            if not rooms:
                self._gone.pop()
            most -= 1
            if found := self._leave(client, room):
                left.append(found)
        return left

    def asked(self, room: str, home: int) -> None:
        """Take note that this node was asked for a room's count."""
        known = self._rooms[room]
        known.home, known.asked = home, self._losses

    def lost(self, node: int) -> None:
        """Take note that a node does not know any more what it was asked for."""
        if self._round.is_over:  # so all rooms were looked at since the losses before
            self._lost.clear()
        self._losses += 1
        self._lost[node] = self._losses
        self.look()

    def look(self) -> None:
        """Look at all rooms from now on."""
        self._round.begin()

    def to_look_at(self, most: int) -> list[tuple[str, int | None]]:
        """Return the next rooms to look at, with the nodes that know that they are to tell of them."""
        found: list[tuple[str, int | None]] = []
        for room in self._round.take(most):
            known = self._rooms.get(room)
            if known is not None:
                found.append((room, self._teller(known)))
        return found

    @property
    def is_busy(self) -> bool:
        """Whether there are rooms to look at, or to forget."""
        return bool(self._gone) or not self._round.is_over

    def counted(self, room: str, count: int, home: int) -> tuple[int, ...]:
        """Return who is to be told a count that a node says: nobody when it is known, or another node was asked."""
        known = self._rooms.get(room)
        if known is None or self._teller(known) != home or known.count == count:
            return ()
        known.count = count
        return tuple(known.watchers)

    def watchers(self, room: str) -> tuple[int, ...]:
        """Return who watches a room."""
        known = self._rooms.get(room)
        return tuple(known.watchers) if known else ()

    def _teller(self, known: _Room) -> int | None:
        """Return the node that was asked, unless it was lost since."""
        home = known.home
        return None if home is not None and self._lost.get(home, 0) > known.asked else home

    def _leave(self, client: int, room: str) -> Place | None:
        known = self._rooms[room]
        del known.watchers[client]
        if known.watchers:
            return None
        del self._rooms[room]
        home = self._teller(known)
        return None if home is None else (room, home)
