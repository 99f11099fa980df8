# SPDX-License-Identifier: AGPL-3.0-only
"""Slows a sender while others have no room for what it says [S11]."""

from collections.abc import Callable
from time import monotonic

from keks_meet.protocol.limits import FRAME_ENVELOPE_BYTES
from keks_meet.protocol.packets import Relay, Serverbound
from keks_meet.server.blame import Patience
from keks_meet.server.rooms_port import Obstacle

__all__ = ["frame_size", "until_there_is_room"]


async def until_there_is_room(crowded: Callable[[], Obstacle | None], patience: Patience, size: int) -> bool:
    """Wait until ``crowded`` names nobody any more; False when the sender's patience ends before.

    ``crowded`` returns what has no room, or None when there is nothing, or when the sender itself is being closed.
    ``size``: bytes of the frame that wants room.
    """
    is_slowed = False
    while (reader := crowded()) is not None:
        began = monotonic()
        left = patience.left(began)
        if left <= 0:
            return False
        await reader.changed(left)
        if not reader.closing:  # then the reader was to blame
            patience.spend(began, monotonic())
            is_slowed = True
    if is_slowed:
        patience.got_through(size)
    return True


def frame_size(packet: Serverbound) -> int:
    """Return the most bytes that a packet becomes in the queue of a client that hears of it."""
    message = memoryview(packet.message).nbytes if isinstance(packet, Relay) else 0
    return message + FRAME_ENVELOPE_BYTES
