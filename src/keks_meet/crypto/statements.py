# SPDX-License-Identifier: AGPL-3.0-only
"""What members sign, compare and read to each other: names, rosters, the code of a room, safety numbers [Y6] to [Y9].

The code of a room has the shape of the group protocol of Laur and Pasini (PKC 2008), with SHA-256 for both of its
functions: who commits before anybody reveals cannot choose what the code becomes, so that 32 bits are enough.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

from msgspec import Struct

from keks_meet.crypto.credential import Credential
from keks_meet.crypto.encoding import encode_parts

__all__ = ["CodeRun", "NameStatement", "RosterEntry", "roster_hash", "safety_number"]

_CODE_BYTES: Final = 4
_SAFETY_DIGITS: Final = 60
_GROUP: Final = 5


class NameStatement(Struct, frozen=True):
    """A name that a client goes by, the same for all members [Y6]."""

    room_hash: str
    credential: str
    instance: str
    number: int
    """Counts up from 0 with each name of an instance."""
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
    """Return the SHA-256 of a roster, whatever the order of the entries, each of which counts once [Y7]."""
    encoded = sorted({entry.encoded() for entry in entries})
    return sha256(encode_parts("keks-meet roster 1", room_hash, *encoded)).digest()


class CodeRun(Struct, frozen=True):
    """A run that makes a code: its room, its name, and the members that take part, who are fixed [Y8]."""

    room_hash: str
    run: bytes
    """16 random bytes, drawn by who starts the run."""
    members: tuple[RosterEntry, ...]
    """Everybody who takes part, oneself included, as one sees them oneself."""

    def commitment(self, member: RosterEntry, nonce: bytes) -> bytes:
        """Return what a member says before it says its nonce: 32 random bytes that nobody else sees until then."""
        return sha256(encode_parts("keks-meet code commitment 1", self._about(), self._share(member, nonce))).digest()

    def code(self, nonces: Sequence[bytes]) -> bytes:
        """Return the 4 bytes that the members read to each other; ``nonces`` are in the order of the members.

        Raises `ValueError` when a nonce is missing, or a credential takes part twice with one instance.
        """
        if len({(member.credential, member.instance) for member in self.members}) != len(self.members):
            msg = "a member takes part twice"
            raise ValueError(msg)
        shares = sorted(self._share(member, nonce) for member, nonce in zip(self.members, nonces, strict=True))
        return sha256(encode_parts("keks-meet code 1", self._about(), *shares)).digest()[:_CODE_BYTES]

    def _about(self) -> bytes:
        members = sorted(member.encoded() for member in self.members)
        return encode_parts("keks-meet code run 1", self.room_hash, self.run, *members)

    @staticmethod
    def _share(member: RosterEntry, nonce: bytes) -> bytes:
        return encode_parts("keks-meet code share 1", member.encoded(), nonce)


def safety_number(one: Credential, other: Credential) -> str:
    """Return the 60 digits, in groups of five, that two people compare at any time [Y9]; the same for both.

    Raises `ValueError` when both are the same.
    """
    if one == other:
        msg = "nobody has a safety number with themselves"
        raise ValueError(msg)
    first, second = sorted([one.fingerprint, other.fingerprint])
    digest = sha256(encode_parts("keks-meet safety 1", first, second)).digest()
    digits = f"{int.from_bytes(digest) % 10**_SAFETY_DIGITS:0{_SAFETY_DIGITS}}"
    return " ".join(digits[at : at + _GROUP] for at in range(0, _SAFETY_DIGITS, _GROUP))
