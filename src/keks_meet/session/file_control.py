# SPDX-License-Identifier: AGPL-3.0-only
"""Text messages on a file channel: ``end`` [F1], and the controls between ends that know them.

[F4] to [F6] [F9] [F11].
"""

import contextlib
from typing import Final, Literal, TypeAlias

import msgspec
from msgspec import Struct

from keks_meet.protocol.packets import Unsigned
from keks_meet.protocol.relay_messages import Sha256

__all__ = [
    "Credit",
    "FileControl",
    "Offset",
    "PrefixHmac",
    "Stored",
    "WholeHash",
    "decode_file_text",
    "encode_file_control",
]


class Credit(Struct, frozen=True, forbid_unknown_fields=True):
    """The receiver is ready for this many bytes in all, counted from the first sent [F5]."""

    credit: Unsigned


class WholeHash(Struct, frozen=True, forbid_unknown_fields=True):
    """The SHA-256 of the whole file [F6]."""

    sha256: Sha256


class Offset(Struct, frozen=True, forbid_unknown_fields=True):
    """The first byte sent is this one of the file [F9]."""

    offset: Unsigned


class PrefixHmac(Struct, frozen=True, forbid_unknown_fields=True):
    """The sender has what the receiver kept: HMAC-SHA-256 of the prefix under the receiver's salt [F9]."""

    prefix_hmac: Sha256


class Stored(Struct, frozen=True, forbid_unknown_fields=True):
    """The receiver has stored the whole file, which is this many bytes long [F11]."""

    stored: Unsigned


FileControl: TypeAlias = Credit | WholeHash | Offset | PrefixHmac | Stored

_LONGEST: Final = 256


def decode_file_text(message: str) -> FileControl | Literal["end"] | None:
    """Return what a text message says; None for what is not known or not well formed, which is ignored [F3]."""
    if message == "end":
        return "end"
    if len(message) > _LONGEST:
        return None
    for kind in (Credit, WholeHash, Offset, PrefixHmac, Stored):
        with contextlib.suppress(msgspec.MsgspecError, UnicodeError):
            return msgspec.json.decode(message, type=kind)
    return None


def encode_file_control(control: FileControl) -> str:
    """Return the JSON of a control."""
    return msgspec.json.encode(control).decode()
