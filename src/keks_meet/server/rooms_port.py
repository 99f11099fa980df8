# SPDX-License-Identifier: AGPL-3.0-only
"""Where signaling finds its rooms: in a hub of this process, or in those of a cluster."""

from collections.abc import Sequence
from typing import Any, Protocol

from keks_meet.protocol.packets import Serverbound
from keks_meet.rooms.effects import Effect
from keks_meet.rooms.hub import Hub

__all__ = ["LocalRooms", "Obstacle", "Rooms"]


class Obstacle(Protocol):
    """What has no room for a packet: a client that reads slowly, or what is under way to other nodes."""

    @property
    def closing(self) -> bool:
        """Whether it will never have room again, and is to blame."""

    async def changed(self, seconds: float) -> None:
        """Wait until it is worth to look again, or this time is over."""


class Rooms(Protocol):
    """All rooms, as signaling sees them."""

    @property
    def hub(self) -> Hub:
        """The hub of this process, to be asked for its numbers."""

    def handle(self, event: Any) -> Sequence[Effect]:
        """Take in an event, of a hub or another one, and return what is to be done. It names its cause: ``client``."""

    def audience(self, id_: int, packet: Serverbound) -> Sequence[int]:
        """Return the other clients of this process that would hear of a packet [S11]."""

    def obstacle(self, id_: int, packet: Serverbound) -> Obstacle | None:
        """Return what has no room for a packet beside those."""

    def cost_of_watching(self, rooms: int) -> int:
        """Return as how many packets more a list of so many different rooms counts."""


class LocalRooms:
    """The rooms of one process."""

    __slots__ = ("audience", "handle", "hub")

    def __init__(self, hub: Hub) -> None:
        """Ask this hub."""
        self.hub = hub
        self.handle = hub.handle
        self.audience = hub.audience

    def obstacle(self, _id: int, _packet: Serverbound) -> None:
        """Return nothing: there is nothing else."""

    def cost_of_watching(self, _rooms: int) -> int:
        """Return nothing: it is as little work as another packet."""
        return 0
