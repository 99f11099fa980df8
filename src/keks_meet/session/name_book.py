# SPDX-License-Identifier: AGPL-3.0-only
"""The statements of names that were seen in a stay, and proofs that a member has made two that differ [Y15] [Y17]."""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from keks_meet.protocol.fields import MemberStatement
from keks_meet.session import limits

__all__ = ["Bearer", "Known", "NameBook", "bearer_of"]

Bearer: TypeAlias = tuple[str, str]
"""A credential and an instance."""


def bearer_of(statement: MemberStatement) -> Bearer:
    """Return who has made a statement."""
    return statement.key, statement.instance


class Known(Struct):
    """The names of a credential and instance, as far as statements of them were seen."""

    newest: MemberStatement
    proof: tuple[MemberStatement, MemberStatement] | None = None
    """Two statements of one number that differ: their owner says different things to different people."""
    is_warned_of: bool = False
    """Whether the person was warned of its names."""
    is_withheld: bool = False
    """Whether the person was warned that its words do not arrive."""
    has_warned: bool = False
    """Whether it was the witness that somebody is hidden."""
    unheard: int = 0
    """Pauses in a row without a word of it, while its direct way brought something."""


class NameBook:
    """The newest statement of each credential and instance, those that have left included."""

    def __init__(self) -> None:
        self._known: dict[Bearer, Known] = {}

    def of(self, bearer: Bearer | None) -> Known | None:
        """Return what is known of somebody."""
        return self._known.get(bearer) if bearer else None

    def heard(self, bearer: Bearer | None) -> None:
        """Take note of a word of somebody, other than its name, which says nothing new."""
        if known := self.of(bearer):
            known.unheard = 0

    def paused(self, members: Mapping[int, Bearer | None], heard: Container[int]) -> list[int]:
        """Count a pause without a word of members, by their ids; return those of whom there were too many now [Y18].

        ``heard`` are those whose direct way brings something; who is there twice needs one of them.
        """
        clients = {bearer: client for client, bearer in members.items() if client in heard}
        found = []
        for bearer in dict.fromkeys(members.values()):
            if (known := self.of(bearer)) is None:
                continue
            if bearer in clients:
                known.unheard += 1
                found += [clients[bearer]] if known.unheard == limits.UNHEARD_PAUSES else []
            elif known.unheard < limits.UNHEARD_PAUSES:
                # Who was told of stays so until there is a word.
                known.unheard = 0
        return found

    def take(
        self, statement: MemberStatement, there: Iterable[Bearer]
    ) -> Literal["old", "same", "again", "new", "proof"]:
        """Take a rightly signed statement, and tell what it is; nobody who is ``there`` is forgotten for it.

        It is one "again" if it has a larger number than the newest one and the same name.
        """
        known = self._known.get(bearer_of(statement))
        if known is None:
            self._known[bearer_of(statement)] = Known(statement)
            self._forget_one(there)
            return "new"
        newest = known.newest
        if statement.number > newest.number:
            known.newest = statement
            return "again" if statement.name == newest.name else "new"
        if statement.number < newest.number:
            return "old"
        if statement.name == newest.name:
            return "same"
        if known.proof is not None:
            return "old"
        known.proof = (newest, statement)
        return "proof"

    def prove(self, one: MemberStatement, other: MemberStatement) -> bool:
        """Take a proof that somebody has passed on; return whether it is the first one."""
        known = self._known[bearer_of(one)]
        is_first = known.proof is None
        known.proof = known.proof or (one, other)
        return is_first

    def is_new_witness(self, bearer: Bearer | None) -> bool:
        """Note who is the witness that somebody is hidden; return whether its credential was none before.

        Who comes again, with another instance, is the same witness.
        """
        known = self.of(bearer)
        if known is None or any(
            each.has_warned for each in self._known.values() if each.newest.key == known.newest.key
        ):
            return False
        known.has_warned = True
        return True

    def roster(self, there: Iterable[Bearer]) -> list[MemberStatement]:
        """Return the newest statements of those who are there; who contradicts itself has none [Y7]."""
        known = (self._known[bearer] for bearer in there)
        return [each.newest for each in known if each.proof is None]

    def answer(self, there: Mapping[Bearer, MemberStatement], present: Container[int]) -> list[MemberStatement]:
        """Return what others are told of those who are there, by what each has said last, and the ids of all.

        A statement is told with an id under which its owner is there. Of who contradicts itself the proof is told.
        """
        found: list[MemberStatement] = []
        for bearer, said in there.items():
            known = self._known[bearer]
            if known.proof is not None:
                found += known.proof
            else:
                found.append(known.newest if known.newest.id in present else said)
        return found

    def news_of(
        self,
        statements: Sequence[MemberStatement],
        there: Container[Bearer],
        left_out: Container[MemberStatement],
    ) -> list[tuple[MemberStatement, MemberStatement | None]]:
        """Return those statements of who is there that say something new, each with the one that contradicts it.

        ``left_out`` are those instead of which a member has said something else here.
        """
        by_number: dict[tuple[Bearer, int], MemberStatement] = {}
        found: list[tuple[MemberStatement, MemberStatement | None]] = []
        for statement in statements:
            bearer = bearer_of(statement)
            known = self._known.get(bearer)
            if bearer not in there or known is None or known.proof is not None:
                continue
            first = by_number.setdefault((bearer, statement.number), statement)
            if first.name != statement.name:
                found.append((first, statement))
                continue
            number, name = known.newest.number, known.newest.name
            is_news = statement.number > number or (statement.number == number and statement.name != name)
            if is_news or (not known.is_warned_of and statement in left_out):
                found.append((statement, None))
        return found

    def _forget_one(self, there: Iterable[Bearer]) -> None:
        """Forget whoever was seen first and is not there, when there are too many."""
        if len(self._known) > limits.STATEMENTS:
            present = {*there, next(reversed(self._known))}
            del self._known[next(each for each in self._known if each not in present)]
