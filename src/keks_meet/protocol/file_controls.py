# SPDX-License-Identifier: AGPL-3.0-only
"""Controls: text messages on a file channel, between ends that know them [F4].

Made from spec/protocol.json by `python -m tools.protocol`: changes go there.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

from msgspec import Struct

from keks_meet.protocol.fields import Sha256, Unsigned

__all__ = ["BARE", "FILE_CONTROLS", "Credit", "FileControl", "Offset", "PrefixHmac", "Stored", "WholeHash"]


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


FileControl: TypeAlias = Credit | WholeHash | Offset | PrefixHmac | Stored

FILE_CONTROLS: Final[Mapping[str, type[Struct]]] = {
    "credit": Credit,
    "sha256": WholeHash,
    "offset": Offset,
    "prefix_hmac": PrefixHmac,
    "stored": Stored,
}
"""By the key on the wire."""

BARE: Final[frozenset[type[Struct]]] = frozenset({Credit, WholeHash, Offset, PrefixHmac, Stored})
"""Those whose value is their only field."""
