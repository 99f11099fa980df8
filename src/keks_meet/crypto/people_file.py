# SPDX-License-Identifier: AGPL-3.0-only
"""The people that one knows, in one file that a passphrase opens: for another device of the same person [Y19]."""

import secrets
import unicodedata
from collections.abc import Iterable
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from msgspec import Struct

from keks_meet.crypto.encoding import decode_bytes, encode_bytes, encode_parts

__all__ = ["PEOPLE_FILE_BYTES", "lock_people", "unlock_people"]

PEOPLE_FILE_BYTES: Final = 4 * 1_048_576
"""The length of a file that is still looked at."""
_ITERATIONS: Final = 600_000
_MOST_ITERATIONS: Final = 10_000_000
"""More than these nobody waits for."""
_SALT_BYTES: Final = 16
_IV_BYTES: Final = 12
_LABEL: Final = "keks-meet people file 1"


class _File(Struct):
    format: str
    iterations: int
    salt: str
    iv: str
    data: str


def lock_people(people: Iterable[object], passphrase: str) -> bytes:
    """Return a file with people, as JSON has them, that only the passphrase opens."""
    salt, iv = secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_IV_BYTES)
    plaintext = msgspec.json.encode(list(people))
    data = _cipher(passphrase, salt, _ITERATIONS).encrypt(iv, plaintext, _bound_to(salt, _ITERATIONS))
    return msgspec.json.encode(_File(_LABEL, _ITERATIONS, encode_bytes(salt), encode_bytes(iv), encode_bytes(data)))


def unlock_people(file: bytes, passphrase: str) -> bytes | None:
    """Return the JSON that a file holds; None for what is no such file.

    Raises `PermissionError` for a passphrase that does not open it, or a file that was changed.
    """
    try:
        found = msgspec.json.decode(file, type=_File)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    salt, iv = (
        decode_bytes(found.salt, _SALT_BYTES, _SALT_BYTES),
        decode_bytes(found.iv, _IV_BYTES, _IV_BYTES),
    )
    data = decode_bytes(found.data)
    is_known = found.format == _LABEL and 0 < found.iterations <= _MOST_ITERATIONS
    if not is_known or salt is None or iv is None or data is None:
        return None
    try:
        return _cipher(passphrase, salt, found.iterations).decrypt(iv, data, _bound_to(salt, found.iterations))
    except InvalidTag:
        raise PermissionError from None


def _cipher(passphrase: str, salt: bytes, iterations: int) -> AESGCM:
    """Return the cipher of a passphrase, which may have been typed on keyboards that write accents differently."""
    secret = unicodedata.normalize("NFC", passphrase).encode(errors="surrogatepass")
    return AESGCM(PBKDF2HMAC(SHA256(), 32, salt, iterations).derive(secret))


def _bound_to(salt: bytes, iterations: int) -> bytes:
    return encode_parts(_LABEL, salt, iterations)
