# SPDX-License-Identifier: AGPL-3.0-only
"""Statements of names: those of this client are signed, those of others verified, and all of them hashed [Y6] [Y7].

What is signed and said when is decided in `session/roster.py`.
"""

from collections.abc import Sequence
from hashlib import sha256

from keks_meet.crypto.credential import SigningKey
from keks_meet.crypto.encoding import decode_bytes, encode_bytes
from keks_meet.crypto.statements import NameStatement, RosterEntry, roster_hash
from keks_meet.protocol import fields

__all__ = ["Statements"]


class Statements:
    """The statements of one stay in one room."""

    def __init__(self, room_hash: str, signing_key: SigningKey, instance: str) -> None:
        self._room_hash = room_hash
        self._signing_key = signing_key
        self._instance = instance
        self._signed: fields.NameStatement | None = None

    def sign(self, number: int, name: str) -> fields.NameStatement:
        """Sign a name of this client, once: all are told the same bytes."""
        if self._signed is None or self._signed.number != number:
            signature = self._signing_key.sign(self._own(number, name).encoded())
            self._signed = fields.NameStatement(number, encode_bytes(signature))
        return self._signed

    def own(self, client: int, number: int, name: str) -> fields.MemberStatement:
        """Return the statement of this client as a roster has it, under the id that the server gave it."""
        signature = self.sign(number, name).signature
        return fields.MemberStatement(
            client, self._signing_key.credential.text, self._instance, number, name, signature
        )

    def is_signed(self, statement: fields.MemberStatement) -> bool:
        """Tell whether a statement is rightly signed."""
        signature = decode_bytes(statement.signature)
        return signature is not None and self._as_signed(statement).is_signed(signature)

    def roster(self, number: int, name: str, statements: Sequence[fields.MemberStatement]) -> str:
        """Return the hash of a roster with the own name [Y7]."""
        seen = (self._own(number, name), *map(self._as_signed, statements))
        return encode_bytes(roster_hash(self._room_hash, map(_entry, seen)))

    def _own(self, number: int, name: str) -> NameStatement:
        return NameStatement(self._room_hash, self._signing_key.credential.text, self._instance, number, name)

    def _as_signed(self, statement: fields.MemberStatement) -> NameStatement:
        each = statement
        return NameStatement(self._room_hash, each.key, each.instance, each.number, each.name)


def _entry(statement: NameStatement) -> RosterEntry:
    digest = sha256(statement.encoded()).digest()
    return RosterEntry(statement.credential, statement.instance, statement.number, digest)
