# SPDX-License-Identifier: AGPL-3.0-only
"""One code for the room: honest members have the same; whoever cheats is found, or makes codes differ [Y8] [Y20]."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keks_meet.client.signaling.room_codes import _entry
from keks_meet.crypto.encoding import decode_bytes, encode_bytes
from keks_meet.crypto.spoken import spoken
from keks_meet.crypto.statements import CodeRun as Run
from keks_meet.protocol.relay_messages import CodeCommitment, CodeNonce, CodeRun, RelayMessage
from keks_meet.protocol.wire_limits import CODE_MEMBERS
from keks_meet.rift.config import recognise
from tests.unit.session.code_rooms import ROOM_HASH, Member, Room

orders = st.lists(st.integers(0, 1000), max_size=150)
sizes = st.integers(2, 5)


@settings(max_examples=150, derandomize=True)
@given(size=sizes, order=orders)
def test_honest_members_have_the_same_code_in_whatever_order_words_come(size: int, order: list[int]) -> None:
    """`Member` makes sure besides that nobody says a nonce before all commitments have come."""
    room = Room([Member] * size)
    room.members[-1].codes.start()
    room.drain(order)
    assert {member.last.status for member in room.members} == {"code"}
    assert len({member.last.code for member in room.members}) == 1
    assert {member.covered for member in room.members} == {frozenset(range(1, size + 1))}


@settings(max_examples=150, derandomize=True)
@given(size=sizes, before=orders, order=orders, starters=st.sets(st.integers(0, 4), min_size=2))
def test_runs_that_are_started_at_once_end_in_one(
    size: int, before: list[int], order: list[int], starters: set[int]
) -> None:
    room = Room([Member] * size)
    for number in sorted({starter % size for starter in starters}):
        room.members[number].codes.start()
        for each in before[:5]:
            room.step(each)
    room.drain(order)
    room.fire()
    room.drain()
    codes = {(member.last.code, member.covered) for member in room.members if member.last.status == "code"}
    assert len(codes) <= 1
    if codes:
        assert {member.number for member in room.members if member.last.status == "code"} == next(iter(codes))[1]


def run_of(message: CodeCommitment | CodeNonce, member: "Liar") -> Run:
    members = member.runs[message.run].members
    return Run(ROOM_HASH, decode_bytes(message.run) or b"", tuple(map(_entry, members)))


class Liar(Member):
    """Says other things to those in `others` than to the rest."""

    others: frozenset[int] = frozenset()

    def __init__(self, room: Room, number: int) -> None:
        super().__init__(room, number)
        self.runs: dict[str, CodeRun] = {}

    def note(self, message: CodeRun) -> None:
        super().note(message)
        self.runs[message.run] = message


class Equivocator(Liar):
    """Commits to another nonce for some, and says that one to them."""

    def changed(self, client: int, message: RelayMessage) -> Sequence[RelayMessage]:
        if client not in self.others or not isinstance(message, CodeCommitment | CodeNonce):
            return [message]
        nonce = b"n" * 32
        if isinstance(message, CodeNonce):
            return [CodeNonce(message.run, encode_bytes(nonce))]
        own = next(each for each in self.runs[message.run].members if each.key == f"key {self.number}")
        return [CodeCommitment(message.run, encode_bytes(run_of(message, self).commitment(_entry(own), nonce)))]


class LateChooser(Liar):
    """Says some another nonce than it has committed to."""

    def changed(self, client: int, message: RelayMessage) -> Sequence[RelayMessage]:
        is_nonce = client in self.others and isinstance(message, CodeNonce)
        return [CodeNonce(message.run, "n" * 42 + "w")] if is_nonce else [message]  # type: ignore[union-attr]


class TwiceCommitted(Liar):
    """Commits twice."""

    def changed(self, client: int, message: RelayMessage) -> Sequence[RelayMessage]:
        is_commitment = client in self.others and isinstance(message, CodeCommitment)
        return [message, CodeCommitment(message.run, "n" * 43)] if is_commitment else [message]  # type: ignore[union-attr]


class SetMaker(Liar):
    """Names one member less to some."""

    def changed(self, client: int, message: RelayMessage) -> Sequence[RelayMessage]:
        if client not in self.others or not isinstance(message, CodeRun) or len(message.members) < 3:
            return [message]
        kept = [each for each in message.members if each.key in {f"key {self.number}", f"key {client}"}]
        return [CodeRun(message.run, tuple(kept))]


@settings(max_examples=300, derandomize=True)
@given(
    size=st.integers(3, 5),
    order=orders,
    kind=st.sampled_from([Equivocator, LateChooser, TwiceCommitted, SetMaker]),
    others=st.sets(st.integers(2, 5), min_size=1),
    starter=st.integers(0, 4),
)
def test_who_cheats_makes_codes_differ_or_is_named(
    size: int, order: list[int], kind: type[Liar], others: set[int], starter: int
) -> None:
    """Never do all honest members of a set have the same code, when one has heard something else than another."""
    told = frozenset(others) & frozenset(range(2, size + 1))
    cheats = type(kind.__name__, (kind,), {"others": told})
    room = Room([cheats, *[Member] * (size - 1)])
    room.members[0 if kind is SetMaker else starter % size].codes.start()
    room.drain(order)
    room.fire()
    room.drain()
    honest = room.members[1:]
    is_other = bool(told) and (kind is not Equivocator or told != frozenset(range(2, size + 1)))
    if not is_other:
        return
    codes = [member for member in honest if member.last.status == "code"]
    for member in codes:
        others_of = [other for other in honest if other.number in member.covered]
        has_all = all(other in codes and other.last.code == member.last.code for other in others_of)
        assert not has_all or all(other.covered == member.covered for other in others_of)
        if kind is not SetMaker:
            assert not has_all
    if kind in {LateChooser, TwiceCommitted}:
        blamed = {name for member in honest for shown in member.shown if shown.why == "false" for name in shown.named}
        assert blamed == {1}


def test_a_silent_member_is_left_out_by_name_and_the_others_have_a_code() -> None:
    class Silent(Member):
        def changed(self, client: int, message: RelayMessage) -> Sequence[RelayMessage]:
            return []

    room = Room([Member, Silent, Member])
    room.members[0].codes.start()
    room.drain()
    room.fire()
    room.drain()
    one, silent, three = room.members
    assert one.last.code == three.last.code
    assert one.last.left_out == (2,)
    assert one.covered == three.covered == {1, 3}
    assert silent.last.status == "ended"


def test_who_spoils_three_runs_takes_part_in_no_more() -> None:
    """It has seen all other nonces, and says nothing: so it could choose among codes, if it had tries without end."""

    class Chooser(Member):
        def changed(self, client: int, message: RelayMessage) -> Sequence[RelayMessage]:
            return [] if isinstance(message, CodeNonce) else [message]

    room = Room([Member, Chooser, Member])
    for _ in range(3):
        room.members[0].codes.start()
        room.drain()
        assert room.members[0].last.status == "running"
        room.fire()
        room.drain()
        assert (room.members[0].last.why, room.members[0].last.named) == ("silent", (2,))
        room.fire("code-rest")
    room.members[0].codes.start()
    room.drain()
    assert room.members[0].last.status == "code"
    assert room.members[0].covered == room.members[2].covered == {1, 3}
    room.fire("code-rest")
    room.members[1].codes.start()
    room.drain()
    assert (room.members[1].last.why, room.members[1].last.ended_by) == ("barred", 1)


def test_a_set_has_256_members_at_most() -> None:
    room = Room([Member])
    (one,) = room.members
    for number in range(2, 300):
        room.members.append(Member(room, number))
    for member in room.members[1:]:
        room.name(member, 0)
    while queue := next((queue for (_, to), queue in room.queues.items() if to == 1 and queue), None):
        sender = next(pair[0] for pair, each in room.queues.items() if each is queue)
        one.take(sender, queue.popleft())
    one.codes.start()
    assert len(one.covered) == CODE_MEMBERS == 256


@pytest.mark.parametrize(("name", "why"), [(1, "changed"), (None, "left")])
def test_a_name_or_a_leave_in_between_ends_the_run_for_all(name: int | None, why: str) -> None:
    room = Room([Member] * 3)
    room.members[0].codes.start()
    if name is not None:
        room.name(room.members[1], name)
    else:
        room.members[0].codes.left(2)
        room.members[2].codes.left(2)
    room.drain()
    assert {member.last.why for member in room.members if member.shown} & {why, "differs"}
    assert room.members[0].last.status == "ended"
    assert room.members[2].shown == [] or room.members[2].last.status == "ended"


def test_a_code_is_said_in_syllables_like_those_of_rift() -> None:
    code = spoken(bytes.fromhex("7f000001") * 2)
    assert code == "lusab-babad-lusab-babad"
    assert recognise(code) == code
