# SPDX-License-Identifier: AGPL-3.0-only
"""Tells what is on offer here: files beyond a handful in small portions, so that all else is heard meanwhile [M7].

A folder may have ten thousand files, and a server takes some two hundred messages a second from one client.
"""

from collections import deque
from collections.abc import Mapping

from keks_meet.protocol.relay_messages import Provide
from keks_meet.session import limits
from keks_meet.session.effects import RelayOut
from keks_meet.session.events import PeerKey
from keks_meet.session.outbox import Outbox
from keks_meet.session.peer import Peer
from keks_meet.session.resources import OwnResources

__all__ = ["Offering"]


class Offering:
    """Offers of this client on their way to the others."""

    def __init__(self, own: OwnResources, peers: Mapping[PeerKey, Peer], out: Outbox) -> None:
        self._own = own
        self._peers = peers
        self._out = out
        self._waiting: deque[tuple[str, int | None]] = deque()
        # Messages about files since the last pause.
        self._told = 0

    def greet(self, client: int) -> None:
        """Tell a newcomer what is on offer, files last."""
        self.forget(client)
        for info in self._own.by_urgency():
            self.tell(info, client)

    def tell(self, info: Provide, client: int | None = None) -> None:
        """Tell one member, or all, of a resource; a file may have to wait."""
        if info.kind != "file":
            self._out.add(RelayOut(info, client))
        elif self._waiting or self._told >= limits.OFFERS_AT_ONCE:
            self._waiting.append((info.id, client))
        else:
            self._tell_file(info, client)

    def due(self) -> None:
        """Tell the next files, after a pause."""
        self._told = 0
        while self._waiting and self._told < limits.OFFERS_AT_ONCE:
            resource_id, client = self._waiting.popleft()
            info = self._own.get(resource_id)
            if info is not None:
                self._tell_file(info, client)

    def forget(self, client: int) -> None:
        """Tell somebody who has left nothing more."""
        self._waiting = deque(each for each in self._waiting if each[1] != client)

    def lost(self) -> None:
        """Tell nobody anything more: signaling was lost, and everybody will be greeted anew."""
        self._waiting.clear()

    def _tell_file(self, info: Provide, client: int | None) -> None:
        before = self._told
        self._told += 1 if client is not None else self._copies()
        if before < limits.OFFERS_AT_ONCE <= self._told:
            self._out.start_timer("offers", 0, limits.OFFERS_MS)
        self._out.add(RelayOut(info, client))

    def _copies(self) -> int:
        """Return how many messages a word to all is: each peer that is sealed for gets one of its own [Y12]."""
        return max(1, sum(peer.credential is not None for peer in self._peers.values()))
