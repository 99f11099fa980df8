# SPDX-License-Identifier: AGPL-3.0-only
"""How much each client may have under way to readers at other nodes [C9]. Pure.

Nobody at one edge sees what waits for readers at another. So what a client has sent is taken as waiting until the
readers' edges have said that all of them have room for its messages. They are asked once for each half of a window,
not for each message.
"""

from typing import Final

from msgspec import Struct

__all__ = ["Windows"]

_PARTS: Final = 256
"""The part of a reader's queue that a client may have under way: 16 KiB of 4 MiB. A larger message goes alone.

It is what a sender may have waiting in any case [S11]: what a hundred members have under way fits into the half of the
queue that is not shared.
"""


class _Window(Struct):
    """What one client has under way."""

    sent: int = 0
    asked: int | None = None
    """The part of it that an unanswered question is about."""


class Windows:
    """The windows of an edge's clients. Whoever has nothing under way has none."""

    __slots__ = ("_most", "_windows")

    def __init__(self, queued_bytes: int) -> None:
        """Begin with nobody. Readers' queues hold so many bytes."""
        self._most = queued_bytes // _PARTS
        self._windows: dict[int, _Window] = {}

    def has_room(self, client: int, size: int) -> bool:
        """Tell whether a client may send a message of this size now."""
        window = self._windows.get(client)
        return window is None or window.sent == 0 or window.sent + size <= self._most

    def send(self, client: int, size: int) -> bool:
        """Take note of a message; tell whether it is time to ask."""
        window = self._windows.get(client)
        if window is None:
            window = self._windows[client] = _Window()
        window.sent += size
        return window.sent * 2 >= self._most and self.ask(client)

    def ask(self, client: int) -> bool:
        """Begin to ask about all that a client has under way; False when there is nothing, or a question under way."""
        window = self._windows.get(client)
        if window is None or window.asked is not None or not window.sent:
            return False
        window.asked = window.sent
        return True

    def settled(self, client: int) -> bool:
        """Take note of an answer; tell whether it is time to ask again."""
        window = self._windows.get(client)
        if window is None or window.asked is None:
            return False
        window.sent -= window.asked
        window.asked = None
        return window.sent * 2 >= self._most and self.ask(client)

    def left(self, client: int) -> None:
        """Take note that whoever was asked answers no more: the client is in that room no longer."""
        window = self._windows.get(client)
        if window is not None:
            window.asked = None

    def forget(self, client: int) -> None:
        """Forget a client."""
        self._windows.pop(client, None)
