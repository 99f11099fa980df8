# SPDX-License-Identifier: AGPL-3.0-only
"""Credentials: the keys by which people are known again, and what the keys sign [Y2].

Signatures are Ed25519 (RFC 8032), or ECDSA with P-256 and SHA-256 (FIPS 186-5) where a browser has no Ed25519.
"""

from hashlib import sha256
from typing import Final, Literal, Self, TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec import Struct

from keks_meet.crypto.encoding import decode_bytes, encode_bytes

__all__ = ["Credential", "Kind", "SigningKey"]

Kind: TypeAlias = Literal["ed25519", "p256"]
_KEY_BYTES: Final[dict[str, int]] = {"ed25519": 32, "p256": 65}
_SIGNATURE_BYTES: Final = 64
_UNCOMPRESSED: Final = 4
"""The first byte of a point of which both coordinates follow."""
_P: Final = 2**255 - 19
_ORDER_8: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER: Final = frozenset(y.to_bytes(32, "little") for y in (0, 1, _P - 1, _P, _P + 1, _ORDER_8, _P - _ORDER_8))
"""Points of small order: with such a key, or such an R, a signature proves nothing, and engines do not agree on it."""
_SIGN: Final = 0x80
_HALF: Final = _SIGNATURE_BYTES // 2


class Credential(Struct, frozen=True):
    """The public key of somebody, as messages have it: its kind, a colon, and the key in base64url."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Return the credential that a text is, or None for a text that is no key of a known kind."""
        credential = cls(text)
        return None if credential._key is None else credential

    @property
    def fingerprint(self) -> bytes:
        """The SHA-256 of the text: 32 bytes, by which people and programs compare credentials."""
        return sha256(self.text.encode()).digest()

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Tell whether the owner of this credential has signed a message."""
        key = self._key
        if key is None or len(signature) != _SIGNATURE_BYTES:
            return False
        if isinstance(key, Ed25519PublicKey) and _is_of_small_order(signature[:_HALF]):
            return False
        try:
            if isinstance(key, Ed25519PublicKey):
                key.verify(signature, message)
            else:
                r, s = int.from_bytes(signature[:_HALF]), int.from_bytes(signature[_HALF:])
                key.verify(encode_dss_signature(r, s), message, ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True

    @property
    def _key(self) -> Ed25519PublicKey | EllipticCurvePublicKey | None:
        kind, _, encoded = self.text.partition(":")
        length = _KEY_BYTES.get(kind, -1)
        data = decode_bytes(encoded, length, length)
        if data is None:
            return None
        if kind == "ed25519":
            return None if _is_of_small_order(data) else Ed25519PublicKey.from_public_bytes(data)
        if data[0] != _UNCOMPRESSED:
            return None
        try:
            return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), data)
        except ValueError:  # a point that is not on the curve
            return None


class SigningKey:
    """The private key of this client. It has no `repr` that shows it, and is never sent."""

    def __init__(self, key: Ed25519PrivateKey | EllipticCurvePrivateKey) -> None:
        self._key = key
        self.credential = Credential(_text_of(key))

    @classmethod
    def draw(cls, kind: Kind = "ed25519") -> Self:
        """Draw a new key."""
        return cls(Ed25519PrivateKey.generate() if kind == "ed25519" else generate_private_key(SECP256R1()))

    @classmethod
    def load(cls, pem: bytes) -> Self | None:
        """Return the key that `save` has written; None for anything else."""
        try:
            key = serialization.load_pem_private_key(pem, None)
        except (ValueError, TypeError):
            return None
        if isinstance(key, EllipticCurvePrivateKey):
            return cls(key) if isinstance(key.curve, SECP256R1) else None
        return cls(key) if isinstance(key, Ed25519PrivateKey) else None

    def save(self) -> bytes:
        """Return the key as PEM (PKCS 8), for a file that nobody else can read."""
        return self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def sign(self, message: bytes) -> bytes:
        """Sign a message: 64 bytes."""
        if isinstance(self._key, Ed25519PrivateKey):
            return self._key.sign(message)
        r, s = decode_dss_signature(self._key.sign(message, ECDSA(SHA256())))
        return r.to_bytes(_HALF) + s.to_bytes(_HALF)


def _is_of_small_order(point: bytes) -> bool:
    return point[:-1] + bytes([point[-1] & ~_SIGN]) in _SMALL_ORDER


def _text_of(key: Ed25519PrivateKey | EllipticCurvePrivateKey) -> str:
    if isinstance(key, Ed25519PrivateKey):
        return f"ed25519:{encode_bytes(key.public_key().public_bytes_raw())}"
    point = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return f"p256:{encode_bytes(point)}"
