# SPDX-License-Identifier: AGPL-3.0-only
"""The keys of a pair of clients, and the messages that the keys seal [Y3] to [Y5].

The construction is SIGMA-I (Krawczyk 2003) with the MAC under the signature, as IKEv2 has it (RFC 7296, 2.15), from
ephemeral Diffie-Hellman with X25519 (RFC 7748) or P-256 (NIST SP 800-56A), HKDF-SHA-256 (RFC 5869), and AES-256-GCM
(NIST SP 800-38D) with a counter as its nonce.
"""

import hmac
from hashlib import sha256
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Struct

from keks_meet.crypto.credential import Credential, SigningKey
from keks_meet.crypto.encoding import encode_parts

__all__ = ["EphemeralKeys", "Hello", "Opener", "PairKeys", "Sealer", "derive_pair"]

_KEY_BYTES: Final = 32
_POINT_BYTES: Final = 65
_NONCE_BYTES: Final = 12


class Hello(Struct, frozen=True):
    """The open words of a client for one signaling connection: its instance, nonce, ephemeral keys and features."""

    instance: str
    nonce: bytes
    """32 random bytes."""
    p256: bytes
    """65 bytes: a point, uncompressed."""
    x25519: bytes
    """32 bytes; empty where the engine has no X25519."""
    features: tuple[str, ...]

    def encoded(self) -> bytes:
        """Return all of it as bytes."""
        return encode_parts("keks-meet hello 1", self.instance, self.nonce, self.p256, self.x25519, *self.features)


class EphemeralKeys:
    """The private keys behind a hello. They are forgotten with the signaling connection."""

    def __init__(self, x25519: X25519PrivateKey, p256: EllipticCurvePrivateKey) -> None:
        self._x25519 = x25519
        self._p256 = p256

    @classmethod
    def draw(cls) -> Self:
        """Draw new keys."""
        return cls(X25519PrivateKey.generate(), generate_private_key(SECP256R1()))

    def hello(self, instance: str, nonce: bytes, features: tuple[str, ...]) -> Hello:
        """Return the hello with the public keys."""
        point = self._p256.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return Hello(instance, nonce, point, self._x25519.public_key().public_bytes_raw(), features)

    def agree(self, own: Hello, theirs: Hello) -> bytes | None:
        """Return the secret that is shared with the owner of a hello; None for keys with which nothing is shared."""
        try:
            if own.x25519 and theirs.x25519:
                return self._x25519.exchange(X25519PublicKey.from_public_bytes(theirs.x25519))
            if len(theirs.p256) != _POINT_BYTES:  # one that is compressed
                return None
            return self._p256.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), theirs.p256))
        except ValueError:
            return None


class PairKeys(Struct, frozen=True):
    """What a pair has derived, as one of the two sees it."""

    transcript: bytes
    """The SHA-256 of the room and of both hellos."""
    sealing: bytes
    """The key of messages from here."""
    opening: bytes
    """The key of messages from there."""
    confirming: bytes
    """The key of the MAC over the own credential."""
    checking: bytes
    """The key of the MAC over the credential of the other one."""

    def prove(self, key: SigningKey) -> bytes:
        """Return the signature by which the other side knows that this client has a credential [Y4]."""
        return key.sign(_confirmed(self.transcript, self.confirming, key.credential))

    def is_proven(self, credential: Credential, signature: bytes) -> bool:
        """Tell whether the other side has a credential [Y4]."""
        return credential.verifies(signature, _confirmed(self.transcript, self.checking, credential))


def derive_pair(message_key: bytes, room_hash: str, keys: EphemeralKeys, own: Hello, theirs: Hello) -> PairKeys | None:
    """Derive the keys of a pair [Y3]; None where nothing is shared, or when the other side repeats our own keys."""
    is_reflected = own.nonce == theirs.nonce or own.p256 == theirs.p256 or own.x25519 == theirs.x25519 != b""
    shared = None if is_reflected else keys.agree(own, theirs)
    if shared is None:
        return None
    is_first = own.encoded() < theirs.encoded()
    first, second = (own, theirs) if is_first else (theirs, own)
    transcript = sha256(encode_parts("keks-meet pair 1", room_hash, first.encoded(), second.encoded())).digest()

    def derive(purpose: str) -> bytes:
        info = encode_parts("keks-meet pair key 1", purpose, transcript)
        return HKDF(SHA256(), _KEY_BYTES, salt=message_key, info=info).derive(shared)

    here, there = ("first", "second") if is_first else ("second", "first")
    return PairKeys(
        transcript, derive(f"{here} seals"), derive(f"{there} seals"), derive(f"{here} is"), derive(f"{there} is")
    )


def _confirmed(transcript: bytes, key: bytes, credential: Credential) -> bytes:
    mac = hmac.digest(key, credential.text.encode(), sha256)
    return encode_parts("keks-meet credential 1", transcript, mac)


class _Direction:
    """One direction of a pair: a key, what every message is bound to, and the number of the next message."""

    def __init__(self, key: bytes, room_hash: str, sender: str, receiver: str, epoch: int) -> None:
        """Begin at 0. ``sender`` and ``receiver`` are instances."""
        self._cipher = AESGCM(key)
        self._bound_to = (room_hash, sender, receiver, epoch)
        self.next = 0
        """The number of the next message."""

    def _about(self, number: int) -> tuple[bytes, bytes]:
        return number.to_bytes(_NONCE_BYTES), encode_parts("keks-meet sealed 1", *self._bound_to, number)


class Sealer(_Direction):
    """The direction from here to a peer."""

    def seal(self, plaintext: bytes) -> tuple[int, bytes]:
        """Seal the next message; return its number and the ciphertext."""
        number = self.next
        nonce, bound_to = self._about(number)
        self.next += 1
        return number, self._cipher.encrypt(nonce, plaintext, bound_to)


class Opener(_Direction):
    """The direction from a peer to here."""

    def open(self, number: int, ciphertext: bytes) -> bytes | None:
        """Return the next message; None for one that does not open, or is not the next one, which changes nothing."""
        if number != self.next:
            return None
        nonce, bound_to = self._about(number)
        try:
            plaintext = self._cipher.decrypt(nonce, ciphertext, bound_to)
        except InvalidTag:
            return None
        self.next += 1
        return plaintext
