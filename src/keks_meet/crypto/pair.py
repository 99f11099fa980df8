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

__all__ = ["HELLO_NONCE_BYTES", "EphemeralKeys", "Hello", "Opener", "PairKeys", "Sealer", "derive_pair"]

_KEY_BYTES: Final = 32
_POINT_BYTES: Final = 65
_UNCOMPRESSED: Final = 4
HELLO_NONCE_BYTES: Final = 32
_EPOCH_BYTES: Final = 4
_NUMBER_BYTES: Final = 8
_SIGN: Final = 0x80


class Hello(Struct, frozen=True):
    """The open words of a client to one other: its instance, a nonce, ephemeral keys and features."""

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

    @property
    def is_well_formed(self) -> bool:
        """Whether nonce and keys are of their form, and the point on the curve."""
        if len(self.nonce) != HELLO_NONCE_BYTES or len(self.x25519) not in {0, _KEY_BYTES}:
            return False
        if len(self.p256) != _POINT_BYTES or self.p256[0] != _UNCOMPRESSED:
            return False
        try:
            EllipticCurvePublicKey.from_encoded_point(SECP256R1(), self.p256)
        except ValueError:
            return False
        return True

    def repeats(self, other: Self) -> bool:
        """Tell whether the instance, the nonce or a key is the same as another hello's."""
        is_same_key = self.x25519 != b"" and _without_sign(self.x25519) == _without_sign(other.x25519)
        is_same_word = self.instance == other.instance or self.nonce == other.nonce
        return is_same_word or self.p256 == other.p256 or is_same_key


class EphemeralKeys:
    """The private keys behind a hello. They are good for one pair: with the same keys twice, messages could be read."""

    def __init__(self, x25519: X25519PrivateKey | None, p256: EllipticCurvePrivateKey) -> None:
        self._x25519 = x25519
        self._p256: EllipticCurvePrivateKey | None = p256

    @classmethod
    def draw(cls) -> Self:
        """Draw new keys."""
        return cls(X25519PrivateKey.generate(), generate_private_key(SECP256R1()))

    def hello(self, instance: str, nonce: bytes, features: tuple[str, ...]) -> Hello:
        """Return the hello with the public keys. Raises `ValueError` when they are used up."""
        if self._p256 is None:
            raise _used_up()
        point = self._p256.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        x25519 = self._x25519.public_key().public_bytes_raw() if self._x25519 else b""
        return Hello(instance, nonce, point, x25519, features)

    def agree(self, theirs: Hello) -> bytes | None:
        """Return the secret that is shared with the owner of a hello, and forget the keys; None for a bad key.

        Raises `ValueError` when the keys are used up.
        """
        x25519, p256, self._x25519, self._p256 = self._x25519, self._p256, None, None
        if p256 is None:
            raise _used_up()
        try:
            if x25519 and theirs.x25519:
                return x25519.exchange(X25519PublicKey.from_public_bytes(theirs.x25519))
            return p256.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), theirs.p256))
        except ValueError:  # a key with which every secret is zero
            return None


class PairKeys(Struct, frozen=True):
    """The keys that a pair has derived, as one of the two sees them."""

    transcript: bytes
    """The SHA-256 of the room and of both hellos."""
    sealing: bytes
    """The key of messages from here, in epoch 0."""
    opening: bytes
    """The key of messages from there, in epoch 0."""
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
    """Derive the keys of a pair, and forget the ephemeral ones [Y3]; None for a hello that no pair comes of.

    Raises `ValueError` when the ephemeral keys are used up.
    """
    shared = keys.agree(theirs) if theirs.is_well_formed and not theirs.repeats(own) else None
    if shared is None:
        return None
    is_first = own.encoded() < theirs.encoded()
    first, second = (own, theirs) if is_first else (theirs, own)
    transcript = sha256(encode_parts("keks-meet pair 1", room_hash, first.encoded(), second.encoded())).digest()

    def derive(purpose: str) -> bytes:
        info = encode_parts("keks-meet pair key 1", purpose, transcript, 0)
        return HKDF(SHA256(), _KEY_BYTES, salt=message_key, info=info).derive(shared)

    here, there = ("first", "second") if is_first else ("second", "first")
    return PairKeys(
        transcript, derive(f"{here} seals"), derive(f"{there} seals"), derive(f"{here} is"), derive(f"{there} is")
    )


def _without_sign(key: bytes) -> bytes:
    return key[:-1] + bytes([key[-1] & ~_SIGN]) if key else key


def _used_up() -> ValueError:
    return ValueError("these keys have made a pair already")


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
        # The epoch is in the nonce as well, so that no mistake about keys of epochs uses one twice.
        nonce = self._bound_to[3].to_bytes(_EPOCH_BYTES) + number.to_bytes(_NUMBER_BYTES)
        return nonce, encode_parts("keks-meet sealed 1", *self._bound_to, number)


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
