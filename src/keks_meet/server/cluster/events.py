# SPDX-License-Identifier: AGPL-3.0-only
"""Events of the cluster's core beside those of a hub. Times are in seconds.

Each names a client as its cause, as a hub's events do, or `NOBODY`.
"""

from typing import TypeAlias

from msgspec import Struct

from keks_meet.rooms import events as rooms
from keks_meet.server.cluster.frames import NOBODY, Item

__all__ = ["Event", "ItemReceived", "NodeLost", "RoomFound", "Ticked", "ViewChanged", "WasCutOff"]


class ItemReceived(Struct, frozen=True):
    """Another node said something."""

    node: int
    item: Item

    @property
    def client(self) -> int:
        """Whom it is about."""
        return self.item.client


class NodeLost(Struct, frozen=True):
    """What was known through another node is void: it is dead, or something from it is missing."""

    node: int
    client: int = NOBODY


class ViewChanged(Struct, frozen=True):
    """Rooms have their homes at these nodes from now on."""

    homes: tuple[int, ...]
    now: float
    client: int = NOBODY


class WasCutOff(Struct, frozen=True):
    """The bus is away: the node does not hear itself."""

    client: int = NOBODY


class RoomFound(Struct, frozen=True):
    """All readers of an `AwaitRoom` have room."""

    client: int
    home: int


class Ticked(Struct, frozen=True):
    """Some time has passed."""

    now: float
    client: int = NOBODY


Event: TypeAlias = rooms.Event | ItemReceived | NodeLost | ViewChanged | WasCutOff | RoomFound | Ticked
