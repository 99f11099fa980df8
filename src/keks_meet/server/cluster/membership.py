# SPDX-License-Identifier: AGPL-3.0-only
"""Which nodes there are, as one of them sees it [C5] [C6]. Pure: times are arguments, in seconds."""

from enum import StrEnum
from typing import Final

from msgspec import Struct

from keks_meet.server.cluster.frames import Heartbeat

__all__ = ["BEAT_SECONDS", "Change", "Membership", "Presence"]

BEAT_SECONDS: Final = 1.0
"""The time between two heartbeats."""
DEAD_SECONDS: Final = 3.5
"""The silence after which another node is dead: its clients are to have left within 4 s."""
ALONE_SECONDS: Final = 3.0
"""The time after which a node that does not hear itself is cut off: it goes before others take it for dead."""
SETTLING_SECONDS: Final = 1.25
"""The time for which a node listens before it takes clients: a little more than the time between heartbeats."""
MOST_NODES: Final = 256
"""Nodes that are known at a time. More do not make a cluster of this kind."""


class Presence(StrEnum):
    """What a node is to the cluster, as it sees that itself."""

    ALONE = "alone"
    """It does not hear itself: the bus is away."""
    SETTLING = "settling"
    """It hears itself, and waits a moment for others."""
    PRESENT = "present"


class Change(Struct, frozen=True):
    """What became of the membership."""

    dead: tuple[int, ...] = ()
    """The nodes that are to be taken for dead now."""
    is_cut_off: bool = False
    """Whether this node has just lost the bus."""


class _Peer(Struct):
    """Another node."""

    heard: float
    """When it last said that it hears this node."""
    is_leaving: bool


class Membership:
    """The nodes that are alive: that hear this node, and that this node hears."""

    def __init__(self, me: int) -> None:
        """Begin as node ``me``, which hears nobody yet."""
        self.me = me
        self.is_leaving = False
        self._presence = Presence.ALONE
        self._heard_self = 0.0
        self._came = 0.0
        self._looked = 0.0
        self._peers: dict[int, _Peer] = {}
        self._greeted: dict[int, float] = {}
        self.homes: tuple[int, ...] = (me,)
        """The nodes that rooms have their homes at."""

    @property
    def presence(self) -> Presence:
        """What this node is to the cluster."""
        return self._presence

    @property
    def peers(self) -> tuple[int, ...]:
        """The other nodes that are alive."""
        return tuple(self._peers)

    def heartbeat(self, *, gone: bool = False) -> Heartbeat:
        """Return what this node says to all."""
        return Heartbeat(self.me, tuple({**self._greeted, **self._peers}), self.is_leaving, gone)

    def knows(self, node: int) -> bool:
        """Tell whether this node has heard another one lately."""
        return node in self._greeted or node in self._peers

    def heard(self, beat: Heartbeat, now: float) -> Change:
        """Take note of a heartbeat, one's own included."""
        if beat.node == self.me:
            self._heard_itself(now)
            return Change()
        if beat.gone:
            return self._without([beat.node])
        if beat.node in self._greeted or len(self._greeted) < MOST_NODES:
            self._greeted[beat.node] = now
        if self.me in beat.sees and (beat.node in self._peers or len(self._peers) < MOST_NODES):
            self._peers[beat.node] = _Peer(now, beat.leaving)
            self._look()
        return Change()

    def ticked(self, now: float) -> Change:
        """Look at who was silent for too long. A node that was stopped for that long has missed it all."""
        silent_since, self._looked = min(self._heard_self, self._looked), now
        if self._presence is not Presence.ALONE and now - silent_since >= ALONE_SECONDS:
            return self.cut_off()
        if self._presence is Presence.SETTLING and now - self._came >= SETTLING_SECONDS:
            self._presence = Presence.PRESENT
        heard = self._greeted | {node: peer.heard for node, peer in self._peers.items()}
        return self._without([node for node, moment in heard.items() if now - moment >= DEAD_SECONDS])

    def cut_off(self) -> Change:
        """Be alone until this node hears itself again."""
        if self._presence is Presence.ALONE:
            return Change()
        self._presence = Presence.ALONE
        dead = self._without([*self._peers, *self._greeted]).dead
        return Change(dead, is_cut_off=True)

    def leave(self) -> None:
        """Be no room's home from now on."""
        self.is_leaving = True
        self._look()

    def _heard_itself(self, now: float) -> None:
        self._heard_self = now
        if self._presence is Presence.ALONE:
            self._presence = Presence.SETTLING
            self._came = now

    def _without(self, nodes: list[int]) -> Change:
        dead = tuple(node for node in nodes if self.knows(node))
        for node in nodes:
            self._peers.pop(node, None)
            self._greeted.pop(node, None)
        self._look()
        return Change(dead)

    def _look(self) -> None:
        """Find who can be a home: those that stay, or if nobody does, all."""
        leaving = {self.me: self.is_leaving} | {node: peer.is_leaving for node, peer in self._peers.items()}
        staying = [node for node, is_leaving in leaving.items() if not is_leaving]
        self.homes = tuple(sorted(staying or leaving))
