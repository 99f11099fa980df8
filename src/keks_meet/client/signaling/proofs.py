# SPDX-License-Identifier: AGPL-3.0-only
"""The tokens and nonces with which peers prove to be who they were [R1] to [R3]. Never shown, logged or sent again."""

import hmac
import secrets
from typing import Final

from keks_meet.crypto.encoding import encode_bytes
from keks_meet.crypto.resumption import (
    RANDOM_BYTES,
    decode_random,
    derive_resume_key,
    make_proof,
)
from keks_meet.protocol.relay_messages import ResumeChallenge, ResumeProof, ResumeToken
from keks_meet.session.events import PeerKey

__all__ = ["ResumptionKeys"]


_NONCES: Final = 512
"""Challenges whose answers are waited for; the oldest are forgotten."""


class ResumptionKeys:
    """The tokens and nonces that prove peers to this client, and this client to peers."""

    def __init__(self) -> None:
        self._own: dict[PeerKey, bytes] = {}
        self._theirs: dict[PeerKey, bytes] = {}
        self._nonces: dict[int, bytes] = {}

    def issue(self, peer: PeerKey) -> ResumeToken:
        """Draw the token for a peer [R1]."""
        token = self._own[peer] = secrets.token_bytes(RANDOM_BYTES)
        return ResumeToken(encode_bytes(token))

    def keep(self, peer: PeerKey, token: str) -> None:
        """Keep the token of a peer [R1]."""
        self._theirs[peer] = decode_random(token)

    def forget(self, peer: PeerKey) -> None:
        """Forget both tokens of a peer."""
        self._own.pop(peer, None)
        self._theirs.pop(peer, None)

    def forget_challenges(self) -> None:
        """Forget the nonces: their ids ended with the connection to the server."""
        self._nonces.clear()

    def challenge(self, client: int) -> ResumeChallenge:
        """Draw a nonce for a member [R2]."""
        if len(self._nonces) >= _NONCES:
            del self._nonces[next(iter(self._nonces))]
        nonce = self._nonces[client] = secrets.token_bytes(RANDOM_BYTES)
        return ResumeChallenge(encode_bytes(nonce))

    def prove(self, peers: tuple[PeerKey, ...], own_id: int, client: int, nonce: str) -> ResumeProof | None:
        """Answer a member's challenge, with a proof for each peer that it could be [R3]; None without tokens for it."""
        keys = [key for peer in peers if (key := self._key(peer)) is not None]
        macs = [encode_bytes(make_proof(key, own_id, client, decode_random(nonce))) for key in keys]
        return ResumeProof(tuple(macs)) if macs else None

    def verify(self, peers: tuple[PeerKey, ...], own_id: int, client: int, macs: tuple[str, ...]) -> PeerKey | None:
        """Return which of the peers a member's answer proves [R3], if any; each challenge takes one answer."""
        nonce = self._nonces.pop(client, None)
        if nonce is None:
            return None
        said = [decode_random(mac) for mac in macs]
        for peer in peers:
            key = self._key(peer)
            right = key and make_proof(key, client, own_id, nonce)
            if right and any(hmac.compare_digest(right, each) for each in said):
                return peer
        return None

    def _key(self, peer: PeerKey) -> bytes | None:
        own, theirs = self._own.get(peer), self._theirs.get(peer)
        # A token that comes back proves nothing: everybody who saw it could have sent it.
        return derive_resume_key(own, theirs) if own and theirs and own != theirs else None
