# SPDX-License-Identifier: AGPL-3.0-only
"""Whom each member sees, and under which name: compared with what others see [Y15] to [Y18].

This stands between `pairing` and a session, for members that sign their names. It owns no key, no clock and no socket.
What it concludes follows from the order in which an honest server passes messages on, and from how fast in one case:
when the server brings nothing of somebody for minutes whose direct way brings something.
"""

from collections.abc import Collection, Mapping
from typing import Final, Literal

from msgspec.structs import replace

from keks_meet.protocol import relay_messages as say
from keks_meet.protocol.fields import MemberStatement
from keks_meet.protocol.wire_limits import ROSTER
from keks_meet.session import limits
from keks_meet.session.doubts import Doubts
from keks_meet.session.name_book import Bearer, Known, NameBook, bearer_of
from keks_meet.session.own_names import OwnNames
from keks_meet.session.pairing_orders import Deliver, PairTimer, SealFor, StartPairTimer, StopPairTimer, Warn
from keks_meet.session.roster_member import Member
from keks_meet.session.roster_orders import CheckStatement, HashRoster, RosterOrder, SayMembers, SayName, SayRoster

__all__ = ["Roster"]

_TIMER: Final = PairTimer("roster", 0)


class Roster:
    """The members that sign their names, as this client sees them, and what others say to see."""

    def __init__(self, instance: str) -> None:
        """Begin in a room without others; ``instance`` is the own one."""
        self._instance = instance
        self._members: dict[int, Member] = {}
        self._book = NameBook()
        self._doubts = Doubts()
        self._own = OwnNames()
        self._version = 0
        # The hash of the roster as it was said last.
        self._hash: str | None = None
        self._phase: Literal["resting", "changing", "quiet"] = "resting"
        self._pauses = 0
        self._is_dirty = False
        # First pauses in a row in which something has changed.
        self._dirty_pauses = 0
        # Whether there are more members than this client knows.
        self._is_crowded = False
        self._orders: list[RosterOrder] = []
        self.ignored = 0
        """Messages that nobody should have said so [M5] [Y15]."""

    @property
    def own(self) -> tuple[int, str]:
        """The number of the own statement, and the name."""
        return self._own.number, self._own.name or ""

    # Who is there

    def joined(self, client: int) -> list[RosterOrder]:
        """Take note of an id that the server names."""
        if len(self._members) >= limits.PEERS:
            self._is_crowded = True
        else:
            self._members.setdefault(client, Member(client))
        return self._take()

    def left(self, client: int) -> list[RosterOrder]:
        """Forget a member that has left; the statements that it has made are kept."""
        gone = self._members.pop(client, None)
        self._doubts.left(client)
        if gone is None:
            return self._take()
        for member in self._members.values():
            if member.left is not None and len(member.left) < limits.PEERS:
                member.left.add(client)
        if gone.said:
            self._changed()
        return self._take()

    def lost(self) -> list[RosterOrder]:
        """Forget all members: ids end with the connection to the server."""
        self._members.clear()
        self._doubts.lost()
        self._is_crowded = False
        self._version += 1
        self._hash = None
        self._rest()
        return self._take()

    def met(self, client: int, credential: str, instance: str, *, is_complete: bool) -> list[RosterOrder]:
        """Take note of what a member has proven to be [Y4], and whether all that it had said has arrived [Y13]."""
        member = self._members.get(client)
        if member is not None:
            member.proves((credential, instance), is_complete=is_complete)
            self._doubts.met(client)
        return self._take()

    # What is said here

    def named(self, username: str) -> list[RosterOrder]:
        """Take the own name, which is a new statement if it is another one than before."""
        if self._own.take(username):
            self._changed()
        return self._take()

    def said(self, client: int, message: say.Identify) -> list[RosterOrder]:
        """Say to a member who this client is now, and each name that it has had since it was told one."""
        member = self._members.get(client)
        if member is None or member.bearer is None or self._own.name is None:
            self._orders.append(SealFor(client, message))
        else:
            for number, name in self._own.untold(member.told):
                self._orders.append(SayName(client, replace(message, username=name), number))
            member.told = self._own.number
        return self._take()

    # What members say

    def heard(
        self, client: int, message: say.RelayMessage, credential: str, arrived: Mapping[int, int]
    ) -> list[RosterOrder]:
        """Take a sealed message of a member.

        ``arrived`` has for each member the number of its sealed messages that have arrived, this one included.
        """
        member = self._members.get(client)
        if member is None or member.bearer is None:
            self._orders.append(Deliver(client, message, credential))
            return self._take()
        self.ignored += self._doubts.spoke(client, arrived.get(client, 0))
        if isinstance(message, say.Identify):
            self._identified(member, member.bearer, message)
            return self._take()
        self._compare_names(member)
        self._book.heard(member.bearer)
        match message:
            case say.Roster():
                self._roster_heard(member, message, arrived)
            case say.RosterRequest():
                self._requested(member)
            case say.RosterMembers(statements):
                self._members_heard(member, statements)
            case _:
                self._orders.append(Deliver(client, message, credential))
        return self._take()

    def checked(self, check: CheckStatement, *, is_signed: bool) -> list[RosterOrder]:
        """Take a statement whose signature was verified, as it was ordered."""
        member = self._members.get(check.client)
        if member is None or not is_signed:
            self.ignored += 1
        elif check.message is not None:
            self._named(member, check.statement, check.message)
        elif check.other is not None:
            self._proven(check.statement, check.other)
        elif check.is_hidden:
            self._hidden(member, check.statement)
        else:
            self._shown(check.statement)
        return self._take()

    def hashed(self, version: int, digest: str) -> list[RosterOrder]:
        """Say the roster to all, unless it has changed meanwhile."""
        if version == self._version:
            self._hash = digest
            ids = tuple(member.id for member in self._signing())
            for member in self._signing():
                self._orders.append(SayRoster(member.id, digest, ids, self._doubts.told(member.id, ids)))
        return self._take()

    # Time

    def fired(self, heard: Collection[int] = ()) -> list[RosterOrder]:
        """Wait no longer: say what has changed, ask, and doubt; ``heard`` are whose direct way brings something."""
        if self._phase == "changing":
            self._say()
        elif self._phase == "quiet":
            self._pauses += 1
            self._warn_of_silence(heard)
            self._dirty_pauses = self._dirty_pauses + 1 if self._is_dirty else 0
            if self._dirty_pauses != 1:
                # Nobody can put questions off by changing something again and again.
                self._ask()
            if self._is_dirty:
                self._change()
            else:
                self._go_on()
        return self._take()

    # Names

    def _identified(self, member: Member, bearer: Bearer, message: say.Identify) -> None:
        if (made := message.statement) is None:
            self.ignored += 1
            return
        statement = MemberStatement(member.id, *bearer, made.number, message.username, made.signature)
        self._orders.append(CheckStatement(member.id, statement, message))

    def _named(self, member: Member, statement: MemberStatement, message: say.Identify) -> None:
        """Take a name that a member says of itself, if it is as new as the newest that is known [Y6]."""
        found, is_later = "old", False
        if bearer_of(statement) == member.bearer:
            found = self._book.take(statement, self._there())
            is_later = found != "proof" and member.says(statement)
            self._compare_places(member, member.shown)
        if found in {"old", "proof"}:
            # What others have shown can be newer than what comes now.
            self.ignored += not is_later
            if found == "proof":
                self._changed()
                self._warn_of_proof(member)
            return
        if found == "new" or member.said is None:
            self._changed()
        member.said = statement
        member.is_excused = False
        self._orders.append(Deliver(member.id, message, statement.key))

    def _shown(self, statement: MemberStatement) -> None:
        """Take a rightly signed statement of who is there, which another member has passed on [Y17]."""
        member = self._bearer(bearer_of(statement))
        if member is None:
            return
        found = self._book.take(statement, self._there())
        if found in {"new", "proof"}:
            self._changed()
        if found == "proof":
            self._warn_of_proof(member)
        named = self._members.get(statement.id)
        if named is None or named.bearer != bearer_of(statement):
            return
        self._compare_places(named, statement)
        if named.shown is None or statement.number > named.shown.number:
            named.shown = statement

    def _proven(self, one: MemberStatement, other: MemberStatement) -> None:
        """Take a proof that a member says different things to different people; it is passed on [Y17]."""
        member = self._bearer(bearer_of(one))
        if member is not None and self._book.prove(one, other):
            self._changed()
            self._warn_of_proof(member)

    def _warn_of_proof(self, member: Member) -> None:
        if (known := self._book.of(member.bearer)) and known.proof:
            self._warn_of_names(known, member, *known.proof)

    def _compare_names(self, member: Member) -> None:
        """Notice a member that goes on speaking without having said the name that it has said to others [Y18]."""
        known, said, shown = self._book.of(member.bearer), member.said, member.shown
        if known and said and shown and shown.number > said.number and not member.is_excused:
            self._warn_of_names(known, member, said, shown)

    def _compare_places(self, member: Member, shown: MemberStatement | None) -> None:
        """Notice a member that has left out here what it has said to others in between [Y18]."""
        known, said = self._book.of(member.bearer), member.disputed(shown)
        if known and said and shown:
            self._warn_of_names(known, member, said, shown)

    def _warn_of_names(self, known: Known, member: Member, one: MemberStatement, other: MemberStatement) -> None:
        if not known.is_warned_of and one.name != other.name:
            known.is_warned_of = True
            self._orders.append(Warn(member.id, "contradicts", (one.name, other.name)))

    # Rosters

    def _roster_heard(self, member: Member, roster: say.Roster, arrived: Mapping[int, int]) -> None:
        """Take what a member sees, what it has said to whom, and what others have told it [Y18]."""
        if len(roster.ids) == len(roster.sent) == len(roster.told):
            member.hash = roster.hash
            self._doubts.roster_heard(member.id, roster, arrived)
        else:
            self.ignored += 1

    def _requested(self, member: Member) -> None:
        """Answer once between two rosters of one's own; a second question waits for the next one."""
        if member.is_answered:
            member.is_waiting = True
        else:
            self._answer(member)

    def _answer(self, member: Member) -> None:
        if self._own.name is None:
            return
        member.is_answered, member.is_waiting = True, False
        statements = self._book.answer(self._there(), self._members)[: ROSTER - 1]
        self._orders.append(SayMembers(member.id, self._own.number, self._own.name, tuple(statements)))

    def _members_heard(self, member: Member, statements: tuple[MemberStatement, ...]) -> None:
        """Have those statements verified that say something else than is known [Y17]."""
        if member.left is None:
            self.ignored += 1
            return
        left, member.left = member.left, None
        left_out = set(filter(self._is_left_out, statements))
        news = self._book.news_of(statements, self._there(), left_out)
        checks = [CheckStatement(member.id, statement, other=other) for statement, other in news]
        hidden = (each for each in statements if self._is_hidden(each, left))
        checks += [CheckStatement(member.id, each, is_hidden=True) for each in hidden]
        self._orders += checks[: limits.ROSTER_CHECKS]

    def _is_left_out(self, statement: MemberStatement) -> bool:
        """Tell whether a member has said something else here in the place of an older name."""
        member = self._members.get(statement.id)
        return member is not None and member.bearer == bearer_of(statement) and member.disputed(statement) is not None

    def _is_hidden(self, statement: MemberStatement, left: set[int]) -> bool:
        """Tell whether the server shows nobody whom another member sees.

        Whoever is arriving, or has left since the question was said, is hidden by nobody.
        """
        is_unseen = statement.id not in self._members and statement.id not in left
        is_other = statement.instance != self._instance and self._bearer(bearer_of(statement)) is None
        return is_unseen and is_other and not self._is_crowded and len(left) < limits.PEERS

    def _hidden(self, witness: Member, statement: MemberStatement) -> None:
        """Warn of a member that the server does not show; each witness is told of once, by its credential [Y18]."""
        if statement.id not in self._members and self._book.is_new_witness(witness.bearer):
            self._orders.append(Warn(None, "withheld", (statement.name,), witness.id))

    def _warn_of_silence(self, heard: Collection[int]) -> None:
        """Warn of members of whom others hear, or something comes directly, while nothing arrives here [Y18]."""
        for client, witness in self._doubts.paused():
            known = self._book.of(self._members[client].bearer)
            if known and not known.is_withheld:
                known.is_withheld = True
                self._orders.append(Warn(client, "withheld", witness=witness))
        bearers = {member.id: member.bearer for member in self._signing()}
        self._orders += [Warn(client, "unheard") for client in self._book.paused(bearers, heard)]

    # Parts of these

    def _signing(self) -> list[Member]:
        return [member for member in self._members.values() if member.bearer is not None]

    def _there(self) -> dict[Bearer, MemberStatement]:
        """Return the names that members have said; of who is there twice the one of who came last."""
        return {member.bearer: member.said for member in self._members.values() if member.bearer and member.said}

    def _bearer(self, bearer: Bearer) -> Member | None:
        """Return a member of this credential and instance that has said its name."""
        said = self._there().get(bearer)
        return self._members[said.id] if said else None

    def _changed(self) -> None:
        """Say the roster soon, but not sooner after the last time than a pause."""
        self._version += 1
        if self._phase == "quiet" and self._pauses == 0:
            self._is_dirty = True
        elif self._phase != "changing" and self._signing():
            self._change()

    def _change(self) -> None:
        self._phase = "changing"
        self._is_dirty = False
        self._orders.append(StartPairTimer(_TIMER, limits.ROSTER_CHANGE_MS))

    def _say(self) -> None:
        """Have the roster hashed, which is said then, and answer those who have asked again."""
        members = self._signing()
        if not members or self._own.name is None:
            self._rest()
            return
        self._phase, self._pauses = "quiet", 0
        self._pause()
        statements = tuple(self._book.roster(self._there()))
        self._orders.append(HashRoster(self._version, self._own.number, self._own.name, statements))
        for member in members:
            member.is_answered = False
            if member.is_waiting:
                self._answer(member)

    def _ask(self) -> None:
        """Ask those whom they see who see something else; once for each pair of rosters [Y17]."""
        for member in self._signing():
            if self._hash is None or member.hash is None or member.hash == self._hash or member.left is not None:
                continue
            if member.compared != (self._hash, member.hash):
                member.compared, member.left = (self._hash, member.hash), set()
                self._orders.append(SealFor(member.id, say.RosterRequest()))

    def _go_on(self) -> None:
        if self._pauses >= limits.ROSTER_REPEATS:
            self._say()
        else:
            self._pause()

    def _pause(self) -> None:
        ms = max(limits.ROSTER_MS, limits.ROSTER_MEMBER_MS * (len(self._signing()) + 1))
        self._orders.append(StartPairTimer(_TIMER, ms))

    def _rest(self) -> None:
        self._phase, self._pauses, self._is_dirty = "resting", 0, False
        self._orders.append(StopPairTimer(_TIMER))

    def _take(self) -> list[RosterOrder]:
        orders, self._orders = self._orders, []
        return orders
