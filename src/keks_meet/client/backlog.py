# SPDX-License-Identifier: AGPL-3.0-only
"""The events of a room that wait for the program: the newest of them, within limits."""

from collections import deque

from keks_meet.client.events import (
    ChatReceived,
    ChatSettled,
    LinkChanged,
    ResourceSpoilt,
    RoomEvent,
    TransferEnded,
    TransferStarted,
)

__all__ = ["Backlog"]


_OWN = (ChatSettled, LinkChanged, ResourceSpoilt, TransferEnded, TransferStarted)
"""Events about the program's own deeds: what others flood the room with does not push them out."""


class Backlog:
    """A queue of events. When too much waits, the oldest that others caused is dropped. Nobody has to take anything."""

    def __init__(self, events: int, characters: int) -> None:
        """Keep so many events, with so many characters of chat in them."""
        self._most_events = events
        self._most_characters = characters
        self._events: deque[RoomEvent] = deque()
        self._characters = 0

    def put(self, event: RoomEvent) -> None:
        """Append an event."""
        self._events.append(event)
        self._characters += _characters(event)
        while len(self._events) > self._most_events or (self._characters > self._most_characters and self._events):
            self._drop()

    def _drop(self) -> None:
        """Forget the oldest event that is not about the program's own deeds, if there is one."""
        at = next((at for at, event in enumerate(self._events) if not isinstance(event, _OWN)), 0)
        self._characters -= _characters(self._events[at])
        del self._events[at]

    def take(self) -> RoomEvent | None:
        """Return the oldest event, if there is one."""
        if not self._events:
            return None
        event = self._events.popleft()
        self._characters -= _characters(event)
        return event


def _characters(event: RoomEvent) -> int:
    return len(event.text or event.image or "") if isinstance(event, ChatReceived) else 0
