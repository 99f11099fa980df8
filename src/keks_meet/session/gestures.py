# SPDX-License-Identifier: AGPL-3.0-only
"""Raised hands and reactions: own ones, which are few, and those of peers, of which so many count [M11] [M12]."""

from collections.abc import Mapping

from keks_meet.protocol.fields import HandState, ReactionName
from keks_meet.protocol.relay_messages import Hand, Reaction, RelayMessage
from keks_meet.session import limits
from keks_meet.session.events import PeerKey
from keks_meet.session.facts import HandChanged, Reacted
from keks_meet.session.outbox import Outbox
from keks_meet.session.peer import Peer

__all__ = ["Gestures"]

_FEATURE = "gestures"


class Gestures:
    """The own gestures, and what is told of those of peers."""

    def __init__(self, peers: Mapping[PeerKey, Peer], out: Outbox) -> None:
        self._peers = peers
        self._out = out
        # The own hand, once it was raised.
        self._hand: HandState | None = None
        # Own gestures of the last moment.
        self._recent = 0

    def set_hand(self, state: HandState) -> None:
        """Raise or lower the own hand."""
        if state == (self._hand or "down") or not self._may_make(is_hand_up=state == "up"):
            return
        self._hand = state
        self._tell_all(Hand(state))
        self._out.add(HandChanged(state))

    def react(self, name: ReactionName) -> None:
        """Say a reaction."""
        if self._may_make(is_hand_up=self._hand == "up"):
            self._tell_all(Reaction(name))
            self._out.add(Reacted(name))

    def met(self, peer: Peer) -> None:
        """Tell a peer that comes, or comes back, how the own hand is."""
        if self._hand is not None and _knows(peer):
            self._out.relay(peer, Hand(self._hand))

    def heard(self, peer: Peer, gesture: Hand | Reaction) -> bool:
        """Tell whether a gesture counts: peers make no more of them than people do."""
        if isinstance(gesture, Hand) and gesture.state == peer.hand:
            return True
        if peer.gestures >= limits.GESTURES:
            return False
        peer.gestures += 1
        if peer.gestures == 1:
            self._out.start_timer("gestures", peer.key, limits.GESTURES_MS)
        if isinstance(gesture, Reaction):
            self._out.add(Reacted(gesture.name, peer.key))
        else:
            peer.hand = gesture.state
            self._out.add(HandChanged(peer.hand, peer.key))
        return True

    def due(self, peer: Peer | None) -> None:
        """Begin to count anew the gestures of a peer, or the own ones."""
        if peer is not None:
            peer.gestures = 0
        else:
            self._recent = 0

    def _may_make(self, *, is_hand_up: bool) -> bool:
        """Count an own gesture; one that leaves the hand up has to leave another one to lower it."""
        if self._recent + is_hand_up >= limits.OWN_GESTURES:
            return False
        self._recent += 1
        if self._recent == 1:
            self._out.start_timer("gestures", 0, limits.GESTURES_MS)
        return True

    def _tell_all(self, gesture: RelayMessage) -> None:
        for peer in self._peers.values():
            if _knows(peer):
                self._out.relay(peer, gesture)


def _knows(peer: Peer) -> bool:
    return peer.credential is not None and _FEATURE in peer.features
