# SPDX-License-Identifier: AGPL-3.0-only
"""The frames that wait for one reader, accounted to the clients that caused them [S11]. Pure."""

from typing import Final

__all__ = ["Backlog"]

_SHARED: Final = 2
"""Half of the queue is shared: a sender may have as much waiting in it as is left of it."""
_OWN: Final = 256
"""This part of the queue is each sender's own, whatever others send: 16 KiB of 4 MiB, for 96 senders at once."""
_FOR_RELAYS: Final = 7 / 8
"""Relayed messages leave the rest of the queue to what the server says itself: joins, leaves, counts and pongs."""


class Backlog:
    """An account for each sender with something in the queue; there is none for the others."""

    __slots__ = ("_by_sender", "_limit")

    def __init__(self, limit: int) -> None:
        """Count what waits in a queue that holds ``limit`` bytes."""
        self._limit = limit
        self._by_sender: dict[int, int] = {}

    def add(self, sender: int, size: int) -> None:
        """Take note of a frame that a client caused."""
        self._by_sender[sender] = self._by_sender.get(sender, 0) + size

    def remove(self, sender: int, size: int) -> None:
        """Take note that the reader has taken a frame."""
        left = self._by_sender[sender] - size
        if left:
            self._by_sender[sender] = left
        else:
            del self._by_sender[sender]

    def has_share(self, sender: int, size: int, waiting: int) -> bool:
        """Tell whether a sender may cause a frame of this size when so many bytes wait in all.

        The shared part is the dynamic threshold of switches with one buffer for many ports: the more waits, the less
        may a single sender have waiting. So a flood of one leaves room to all others, and two floods do, too.
        """
        of_sender = self._by_sender.get(sender, 0) + size
        return not waiting or of_sender <= self._limit // _OWN or of_sender <= self._limit // _SHARED - waiting

    def has_room(self, sender: int, size: int, waiting: int) -> bool:
        """Tell whether a relayed message has a share; it has to leave room for what the server says itself."""
        is_within = not waiting or waiting + size <= self._limit * _FOR_RELAYS
        return is_within and self.has_share(sender, size, waiting)
