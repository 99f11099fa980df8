# SPDX-License-Identifier: AGPL-3.0-only
"""Resumption: tokens that are given once, and challenges that prove them, tell who may go on as whom [R1] to [R5].

This module decides who is challenged for what. Tokens, nonces and proofs are the shell's: this has none of them.
"""

from collections.abc import Mapping
from typing import Final

from keks_meet.protocol.relay_messages import ResumeToken
from keks_meet.protocol.wire_limits import PROOFS
from keks_meet.session import limits
from keks_meet.session.effects import (
    Challenge,
    DoubtPeer,
    ForgetTokens,
    IssueToken,
    KeepToken,
    Prove,
    TrustPeer,
    Verify,
)
from keks_meet.session.events import PeerKey
from keks_meet.session.outbox import Outbox
from keks_meet.session.peer import Arrival, Peer
from keks_meet.session.view import SessionOptions

__all__ = ["Resumption"]

_FEATURE: Final = "resume-token"


class Resumption:
    """The part of a session that tells a peer that is back from somebody who says so."""

    def __init__(self, options: SessionOptions, peers: Mapping[PeerKey, Peer], out: Outbox) -> None:
        self._is_known = _FEATURE in options.features
        self._peers = peers
        self._out = out
        # Members whose proof is waited for.
        self._proving: set[int] = set()

    def met(self, peer: Peer) -> None:
        """Give a peer its token, once, as soon as it has said that it knows what that is [R1]."""
        if self._is_known and _FEATURE in peer.features and not peer.has_own_token and peer.id is not None:
            peer.has_own_token = True
            self._out.add(IssueToken(peer.key, peer.id))

    def token_received(self, peer: Peer, token: ResumeToken) -> bool:
        """Keep a peer's token; the first one counts [R1]. Returns whether it was kept."""
        if not self._is_known or peer.has_their_token:
            return False
        peer.has_their_token = True
        self._out.add(KeepToken(peer.key, token.token))
        return True

    def bearers_of(self, instance: str | None) -> list[Peer]:
        """Return the peers that could prove to be the one with this instance; those that are away come first [R2].

        There may be several: whoever hears an instance can say it.
        """
        if instance is None:
            return []
        bearers = [peer for peer in self._peers.values() if peer.instance == instance and peer.is_resumable]
        return sorted(bearers, key=lambda peer: not peer.is_away)

    def candidates(self, arrival: Arrival | None, peer: Peer | None) -> list[Peer]:
        """Return the peers that a member may prove to be: it comes back, or begins anew as the peer that it is."""
        if arrival is not None:
            return self.bearers_of(arrival.identity.instance) if arrival.identity is not None else []
        if peer is None:
            return []
        if peer.is_challenged:
            return [bearer for bearer in self.bearers_of(peer.instance) if bearer is not peer]
        return [peer] if peer.is_resumable else []

    def challenge(self, client: int) -> None:
        """Let a member prove who it is [R2]; one challenge at a time is enough."""
        if client in self._proving:
            return
        self._proving.add(client)
        self._out.add(Challenge(client))
        self._out.start_timer("prove", client, limits.PROVE_MS)

    def challenged(self, client: int, candidates: list[Peer], nonce: str) -> bool:
        """Prove to a member that this client is who it was to these peers. Returns whether it can [R3]."""
        if not candidates:
            return False
        self._out.add(Prove(client, _keys(candidates), nonce))
        return True

    def answered(self, client: int, candidates: list[Peer], macs: tuple[str, ...]) -> bool:
        """Have proofs looked at. Returns whether there is anything to look at."""
        if not candidates or client not in self._proving:
            return False
        self._out.add(Verify(client, _keys(candidates), macs))
        return True

    def doubt(self, peer: Peer) -> None:
        """Ask a peer that began a new connection to prove itself: until then its permissions rest [R5]."""
        peer.is_doubted = True
        self._out.add(DoubtPeer(peer.key))
        if peer.is_resumable and peer.id is not None:
            self.challenge(peer.id)

    def trust(self, peer: Peer) -> None:
        """Take note that the peer has proven itself."""
        if peer.is_doubted:
            peer.is_doubted = False
            self._out.add(TrustPeer(peer.key))

    def settled(self, client: int) -> None:
        """Wait for no proof of a member any more."""
        if client in self._proving:
            self._proving.discard(client)
            self._out.stop_timer("prove", client)

    def forget(self, peer: Peer) -> None:
        """Note that a peer is gone for good."""
        if peer.has_own_token or peer.has_their_token:
            self._out.add(ForgetTokens(peer.key))


def _keys(peers: list[Peer]) -> tuple[PeerKey, ...]:
    return tuple(peer.key for peer in peers[:PROOFS])
