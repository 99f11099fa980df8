# SPDX-License-Identifier: AGPL-3.0-only
"""The link of two nodes: items in order and without a gap, or the link begins anew [C3]. Pure.

The bus may lose frames. Both ends count epochs of their link together: whoever misses something goes on to the next
one, and the other end follows as soon as it hears of that. What each had known through the other is void then.
"""

from enum import Enum
from typing import Final

from keks_meet.protocol.limits import Limits
from keks_meet.server.cluster.frames import Frame, Item

__all__ = ["FRAME_BYTES", "Link", "Verdict", "largest_frame"]

FRAME_BYTES: Final = 64 * 1024
"""A frame takes no further item once its messages have so many bytes: the largest message alone is one of its own."""
_ITEM_BYTES: Final = 64
"""The bytes that an item counts beside its message, its room and its recipients."""
_RECIPIENT_BYTES: Final = 9
"""The most bytes that a recipient takes."""


class Verdict(Enum):
    """What an arriving frame is."""

    NEXT = "its items count"
    STALE = "it is of an epoch that is over"
    ANEW = "the link began anew, and its items count"
    BROKEN = "something is missing, so the link begins anew"


class Link:
    """One end of a link."""

    __slots__ = ("_bytes", "_incoming", "_items", "_outgoing", "_ready", "_was_used", "epoch")

    def __init__(self, epoch: int = 1) -> None:
        """Begin in an epoch, later than any that there was before with this node."""
        self.epoch = epoch
        self._incoming = 0
        self._outgoing = 0
        self._was_used = False
        self._ready: list[tuple[Item, ...]] = []
        self._items: list[Item] = []
        self._bytes = 0

    def accept(self, frame: Frame) -> Verdict:
        """Take note of a frame from the other end. After `ANEW` and `BROKEN`, what was known through it is void."""
        if frame.epoch < self.epoch:
            return Verdict.STALE
        is_anew = frame.epoch > self.epoch
        if is_anew:
            was_used = self._was_used
            self._begin(frame.epoch)
            is_anew = was_used
        if frame.sequence != self._incoming:
            self._begin(self.epoch + 1)
            return Verdict.BROKEN
        if frame.items:
            self._incoming += 1
            self._was_used = True
        return Verdict.ANEW if is_anew else Verdict.NEXT

    def break_off(self) -> None:
        """Begin anew, as after a gap."""
        self._begin(self.epoch + 1)

    def post(self, item: Item) -> None:
        """Put an item behind those that wait."""
        self._was_used = True
        self._items.append(item)
        self._bytes += _size(item)
        if self._bytes >= FRAME_BYTES:
            self._close_frame()

    def take(self, node: int, *, beat: bool = False) -> list[Frame]:
        """Return what waits as frames of ``node``; with ``beat``, an empty one behind them."""
        self._close_frame()
        frames = [Frame(node, self.epoch, self._outgoing + place, items) for place, items in enumerate(self._ready)]
        self._outgoing += len(frames)
        self._ready = []
        return [*frames, Frame(node, self.epoch, self._outgoing, ())] if beat else frames

    def _begin(self, epoch: int) -> None:
        """Forget all that waits, and count from 0 on again."""
        Link.__init__(self, epoch)

    def _close_frame(self) -> None:
        if self._items:
            self._ready.append(tuple(self._items))
            self._items = []
            self._bytes = 0


def _size(item: Item) -> int:
    text = 4 * len(getattr(item, "room", ""))
    return (
        _ITEM_BYTES
        + text
        + len(getattr(item, "message", b""))
        + _RECIPIENT_BYTES * len(getattr(item, "recipients", ()))
    )


def largest_frame(limits: Limits) -> int:
    """Return the most bytes that a frame takes: the largest message for everybody in a room, behind other items."""
    return limits.message_bytes + _RECIPIENT_BYTES * limits.members_per_room + 2 * FRAME_BYTES
