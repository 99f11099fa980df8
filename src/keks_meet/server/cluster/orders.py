# SPDX-License-Identifier: AGPL-3.0-only
"""What the cluster's core orders beside the effects of a hub."""

from typing import TypeAlias

from msgspec import Struct

from keks_meet.rooms.effects import Effect
from keks_meet.server.cluster.frames import ToEdge, ToHome

__all__ = ["AwaitRoom", "ForEdge", "ForHome", "Order", "WindowOpened"]


class ForHome(Struct, frozen=True):
    """Bring an item to a node that is the home of a room, which may be this one."""

    node: int
    item: ToHome


class ForEdge(Struct, frozen=True):
    """Bring an item to a node that clients are connected to, which may be this one."""

    node: int
    item: ToEdge


class AwaitRoom(Struct, frozen=True):
    """Wait until all these readers have room for what ``client`` sends, then report `RoomFound`."""

    client: int
    home: int
    readers: tuple[int, ...]
    size: int
    """The most bytes that its next message becomes."""


class WindowOpened(Struct, frozen=True):
    """A client may send more than before: who waits for that is to look again."""

    client: int


Order: TypeAlias = Effect | ForHome | ForEdge | AwaitRoom | WindowOpened
