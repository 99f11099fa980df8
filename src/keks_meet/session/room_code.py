# SPDX-License-Identifier: AGPL-3.0-only
"""One code for the room: who makes it, what each says when, and whom an end is about [Y20] to [Y22].

This stands beside `roster`, for members that announced it. It owns no key, no clock, no chance and no socket: what is
random comes with its events, and what is hashed it orders.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from keks_meet.protocol import relay_messages as say
from keks_meet.protocol.fields import CodeMember, CodeWhy
from keks_meet.protocol.wire_limits import CODE_MEMBERS
from keks_meet.session import limits
from keks_meet.session.code_run import Run
from keks_meet.session.pairing_orders import PairTimer, StartPairTimer, StopPairTimer
from keks_meet.session.room_code_orders import CodeEnding, CodeMessage, Commit, RoomCodeOrder, SayOfCode, ShowCode

__all__ = ["RoomCode"]

_TIMER: Final = PairTimer("code", 0)
# What the pauses are about: runs that are started here, runs of others, and a code that people are comparing.
_OWN: Final = 0
_OTHERS: Final = 1
_SHOWN: Final = 2
_SHOWN_MS: Final = 8 * limits.CODE_MS
# So often a run is started again without those who were silent.
_RESTARTS: Final = 2
# Longer than anybody waits for commitments: who gets none has ended the run before somebody takes it for silent.
_NONCES_MS: Final = 2 * limits.CODE_MS


class RoomCode:
    """The members that can make a code, and the run that makes one."""

    def __init__(self) -> None:
        self._own: CodeMember | None = None
        self._members: dict[int, CodeMember] = {}
        self._run: Run | None = None
        # The run whose code is shown, and not settled: it stays until another run has its code.
        self._code: Run | None = None
        self._past: tuple[str, ...] = ()
        # Commitments may come before the question that they answer: two members' words overtake each other.
        self._early: dict[int, list[say.CodeCommitment]] = {}
        self._aborts = Counter[str]()
        self._resting = set[int]()
        # Whether the person waits for the pause after the last run.
        self._is_wanted = False
        self._orders: list[RoomCodeOrder] = []
        self.ignored = 0
        """Messages that nobody should have said so [M5] [Y22]."""

    # Who is there

    def named(self, own: CodeMember) -> list[RoomCodeOrder]:
        """Take what this client is: its name may be a new one."""
        if own != self._own:
            self._own = own
            if self._run and self._run.is_open:
                self._end_for_all(self._run, "changed")
        return self._take()

    def entered(self, client: int, member: CodeMember) -> list[RoomCodeOrder]:
        """Take what a member is that can make a code: it has come, or has a new name."""
        if len(self._members) < limits.PEERS or client in self._members:
            before = self._members.get(client)
            self._members[client] = member
            if before not in {None, member}:
                self._missing(client, "changed")
        return self._take()

    def left(self, client: int) -> list[RoomCodeOrder]:
        """Forget a member that has left, or can make no code any more."""
        self._members.pop(client, None)
        self._early.pop(client, None)
        self._missing(client, "left")
        return self._take()

    def lost(self) -> list[RoomCodeOrder]:
        """Forget all members: ids end with the connection to the server. A code that is there stays."""
        self._members.clear()
        self._early.clear()
        self._orders += [StopPairTimer(PairTimer("code-rest", of)) for of in sorted(self._resting - {_SHOWN})]
        self._resting &= {_SHOWN}
        if self._run and self._run.is_open:
            self._end(self._run, "lost")
        elif self._is_wanted:
            self._orders.append(ShowCode("ended", why="lost"))
        self._is_wanted = False
        return self._take()

    # What the person does

    def started(self, run: str) -> list[RoomCodeOrder]:
        """Start a run, with these 16 random bytes, or after the pause; not while one goes on."""
        if self._is_wanted or (self._run and self._run.is_open):
            return self._take()
        self._code = None
        able = self._able(())
        if _OWN in self._resting and able:
            self._run = None
            self._is_wanted = True
            keys = tuple(member.key for member in able.values())
            self._orders.append(ShowCode("running", None, tuple(able), keys, tuple(able)))
        else:
            self._start(run, able, ())
        return self._take()

    def stopped(self) -> list[RoomCodeOrder]:
        """End a run that goes on."""
        if self._run:
            self._end_for_all(self._run, "stopped")
        elif self._is_wanted:
            self._is_wanted = False
            self._orders.append(ShowCode("ended", why="stopped"))
        return self._take()

    def settled(self, *, matches: bool) -> list[RoomCodeOrder]:
        """Take what the person found when codes were compared."""
        run = self._code
        if run:
            if matches:
                self._end(run, "match")
            else:
                self._end_for_all(run, "mismatch")
        return self._take()

    # What members say

    def heard(self, client: int, message: CodeMessage) -> list[RoomCodeOrder]:
        """Take a sealed message of a member."""
        member = self._members.get(client)
        if member is None:
            self.ignored += 1
        elif isinstance(message, say.CodeRun):
            self._asked(client, message)
        elif (run := self._run_of(message.run)) is None:
            if isinstance(message, say.CodeCommitment):
                # The last two: a second one of a run is noticed when the run is known.
                self._early[client] = [*self._early.get(client, [])[-1:], message]
        elif client not in run.members or run.members[client].key != member.key:
            self.ignored += 1
        else:
            self._heard_of(run, client, message)
        return self._take()

    def _run_of(self, name: str) -> Run | None:
        return next((run for run in (self._run, self._code) if run and run.id == name), None)

    def _heard_of(self, run: Run, client: int, message: CodeMessage) -> None:
        if isinstance(message, say.CodeEnd):
            if run.is_open:
                # Whoever hears it passes it on: nobody is waited for who has heard of an end that others have not.
                self._say((each for each in run.members if each != client), message)
            self._end(run, message.why, ended_by=client)
        elif not run.is_open:
            self.ignored += 1
        elif isinstance(message, say.CodeCommitment):
            if client in run.commitments:
                self._fault(run, client)
            else:
                run.commitments[client] = message.commitment
                self._go_on(run)
        elif isinstance(message, say.CodeNonce):
            if client not in run.commitments or client in run.nonces:
                self._fault(run, client)
            else:
                run.nonces[client] = message.nonce
                self._orders.append(run.check(client))
                self._go_on(run)

    def _asked(self, client: int, message: say.CodeRun) -> None:
        """Take part in a run of another member by oneself, if its members are those that one sees [Y20]."""
        if message.run in self._past:
            self.ignored += 1
            return
        found = self._members_of(client, message)
        why = found if isinstance(found, str) else self._objection(message)
        if self._own is None or not isinstance(found, dict) or why is not None:
            self._orders.append(SayOfCode((client,), say.CodeEnd(message.run, why or "differs")))
            return
        if self._run and self._run.is_open:
            # The smaller run of two goes on; those who wait for the other one are told.
            self._say(self._run.members, say.CodeEnd(self._run.id, "busy"))
        self._is_wanted = False
        self._rest(_OTHERS, limits.CODE_REST_MS)
        self._begin(Run(message.run, client, self._own, found))

    def _members_of(self, client: int, message: say.CodeRun) -> dict[int, CodeMember] | CodeWhy:
        """Return the others whom a run names, by their ids, or why there is no such run."""
        named = set(message.members)
        ids = {member: each for each, member in self._members.items()} | {self._members[client]: client}
        others = {ids[member]: member for member in message.members if member in ids and member != self._own}
        is_single = len({(member.key, member.instance) for member in named}) == len(message.members)
        if not is_single or self._own not in named or client not in others or len(others) != len(named) - 1:
            return "differs"
        if any(self._is_barred(member) for member in others.values()):
            return "barred"
        return others

    def _objection(self, message: say.CodeRun) -> CodeWhy | None:
        """Return why a run has to wait; of two that are started at once the smaller one goes on."""
        run, keys = self._run, {member.key for member in message.members}
        if self._code and _SHOWN in self._resting and not keys.issuperset(self._code.shown().keys):
            return "busy"
        if run and run.is_open:
            return None if run.phase == "committing" and message.run < run.id else "busy"
        return "busy" if _OTHERS in self._resting else None

    # What was ordered

    def committed(self, run: str, commitment: str, nonce: str) -> list[RoomCodeOrder]:
        """Say the own commitment; the nonce is kept until all have committed."""
        here = self._run
        if here and here.id == run and here.commitment is None:
            here.commitment, here.nonce = commitment, nonce
            self._say(here.members, say.CodeCommitment(run, commitment))
            self._go_on(here)
        return self._take()

    def checked(self, run: str, client: int, *, fits: bool) -> list[RoomCodeOrder]:
        """Take whether a nonce fits its commitment."""
        here = self._run
        if here and here.id == run and here.is_open and client in here.nonces:
            if fits:
                here.fitting.add(client)
                self._go_on(here)
            else:
                self._spoiled(here, client)
                self._fault(here, client)
        return self._take()

    def made(self, run: str, code: str) -> list[RoomCodeOrder]:
        """Take the code, and show it."""
        here = self._run
        if here and here.id == run and here.phase == "making":
            here.phase, here.code = "code", code
            self._code, self._run = here, None
            self._rest(_SHOWN, _SHOWN_MS)
            self._orders.append(here.shown())
        return self._take()

    # Time

    def fired(self, timer: PairTimer, run: str) -> list[RoomCodeOrder]:
        """Wait no longer; a run that is started for that is called by these 16 random bytes."""
        here = self._run
        if timer.name == "code-rest":
            self._resting.discard(timer.of)
            if timer.of == _OWN and self._is_wanted:
                self._is_wanted = False
                self._start(run, self._able(()), ())
        elif here and here.phase == "committing":
            self._none_committed(here, run)
        elif here and here.phase == "revealing":
            missing = [client for client in here.members if client not in here.fitting]
            if len(missing) == 1:
                self._spoiled(here, missing[0])
            self._end_for_all(here, "silent", here.waiting())
        return self._take()

    def _none_committed(self, here: Run, run: str) -> None:
        """End a run in which somebody is silent; who has started it starts it again without them."""
        silent = here.waiting()
        if here.by is not None:
            self._end(here, "silent", silent)
            return
        self._end_for_all(here, "silent", silent)
        left_out = (*here.left_out, *silent)
        able = self._able(left_out)
        kept = {member.key for member in here.members.values()} - {here.members[client].key for client in silent}
        able = {client: member for client, member in able.items() if member.key in kept}
        if silent and able and here.restarts < _RESTARTS:
            self._start(run, able, left_out, here.restarts + 1)

    # Parts of these

    def _able(self, left_out: tuple[int, ...]) -> dict[int, CodeMember]:
        """Return whom a run that is started now covers: of who is there twice the one who came last."""
        own = self._own
        found: dict[tuple[str, str], int] = {}
        for client, member in self._members.items():
            is_own = own is not None and (own.key, own.instance) == (member.key, member.instance)
            if client not in left_out and not is_own and not self._is_barred(member):
                found[member.key, member.instance] = client
        return {client: self._members[client] for client in list(found.values())[: CODE_MEMBERS - 1]}

    def _start(self, run: str, able: dict[int, CodeMember], left_out: tuple[int, ...], restarts: int = 0) -> None:
        if self._own is None or not able:
            self._run = None
            self._orders.append(ShowCode("ended", why="alone"))
            return
        here = Run(run, None, self._own, able, left_out, restarts)
        self._rest(_OWN, limits.CODE_PAUSE_MS)
        self._say(able, say.CodeRun(run, here.everybody))
        self._begin(here)

    def _begin(self, run: Run) -> None:
        self._run = run
        self._past = (*self._past[-1:], run.id)
        ms = limits.CODE_MS if run.by is None else limits.CODE_ASKED_MS
        self._orders += [Commit(run.id, run.everybody), StartPairTimer(_TIMER, ms)]
        self._show(run)
        for client in run.members:
            for early in self._early.pop(client, []):
                if early.run == run.id and self._run is run:
                    self._heard_of(run, client, early)

    def _go_on(self, run: Run) -> None:
        """Say the own nonce once all have committed, and make the code once all nonces fit [Y21]."""
        if run.phase == "committing" and run.has_all_commitments():
            run.phase = "revealing"
            self._orders.append(StartPairTimer(_TIMER, _NONCES_MS))
            self._say(run.members, say.CodeNonce(run.id, run.nonce or ""))
        if run.phase == "revealing" and run.has_all_nonces():
            run.phase = "making"
            self._orders += [StopPairTimer(_TIMER), run.make()]
        self._show(run)

    def _show(self, run: Run) -> None:
        if self._code is None and run.last != run.shown():
            run.last = run.shown()
            self._orders.append(run.last)

    def _missing(self, client: int, why: CodeWhy) -> None:
        """End a run whose member has left, or is called something else; a code that is there stays."""
        run = self._run
        if run and run.is_open and client in run.members:
            self._end_for_all(run, why, (client,))

    def _fault(self, run: Run, client: int) -> None:
        """End a run whose member has said what nobody says who keeps to the rules."""
        self._end_for_all(run, "false", (client,))

    def _spoiled(self, run: Run, client: int) -> None:
        """Count a run that this member alone has kept from a code, as far as this client can tell [Y22]."""
        self._aborts[run.members[client].key] += 1

    def _is_barred(self, member: CodeMember) -> bool:
        return self._aborts[member.key] >= limits.CODE_ABORTS

    def _end_for_all(self, run: Run, why: CodeWhy, named: tuple[int, ...] = ()) -> None:
        self._say(run.members, say.CodeEnd(run.id, why))
        self._end(run, why, named)

    def _end(self, run: Run, why: CodeEnding, named: tuple[int, ...] = (), ended_by: int | None = None) -> None:
        if run is self._code:
            self._code = None
        else:
            self._run = None
        if run.is_open:
            self._orders.append(StopPairTimer(_TIMER))
        if self._code is None:
            ended = replace(run.shown(), status="ended", waiting=(), why=why, named=named, ended_by=ended_by)
            self._orders.append(ended)

    def _say(self, clients: Iterable[int], message: CodeMessage) -> None:
        present = tuple(client for client in clients if client in self._members)
        if present:
            self._orders.append(SayOfCode(present, message))

    def _rest(self, of: int, ms: int) -> None:
        self._resting.add(of)
        self._orders.append(StartPairTimer(PairTimer("code-rest", of), ms))

    def _take(self) -> list[RoomCodeOrder]:
        orders, self._orders = self._orders, []
        return orders
