# SPDX-License-Identifier: AGPL-3.0-only
"""Names of the peers that are there, as displays take them: numbered where they look the same [T4]."""

from keks_meet.client.events import Peer
from keks_meet.rift.display import NAMELESS, PeerName
from keks_meet.session.events import PeerKey
from keks_meet.session.names import NumberedName, number_names
from keks_meet.session.shown_text import shown_name

__all__ = ["Names"]


class Names:
    """Remembers who is called what."""

    def __init__(self) -> None:
        self._names: dict[PeerKey, str] = {}
        self._numbers: dict[PeerKey, NumberedName] = {}
        self._told: dict[PeerKey, PeerName] = {}

    def tell(self, peer: Peer, *, own: str) -> tuple[PeerName, PeerName | None]:
        """Return the name of a peer, which is told now, and the other one that was told before, if there is one."""
        before, now = self._told.get(peer.key), self.name(peer, own=own)
        self._told[peer.key] = now
        return now, before if before is not None and before.username != now.username else None

    def name(self, peer: Peer, *, own: str) -> PeerName:
        """Return the name of a peer, which may be new, or another one than before."""
        self._names[peer.key] = peer.username
        shown = [(key, shown_name(name) or NAMELESS) for key, name in self._names.items()]
        self._numbers = number_names(self._numbers, shown_name(own), shown)
        return PeerName(str(peer.key), peer.username, self._numbers[peer.key].number)

    def left(self, key: PeerKey) -> None:
        """Forget a peer that is gone."""
        self._names.pop(key, None)
        self._numbers.pop(key, None)
        self._told.pop(key, None)
