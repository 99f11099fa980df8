# SPDX-License-Identifier: AGPL-3.0-only
"""The tokens and nonces with which peers prove to be who they were [R1] to [R3]. Never shown, logged or sent again."""

import hmac
import secrets

from keks_meet.crypto.resumption import (
    RANDOM_BYTES,
    decode_random,
    derive_resume_key,
    encode_random,
    make_proof,
)
from keks_meet.protocol.relay_messages import ResumeChallenge, ResumeProof, ResumeToken
from keks_meet.session.events import PeerKey

__all__ = ["ResumptionKeys"]


class ResumptionKeys:
    """What proves peers to this client, and this client to peers."""

    def __init__(self) -> None:
        self._own: dict[PeerKey, bytes] = {}
        self._theirs: dict[PeerKey, bytes] = {}
        self._nonces: dict[int, bytes] = {}

    def issue(self, peer: PeerKey) -> ResumeToken:
        """Draw the token for a peer [R1]."""
        token = self._own[peer] = secrets.token_bytes(RANDOM_BYTES)
        return ResumeToken(encode_random(token))

    def keep(self, peer: PeerKey, token: str) -> None:
        """Keep the token of a peer [R1]."""
        self._theirs[peer] = decode_random(token)

    def forget(self, peer: PeerKey) -> None:
        """Forget both."""
        self._own.pop(peer, None)
        self._theirs.pop(peer, None)

    def forget_challenges(self) -> None:
        """Forget the nonces: their ids ended with the connection to the server."""
        self._nonces.clear()

    def challenge(self, client: int) -> ResumeChallenge:
        """Draw a nonce for a member [R2]."""
        nonce = self._nonces[client] = secrets.token_bytes(RANDOM_BYTES)
        return ResumeChallenge(encode_random(nonce))

    def prove(self, peer: PeerKey, own_id: int, client: int, nonce: str) -> ResumeProof | None:
        """Answer a member's challenge [R3]; None without the tokens for it."""
        key = self._key(peer)
        if key is None:
            return None
        return ResumeProof(encode_random(make_proof(key, own_id, client, decode_random(nonce))))

    def verify(self, peer: PeerKey, own_id: int, client: int, mac: str) -> bool:
        """Tell whether a member's answer is right [R3]; each challenge takes one answer."""
        key, nonce = self._key(peer), self._nonces.pop(client, None)
        if key is None or nonce is None:
            return False
        return hmac.compare_digest(make_proof(key, client, own_id, nonce), decode_random(mac))

    def _key(self, peer: PeerKey) -> bytes | None:
        own, theirs = self._own.get(peer), self._theirs.get(peer)
        # A token that comes back proves nothing: everybody who saw it could have sent it.
        return derive_resume_key(own, theirs) if own and theirs and own != theirs else None
