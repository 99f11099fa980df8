# SPDX-License-Identifier: AGPL-3.0-only
"""What members sign, compare and read to each other: names, rosters, the code of a room, safety numbers [Y6] to [Y9].

The code of a room is the group protocol of Laur and Pasini (PKC 2008): who commits before anybody reveals cannot choose
what the code becomes, so that 32 bits are enough.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from msgspec import Struct

from keks_meet.crypto.credential import Credential
from keks_meet.crypto.encoding import encode_parts

__all__ = ["CodeShare", "NameStatement", "RosterEntry", "room_code", "roster_hash", "safety_number"]

_CODE_BYTES: Final = 4
_SAFETY_BYTES: Final = 20
_SAFETY_DIGITS: Final = 40
_GROUP: Final = 5


class NameStatement(Struct, frozen=True):
    """A name that a client goes by, the same for all members [Y6]."""

    room_hash: str
    credential: str
    instance: str
    number: int
    """Counts up with each name of an instance."""
    name: str

    def encoded(self) -> bytes:
        """Return the bytes that are signed."""
        return encode_parts("keks-meet name 1", self.room_hash, self.credential, self.instance, self.number, self.name)

    def is_signed(self, signature: bytes) -> bool:
        """Tell whether its own credential has signed the statement."""
        credential = Credential.parse(self.credential)
        return credential is not None and credential.verifies(signature, self.encoded())


class RosterEntry(Struct, frozen=True):
    """A member as another one sees it [Y7]."""

    credential: str
    instance: str
    number: int
    """The number of the newest name statement."""
    statement_hash: bytes
    """The SHA-256 of that statement."""

    def encoded(self) -> bytes:
        """Return the entry as bytes."""
        return encode_parts("keks-meet member 1", self.credential, self.instance, self.number, self.statement_hash)


def roster_hash(room_hash: str, entries: Iterable[RosterEntry]) -> bytes:
    """Return the SHA-256 of a roster, whatever the order of the entries [Y7]."""
    encoded = sorted(entry.encoded() for entry in entries)
    return sha256(encode_parts("keks-meet roster 1", room_hash, *encoded)).digest()


class CodeShare(Struct, frozen=True):
    """A member's part in the code of a room [Y8]."""

    member: RosterEntry
    nonce: bytes
    """32 random bytes, which nobody else sees before everybody has committed."""

    def encoded(self) -> bytes:
        """Return the share as bytes."""
        return encode_parts("keks-meet code share 1", self.member.encoded(), self.nonce)

    def commitment(self, room_hash: str) -> bytes:
        """Return the SHA-256 that is said before the share."""
        return sha256(encode_parts("keks-meet code commitment 1", room_hash, self.encoded())).digest()


def room_code(room_hash: str, shares: Iterable[CodeShare]) -> bytes:
    """Return the 4 bytes that all members of a run read to each other [Y8]."""
    encoded = sorted(share.encoded() for share in shares)
    return sha256(encode_parts("keks-meet code 1", room_hash, *encoded)).digest()[:_CODE_BYTES]


def safety_number(one: Credential, other: Credential) -> str:
    """Return the 40 digits, in groups of five, that two people compare at any time [Y9]; the same for both."""
    first, second = sorted([one.fingerprint, other.fingerprint])
    digest = sha256(encode_parts("keks-meet safety 1", first, second)).digest()
    digits = f"{int.from_bytes(digest[:_SAFETY_BYTES]) % 10**_SAFETY_DIGITS:0{_SAFETY_DIGITS}}"
    return " ".join(digits[at : at + _GROUP] for at in range(0, _SAFETY_DIGITS, _GROUP))
