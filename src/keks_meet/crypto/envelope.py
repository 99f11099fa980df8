# SPDX-License-Identifier: AGPL-3.0-only
"""Envelopes: relay messages in their sealed form."""

import base64
import binascii
import os
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Raw, Struct

from keks_meet.errors import UnopenableEnvelope
from keks_meet.protocol.codec import with_plain_integers
from keks_meet.protocol.fields import ClientId

__all__ = ["draw_nonce", "open_envelope", "seal_envelope"]

_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16


class _Plaintext(Struct):
    """The plaintext [E2]."""

    sender: ClientId
    inner: dict[str, Raw]


_plaintext = msgspec.json.Decoder(_Plaintext)


def draw_nonce() -> bytes:
    """Draw 12 random bytes [E1]: the one place where nonces come from. Use each for one envelope only."""
    return os.urandom(_NONCE_BYTES)


def seal_envelope(key: bytes, sender: int, inner: bytes, nonce: bytes) -> str:
    """Seal a relay message, given as its JSON, for its room [E1] [E2]. ``nonce`` is fresh from `draw_nonce`."""
    plaintext = b'{"sender":%d,"inner":%s}' % (sender, inner)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, plaintext, None)).decode("ascii")


def open_envelope(key: bytes, sealed: str, claimed_sender: int) -> str:
    """Return the JSON of the relay message in an envelope that the server says is from ``claimed_sender`` [E1] [E2].

    Raises `UnopenableEnvelope` for everything that a receiver drops and counts [E3].
    """
    try:
        plaintext = _decoded(_decrypted(key, sealed))
    except (InvalidTag, binascii.Error, msgspec.MsgspecError, ValueError) as error:
        msg = f"this envelope does not open ({type(error).__name__})"
        raise UnopenableEnvelope(msg) from None
    if plaintext.sender != claimed_sender:
        msg = "this envelope is from another sender than the server says"
        raise UnopenableEnvelope(msg)
    if len(plaintext.inner) != 1:
        msg = "this envelope does not hold one message"
        raise UnopenableEnvelope(msg)
    return msgspec.json.encode(plaintext.inner).decode()


def _decrypted(key: bytes, sealed: str) -> bytes:
    blob = base64.b64decode(sealed, validate=True)
    if len(blob) < _NONCE_BYTES + _TAG_BYTES:
        msg = "too short"
        raise ValueError(msg)
    return AESGCM(key).decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], None)


def _decoded(plaintext: bytes) -> _Plaintext:
    try:
        return _plaintext.decode(plaintext)
    except msgspec.ValidationError:
        return _plaintext.decode(with_plain_integers(plaintext))
