# SPDX-License-Identifier: AGPL-3.0-only
"""Who is in the rooms of a home, and at which edge. Pure."""

from collections.abc import Iterable

__all__ = ["Attendance"]


class Attendance:
    """The clients of a home."""

    __slots__ = ("_edges", "_members", "_rooms")

    def __init__(self) -> None:
        """Begin with nobody."""
        self._edges: dict[int, int] = {}
        self._rooms: dict[int, str | None] = {}
        self._members: dict[str, dict[int, None]] = {}

    def edge_of(self, client: int) -> int | None:
        """Return the edge of a client; None for one that is not here."""
        return self._edges.get(client)

    def room_of(self, client: int) -> str | None:
        """Return the room of a client."""
        return self._rooms.get(client)

    def rooms(self) -> list[str]:
        """Return the rooms with somebody in them."""
        return list(self._members)

    def count(self, room: str) -> int:
        """Return how many are in a room."""
        return len(self._members.get(room, ()))

    def members(self, room: str) -> list[tuple[int, int]]:
        """Return the edges and ids of those in a room."""
        return [(self._edges[client], client) for client in self._members.get(room, ())]

    def clients_of(self, edge: int) -> list[int]:
        """Return the clients at an edge."""
        return [client for client, place in self._edges.items() if place == edge]

    def by_edge(self, clients: Iterable[int]) -> Iterable[tuple[int, tuple[int, ...]]]:
        """Return clients by their edges, in order."""
        found: dict[int, list[int]] = {}
        for client in clients:
            edge = self._edges.get(client)
            if edge is not None:
                found.setdefault(edge, []).append(client)
        return [(edge, tuple(some)) for edge, some in found.items()]

    def enter(self, edge: int, client: int, room: str | None) -> None:
        """Take note that a client is in a room, instead of one before."""
        self._part(client)
        self._edges[client] = edge
        self._rooms[client] = room
        if room is not None:
            self._members.setdefault(room, {})[client] = None

    def leave(self, client: int) -> None:
        """Forget a client."""
        self._part(client)
        self._edges.pop(client, None)
        self._rooms.pop(client, None)

    def _part(self, client: int) -> None:
        room = self._rooms.get(client)
        if room is not None:
            members = self._members[room]
            del members[client]
            if not members:
                del self._members[room]
