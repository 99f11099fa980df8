# SPDX-License-Identifier: AGPL-3.0-only
"""Controls: text messages on a file channel, between ends that know them [F4].

Made from spec/protocol.json by `python -m tools.protocol`: changes go there.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

from msgspec import Struct

from keks_meet.protocol.fields import Ciphertext, Random, Sha256, SocketAddressList, Unsigned

__all__ = [
    "BARE",
    "FILE_CONTROLS",
    "Back",
    "Credit",
    "Direct",
    "FileControl",
    "Offset",
    "PrefixHmac",
    "Received",
    "Stored",
    "Switch",
    "WholeHash",
]


class Credit(Struct, frozen=True):
    """The receiver is ready for this many bytes in all, counted from the first sent [F5].

    Only for who announced `file-credit`.
    """

    credit: Unsigned


class WholeHash(Struct, frozen=True):
    """The SHA-256 of the whole file [F6]. Only for who announced `file-sha256`."""

    sha256: Sha256


class Offset(Struct, frozen=True):
    """The first byte sent is this one of the file [F9]. Only for who announced `file-resume-2`."""

    offset: Unsigned


class PrefixHmac(Struct, frozen=True):
    """The sender has what the receiver kept: HMAC-SHA-256 of the prefix under the receiver's salt [F9].

    Only for who announced `file-resume-2`.
    """

    prefix_hmac: Sha256


class Stored(Struct, frozen=True):
    """The receiver has stored the whole file, which is this many bytes long [F11].

    Only for who announced `file-stored`.
    """

    stored: Unsigned


class Direct(Struct, frozen=True):
    """Where the sender of this text listens for the other end, and how each knows the other [F14].

    Only for who announced `file-tcp`.
    """

    addresses: SocketAddressList
    certificate: Ciphertext
    """The certificate of this transfer, DER in base64url without padding."""
    token: Random


class Switch(Struct, frozen=True):
    """The bytes from this one on come over TCP, counted from the first sent [F15].

    Only for who announced `file-tcp`.
    """

    switch: Unsigned


class Received(Struct, frozen=True):
    """So many bytes have come [F15]. Only for who announced `file-tcp`."""

    received: Unsigned


class Back(Struct, frozen=True):
    """TCP is over: so many bytes have been sent, or have come [F16]. Only for who announced `file-tcp`."""

    back: Unsigned


FileControl: TypeAlias = Credit | WholeHash | Offset | PrefixHmac | Stored | Direct | Switch | Received | Back

FILE_CONTROLS: Final[Mapping[str, type[Struct]]] = {
    "credit": Credit,
    "sha256": WholeHash,
    "offset": Offset,
    "prefix_hmac": PrefixHmac,
    "stored": Stored,
    "direct": Direct,
    "switch": Switch,
    "received": Received,
    "back": Back,
}
"""By the key on the wire."""

BARE: Final[frozenset[type[Struct]]] = frozenset(
    {Credit, WholeHash, Offset, PrefixHmac, Stored, Switch, Received, Back}
)
"""Those whose value is their only field."""
