# SPDX-License-Identifier: AGPL-3.0-only
"""What is wrong with a NATS, in words. Pure, and without NATS' library: who checks a set-up says the same.

No word is taken from what NATS says, since nobody knows what it repeats.
"""

import ssl
from typing import Final

from msgspec import Struct

__all__ = ["NoTls", "Trouble", "too_small", "trouble_of"]


class NoTls(OSError):
    """A NATS offers no TLS where nothing else is wanted."""


class Trouble(Struct, frozen=True):
    """What is wrong, and what to do."""

    what: str
    advice: str

    def __str__(self) -> str:
        """Return both as a sentence."""
        return f"{self.what}; {self.advice}"


_NO_TLS: Final = Trouble(
    "it speaks no TLS, and tls:// wants that", "give that NATS a certificate, or write nats:// if it is on this machine"
)
_REFUSED: Final = Trouble(
    "it refuses the credentials", "set cluster.token, or cluster.user and cluster.password, as that NATS has them"
)
_ABSENT: Final = Trouble("nothing listens at its address", "look whether it runs, and whether cluster.nats is right")
_SILENT: Final = Trouble(
    "there is no answer in time", "another program may be at cluster.nats, or a firewall before it"
)
_OTHER: Final = Trouble("it does not answer as NATS does", "look which program is at cluster.nats")
_HUNG_UP: Final = Trouble("it ends the connection", "its log says why, if that is NATS at cluster.nats")
_FULL: Final = Trouble("it takes no more connections", "raise max_connections there")
_FORBIDDEN: Final = Trouble(
    "it lets us not use all subjects", "allow to publish and subscribe to those that begin with cluster.name"
)
_UNREADABLE: Final = Trouble(
    "TLS with it does not work", "look at the certificate of that NATS, and whether it asks for one of ours"
)
_BY_WORDS: Final = (
    ("authorization", _REFUSED),
    ("authentication", _REFUSED),
    ("permissions", _FORBIDDEN),
    ("maximum connections", _FULL),
    ("info message", _OTHER),
    ("timeout", _SILENT),
    ("stale", _SILENT),
    ("eof", _HUNG_UP),
)
"""What the library's errors have in them; the words are its own, or those of NATS."""
_BY_TYPE: Final = (
    (NoTls, _NO_TLS),
    (ssl.SSLError, _UNREADABLE),
    (TimeoutError, _SILENT),
    (ConnectionRefusedError, _ABSENT),
    (ConnectionError, _HUNG_UP),
    ((ValueError, LookupError, AttributeError, TypeError), _OTHER),
)


def trouble_of(error: BaseException) -> Trouble:
    """Return what an error of the library, or of the system beneath it, means."""
    if isinstance(error, ssl.SSLCertVerificationError):
        what = f"its certificate is not trusted: {error.verify_message}"
        return Trouble(
            what, "name the authority that has signed it as cluster.tls_ca, and write tls:// in cluster.nats"
        )
    for kind, trouble in _BY_TYPE:
        if isinstance(error, kind):
            return trouble
    if isinstance(error, OSError):
        return Trouble(error.strerror or "it cannot be reached", "look whether cluster.nats is right")
    said = str(error).lower()
    unknown = Trouble(f"it does not work ({type(error).__name__})", "look into its log")
    return next((trouble for word, trouble in _BY_WORDS if word in said), unknown)


def too_small(most: int, largest: int) -> Trouble | None:
    """Return what is wrong with a NATS that takes messages of at most ``most`` bytes, if so."""
    if most >= largest:
        return None
    what = f"messages of {largest} bytes may be needed, and that NATS takes {most} at most"
    return Trouble(what, "set max_payload there, or a lower limits.message_bytes here")
