# SPDX-License-Identifier: AGPL-3.0-only
"""The secret in a room's address, and the keys that the secret gives. No secret is ever logged or put in an error."""

import base64
import re
from typing import Final
from urllib.parse import unquote_to_bytes

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from msgspec import Struct

from keks_meet.crypto.made_secrets import is_cut, without_tail
from keks_meet.errors import MalformedFragment

__all__ = [
    "RoomAddress",
    "RoomKeys",
    "derive_keys",
    "derive_message_key",
    "derive_room_hash",
    "parse_fragment",
]

_KEY_SALT: Final = base64.b64decode("keksmeet/cryptosaltAAA==")
_HASH_SALT: Final = base64.b64decode("keksmeet/roomhashsaltA==")
_ROUNDS: Final = 250_000
_KEY_BYTES: Final = 32

_PARAMETERS: Final = 64
"""The most parameters that are read [K4]."""

_BROKEN_ESCAPE: Final = re.compile(r"%(?![0-9a-fA-F]{2})")


class RoomAddress(Struct, frozen=True):
    """The part of a room's address after the ``#`` [K1] [K4]."""

    secret: str
    parameters: dict[str, str]
    is_cut: bool = False
    """Whether the secret looks like a made one that is not whole [K6]."""


class RoomKeys(Struct, frozen=True):
    """The message key and the room hash, which are derived from a room secret."""

    message_key: bytes
    """32 bytes for AES-256-GCM [K2]; never leaves the client."""
    room_hash: str
    """64 hexadecimal digits, by which the server knows the room [K3]."""


def parse_fragment(fragment: str) -> RoomAddress:
    """Split the text after the first ``#`` into secret and parameters [K1] [K4] [K6]. Raises `MalformedFragment`."""
    if _BROKEN_ESCAPE.search(fragment):
        msg = "this address has a % that is not followed by two hexadecimal digits"
        raise MalformedFragment(msg)
    try:
        decoded = unquote_to_bytes(fragment).decode()
    except UnicodeError:
        msg = "this address has percent escapes that are not UTF-8"
        raise MalformedFragment(msg) from None
    secret, _, rest = decoded.partition("?")
    parts = rest.split("&", _PARAMETERS)[:_PARAMETERS]
    pairs = (part.partition("=") for part in parts if part)
    return RoomAddress(without_tail(secret), {key: value for key, _, value in pairs}, is_cut(secret))


def derive_keys(secret: str) -> RoomKeys:
    """Derive message key and room hash [K2] [K3]. Takes some tenths of a second, on purpose."""
    return RoomKeys(derive_message_key(secret), derive_room_hash(secret))


def derive_message_key(secret: str) -> bytes:
    """Derive the message key alone [K2], so that both can be had in two threads at once."""
    return _stretch(secret, _KEY_SALT)


def derive_room_hash(secret: str) -> str:
    """Derive the room hash alone [K3]."""
    return _stretch(secret, _HASH_SALT).hex()


def _stretch(secret: str, salt: bytes) -> bytes:
    return PBKDF2HMAC(SHA512(), _KEY_BYTES, salt, _ROUNDS).derive(secret.encode())
