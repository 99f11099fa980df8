# SPDX-License-Identifier: AGPL-3.0-only
"""Whose large message is under way in a room [C9]: so many at a time as fit into a part of a reader's queue. Pure.

A message is large when it does not fit into its sender's window. Windows of all members fit into a queue together, and
so does what is let through here beside them.
"""

from typing import Final

from msgspec import Struct

__all__ = ["Turns"]

_PART: Final = 4
"""The part of a reader's queue that large messages may fill. A larger one goes alone."""


class _Room(Struct):
    """The large messages of one room."""

    under_way: dict[int, int]
    waiting: dict[int, int]


class Turns:
    """The large messages of a home's rooms, by their senders, each of whom has one at a time."""

    __slots__ = ("_most", "_of", "_rooms")

    def __init__(self, queued_bytes: int) -> None:
        """Begin with none. Readers' queues hold so many bytes."""
        self._most = queued_bytes // _PART
        self._rooms: dict[str, _Room] = {}
        self._of: dict[int, str] = {}

    def wait(self, client: int, room: str, size: int) -> list[tuple[int, int]]:
        """Have a client wait for its turn in a room; return whose turn has come, with sizes, as `over` does."""
        found = self.over(client)
        self._of[client] = room
        turns = self._rooms.setdefault(room, _Room({}, {}))
        turns.waiting[client] = size
        return found + self._next(turns)

    def over(self, client: int) -> list[tuple[int, int]]:
        """Take note that a client's message has come, or never will."""
        room = self._of.pop(client, None)
        if room is None:
            return []
        turns = self._rooms[room]
        turns.waiting.pop(client, None)
        turns.under_way.pop(client, None)
        found = self._next(turns)
        if not turns.under_way:
            del self._rooms[room]
        return found

    def _next(self, turns: _Room) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for client, size in list(turns.waiting.items()):
            if turns.under_way and sum(turns.under_way.values()) + size > self._most:
                break
            del turns.waiting[client]
            turns.under_way[client] = size
            found.append((client, size))
        return found
