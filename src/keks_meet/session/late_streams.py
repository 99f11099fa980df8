# SPDX-License-Identifier: AGPL-3.0-only
"""Streams of the original's clients that stay away [N13].

After first offers that collided, the original's next offer may fail in its own browser. The original does answer an
offer of this side that has room for the stream.
"""

from keks_meet.session import limits
from keks_meet.session.connections import Connections
from keks_meet.session.effects import OfferToReceive
from keks_meet.session.outbox import Outbox
from keks_meet.session.peer import Peer

__all__ = ["LateStreams"]


class LateStreams:
    """Waits for streams, and makes room for those that do not come."""

    def __init__(self, connections: Connections, out: Outbox) -> None:
        self._connections = connections
        self._out = out

    def asked(self, peer: Peer, resource_id: str) -> None:
        """Begin to wait for a track that was asked for."""
        info = peer.resources.get(resource_id)
        if peer.instance is None and info is not None and info.kind == "track":
            self._out.start_timer("late", peer.key, limits.LATE_STREAM_MS)

    def due(self, peer: Peer) -> None:
        """Offer to receive the tracks that have not come, once for each stream."""
        if peer.instance is not None or peer.is_away:
            return
        for resource in peer.resources.take_late():
            self._connections.ensure(peer)
            self._out.add(OfferToReceive(peer.key, resource.info.track_kind or "audio"))
