# SPDX-License-Identifier: AGPL-3.0-only
"""Orders that `roster` gives: which names are signed, verified and hashed, and what is said to whom of the members."""

from typing import TypeAlias

from msgspec import Struct

from keks_meet.protocol.fields import MemberStatement
from keks_meet.protocol.relay_messages import Identify
from keks_meet.session.pairing_orders import Deliver, SealFor, StartPairTimer, StopPairTimer, Warn

__all__ = ["CheckStatement", "HashRoster", "RosterOrder", "SayMembers", "SayName", "SayRoster"]


class SayName(Struct, frozen=True, tag_field="type", tag="say-name"):
    """Seal an identify for a member, with the statement of its name: signed once, and the same for all [Y15]."""

    client: int
    message: Identify
    number: int
    """The number of the statement."""


class CheckStatement(Struct, frozen=True, tag_field="type", tag="check-statement", omit_defaults=True):
    """Verify the signature of a statement that a member has said; `checked` takes this order back, and what is found.

    ``message`` is the identify that the statement came with; one that a member passes on has none. ``other`` is
    another statement, which is to be rightly signed, too. ``is_hidden`` tells that the server shows nobody of whom the
    statement could be.
    """

    client: int
    statement: MemberStatement
    message: Identify | None = None
    other: MemberStatement | None = None
    is_hidden: bool = False


class HashRoster(Struct, frozen=True, tag_field="type", tag="hash-roster"):
    """Hash these statements and the own one [Y7]; `hashed` takes the version back, and the hash."""

    version: int
    number: int
    name: str
    statements: tuple[MemberStatement, ...]


class SayRoster(Struct, frozen=True, tag_field="type", tag="say-roster"):
    """Seal a roster for a member, with the numbers of messages that were sealed for each of these ids so far."""

    client: int
    hash: str
    ids: tuple[int, ...]
    told: tuple[int, ...]


class SayMembers(Struct, frozen=True, tag_field="type", tag="say-members"):
    """Seal for a member whom this client sees, itself first."""

    client: int
    number: int
    name: str
    statements: tuple[MemberStatement, ...]


RosterOrder: TypeAlias = (
    SayName
    | CheckStatement
    | HashRoster
    | SayRoster
    | SayMembers
    | SealFor
    | Deliver
    | Warn
    | StartPairTimer
    | StopPairTimer
)
