# SPDX-License-Identifier: AGPL-3.0-only
"""The watch on the way to the server: whether it still carries anything, and how much has got there [L8].

The server relays a message to one's own id back: that is the probe. This module knows no socket and no clock.
"""

from typing import TypeAlias

from msgspec import Struct

from keks_meet.session import limits

__all__ = ["Check", "LinkOrder", "LinkWatch", "Probe", "Reconnect"]


class Probe(Struct, frozen=True, tag_field="type", tag="probe"):
    """Relay a probe of this number to the own id."""

    number: int


class Check(Struct, frozen=True, tag_field="type", tag="check"):
    """Call `LinkWatch.checked` when the time in which the server has to be heard is over."""


class Reconnect(Struct, frozen=True, tag_field="type", tag="reconnect"):
    """The connection is dead, whatever it says of itself."""


LinkOrder: TypeAlias = Probe | Check | Reconnect


class LinkWatch:
    """Watches one connection after the other. Numbers go on, so that no late probe stands for a newer one."""

    def __init__(self) -> None:
        self._number = 0
        self._returned = 0
        self.opened()

    def opened(self) -> None:
        """Begin with a new connection."""
        self.has_answered = False
        """Whether a probe has come back over this connection."""
        self._is_inside = False
        self._is_alive = False
        self._is_doubted = False
        self._silent = 0
        self._buffered = 0
        self._under_way = 0
        self._returned = self._number

    def entered(self) -> list[LinkOrder]:
        """Note that the server has let this client into a room: only there it relays."""
        self._is_inside = True
        return self.probe()

    def left(self) -> None:
        """Note that this client is in no room."""
        self._is_inside = False

    def sent(self, length: int) -> None:
        """Count the bytes of a frame that was given to the connection."""
        self._under_way += length

    def heard(self) -> None:
        """Note a frame of the server, whatever it holds."""
        self._is_alive = True
        self._is_doubted = False

    def returned(self, number: int) -> bool:
        """Take a probe that came back; tell whether it is one of this connection that was still out."""
        if not self._returned < number <= self._number:
            return False
        self._returned = number
        self.has_answered = True
        if number == self._number:
            self._under_way = 0
        return True

    def probe(self) -> list[LinkOrder]:
        """Send a probe now: somebody wants to know what has got there, or the machine woke up."""
        if not self._is_inside:
            return []
        self._number += 1
        return [Probe(self._number)]

    def doubted(self) -> list[LinkOrder]:
        """Note that a way to a peer is in doubt, or the network another one: so is this way until the server is heard.

        While much is under way the server may only be slow.
        """
        if not self._is_inside or self._is_doubted or self._under_way >= limits.MOMENT_BYTES:
            return []
        self._is_doubted = True
        return [*self.probe(), Check()]

    def checked(self) -> list[LinkOrder]:
        """Judge a connection that was in doubt."""
        return [Reconnect()] if self._is_doubted else []

    def ticked(self, buffered: int) -> list[LinkOrder]:
        """Judge the last moment; ``buffered`` are the bytes that have not left this process."""
        is_moving = self._is_alive or buffered < self._buffered
        self._is_alive = False
        self._buffered = buffered
        self._silent = 0 if is_moving else self._silent + 1
        extra = min(self._under_way // limits.MOMENT_BYTES, limits.EXTRA_MOMENTS)
        if self._silent >= limits.SILENT_MOMENTS + extra:
            return [Reconnect()]
        # One more probe would wait behind the one that has not left yet.
        is_stuck = buffered > 0 and self._returned < self._number
        return [] if is_stuck else self.probe()
