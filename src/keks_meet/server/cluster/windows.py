# SPDX-License-Identifier: AGPL-3.0-only
"""How much each client may have under way to readers at other nodes [C9]. Pure.

Nobody at one edge sees what waits for readers at another. So what a client has sent is taken as waiting until the
readers' edges have said that all of them have room for its messages. They are asked once for each half of a window,
not for each message. For a message that is larger than a window they are asked before it is sent.
"""

from typing import Final

from msgspec import Struct

__all__ = ["Windows"]

_FIRST: Final = 256
"""The part of a reader's queue that a client may have under way at first: what [S11] gives it in any case."""
_LARGEST: Final = 16
"""The largest part, in a room of few."""
_OF_ALL: Final = 1 / 5
"""What all members of a room may have under way together. Half of the queue is shared by those who are at the reader's
own edge, and a quarter is for large messages (`turns`)."""


class _Window(Struct):
    """What one client has under way."""

    most: int
    """Bytes that it may have under way."""
    sent: int = 0
    asked: int | None = None
    """The part of it that an unanswered question is about."""
    wanted: int = 0
    """The bytes of the large message that the question is about as well."""
    granted: int = 0
    """The bytes of a large message that may be sent, since everybody has room for it."""


class Windows:
    """The windows of an edge's clients. Whoever has nothing under way has none."""

    __slots__ = ("_queued_bytes", "_windows")

    def __init__(self, queued_bytes: int) -> None:
        """Begin with nobody. Readers' queues hold so many bytes."""
        self._queued_bytes = queued_bytes
        self._windows: dict[int, _Window] = {}

    @property
    def first(self) -> int:
        """The bytes that a client may have under way in a room of which nothing is known."""
        return self._queued_bytes // _FIRST

    def has_room(self, client: int, size: int) -> bool:
        """Tell whether a client may send a message of this size now."""
        window = self._windows.get(client)
        if window is None:
            return size <= self.first
        return window.sent + size <= max(window.most, window.granted)

    def send(self, client: int, size: int) -> bool:
        """Take note of a message; tell whether it is time to ask."""
        window = self._window(client)
        window.sent += size
        window.granted = 0
        return window.sent * 2 >= window.most and self.ask(client)

    def ask(self, client: int, size: int = 0) -> bool:
        """Begin to ask about all that a client has under way, and for room for a large message of this size.

        False when there is nothing to ask, or a question under way.
        """
        window = self._window(client)
        wanted = size if size > window.most else 0
        if window.asked is not None or not (window.sent or wanted):
            return False
        window.asked, window.wanted = window.sent, wanted
        return True

    def wanted(self, client: int) -> int:
        """Return the bytes of the large message that the question under way is about; 0 for none."""
        return self._window(client).wanted

    def settled(self, client: int, members: int) -> bool:
        """Take note of an answer from a room of so many members; tell whether it is time to ask again."""
        window = self._windows.get(client)
        if window is None or window.asked is None:
            return False
        window.sent -= window.asked
        window.granted, window.wanted, window.asked = window.wanted, 0, None
        part = min(_OF_ALL / max(members, 1), 1 / _LARGEST)
        window.most = max(int(self._queued_bytes * part), self.first)
        return window.sent * 2 >= window.most and self.ask(client)

    def left(self, client: int) -> None:
        """Take note that whoever was asked answers no more: the client is in that room no longer."""
        window = self._windows.get(client)
        if window is not None:
            window.asked = None
            window.wanted = window.granted = 0
            window.most = self.first

    def forget(self, client: int) -> None:
        """Forget a client."""
        self._windows.pop(client, None)

    def _window(self, client: int) -> _Window:
        window = self._windows.get(client)
        if window is None:
            window = self._windows[client] = _Window(self.first)
        return window
