# SPDX-License-Identifier: AGPL-3.0-only
"""Proofs that a member is a peer that was here before [R3].

The construction is the two-pass unilateral authentication of ISO/IEC 9798-4 (a challenge, and a keyed hash over it and
both names), once in each direction, with HMAC-SHA-256 (RFC 2104) under a key that HKDF (RFC 5869) derives from the
tokens of both sides.
"""

import base64
import hmac
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

__all__ = ["RANDOM_BYTES", "decode_random", "derive_resume_key", "make_proof"]

RANDOM_BYTES: Final = 32
"""Length of tokens, nonces and proofs."""
_INFO: Final = b"keks-meet resume-token"


def decode_random(text: str) -> bytes:
    """Return the 32 bytes of a text, which has passed the decoder of its message."""
    return base64.urlsafe_b64decode(f"{text}=")


def derive_resume_key(one: bytes, other: bytes) -> bytes:
    """Derive the key of a pair from both tokens, the smaller one first, so that both sides get the same."""
    return HKDF(SHA256(), RANDOM_BYTES, salt=None, info=_INFO).derive(min(one, other) + max(one, other))


def make_proof(key: bytes, prover: int, verifier: int, nonce: bytes) -> bytes:
    """Return the HMAC of both ids, as 8 bytes each with the first one leading, and the verifier's nonce."""
    return hmac.digest(key, prover.to_bytes(8) + verifier.to_bytes(8) + nonce, sha256)
