# SPDX-License-Identifier: AGPL-3.0-only
"""Whom members see: honesty warns nobody, and whoever says two things, or withholds, is found [Y15] to [Y18]."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from keks_meet.protocol import relay_messages as say
from keks_meet.protocol.fields import MemberStatement, NameStatement
from tests.unit.session.rosters import Member, Packet, Room, signature_of

acts = st.sampled_from(
    [
        "join",
        *["read"] * 4,
        *["take"] * 4,
        *["fire"] * 2,
        *["go on"] * 5,
        "rename",
        "rename",
        "renew",
        "chat",
        "leave",
        "reconnect",
        "notice",
    ]
)
steps = st.lists(st.tuples(acts, st.integers(0, 9), st.integers(1, 8)), min_size=10, max_size=120)


def room_of_three() -> Room:
    """Return a room whose members have met."""
    room = Room()
    for name in ("alice", "bob", "carol"):
        room.join(name)
    room.pass_time(2)
    return room


def rest_unwarned(room: Room) -> None:
    """Let all come to rest: nobody was warned, those who have left included."""
    room.pass_time()
    for member in (*room.members, *room.left):
        assert member.warnings == []


@settings(max_examples=400, derandomize=True)
@given(steps=steps)
def test_an_honest_room_warns_nobody(steps: list[tuple[str, int, int]]) -> None:
    """Whoever joins, renames itself, leaves, is lost or stands still meanwhile, and however slow the network is."""
    room = room_of_three()
    for step in steps:
        room.do(*step)
    rest_unwarned(room)
    assert len({each.roster._hash for each in room.members}) == 1


@settings(max_examples=100, derandomize=True)
@given(steps=st.lists(st.tuples(acts, st.integers(0, 9), st.integers(1, 4)), max_size=30))
def test_a_call_in_an_honest_room_warns_nobody(steps: list[tuple[str, int, int]]) -> None:
    """Whoever joins, renames itself, leaves, is lost or stands still for some pauses meanwhile."""
    room = room_of_three()
    for step in steps:
        room.do(*step)
        for member in room.members:
            member.is_talking = True
        room.pass_time(2)
    rest_unwarned(room)


stills = st.tuples(
    st.sampled_from(["join", "reconnect", "rename", "chat"]),
    st.integers(0, 3),
    st.integers(0, 10),
    st.integers(0, 10),
    st.integers(0, 5),
    st.sampled_from(["", "leave", "notice"]),
)


@settings(max_examples=400, derandomize=True)
@given(moments=st.lists(stills, min_size=1, max_size=5))
def test_who_stands_still_in_the_middle_of_something_warns_nobody(
    moments: list[tuple[str, int, int, int, int, str]],
) -> None:
    """Some of what it is to hear is heard, some of what it says is read, and for some pauses nothing more."""
    room = room_of_three()
    for act, who, taken, read, pauses, end in moments:
        room.do(act, who, 1)
        still = len(room.members) - 1 if act == "join" else who % len(room.members)
        for _ in range(2):
            room.read(still, 1)
            room.go_on(still, is_timed=False)
            room.do("take", still, taken)
            room.read(still, read)
        for _ in range(pauses):
            room.go_on(still)
        room.do(end, still, 1)
    rest_unwarned(room)
    assert len({each.roster._hash for each in room.members}) == 1


def met(*kinds: type[Member]) -> tuple[Room, list[Member]]:
    """Return a room in which all have met."""
    room = Room()
    members = [room.join(name, kind) for name, kind in zip(("alice", "bob", "carol", "dora"), kinds, strict=False)]
    room.pass_time()
    return room, members


def abouts(member: Member) -> list[tuple[Any, ...]]:
    return [(each.client, each.about, each.names, each.witness) for each in member.warnings]


class TwoFaced(Member):
    """A member that says other names to those with odd ids, and signs both."""

    def seal(self, client: int, message: say.RelayMessage) -> None:
        if isinstance(message, say.Identify) and message.statement and client % 2:
            name = f"not {message.username}"
            made = NameStatement(message.statement.number, self.sign(message.statement.number, name))
            message = replace(message, username=name, statement=made)
        super().seal(client, message)


@pytest.mark.parametrize("extra", [0, 1])
def test_who_says_two_names_is_found_by_all(extra: int) -> None:
    """Also by the one to whom others say what they have heard, and whatever happens later."""
    _, members = met(Member, Member, TwoFaced, *[Member] * extra)
    two_faced = members[2]
    for member in members:
        expected = [] if member is two_faced else [(two_faced.id, "contradicts", 2)]
        assert [(client, about, len(names)) for client, about, names, _ in abouts(member)] == expected
    assert len({member.roster._hash for member in members if member is not two_faced}) == 1


def test_who_has_left_a_name_behind_is_found_by_who_comes_later() -> None:
    room, (alice, bob, carol) = met(Member, Member, TwoFaced)
    carol.rename("caroline")
    dora = room.join("dora")
    room.pass_time()
    assert [about for _, about, _, _ in abouts(dora)] == ["contradicts"]
    assert alice.roster._hash == bob.roster._hash == dora.roster._hash


class Keeping(Member):
    """A member that says its new names to the second one alone."""

    def say(self, message: say.RelayMessage) -> None:
        for client in sorted(self.waiting)[1 if isinstance(message, say.Identify) else 0 :]:
            self.say_to(client, message)


def test_who_keeps_a_name_back_is_found_once_it_speaks() -> None:
    room, (alice, bob, carol) = met(Member, Member, Keeping)
    carol.rename("caroline")
    room.pass_time()
    assert abouts(alice) == [(carol.id, "contradicts", ("carol", "caroline"), None)]
    assert abouts(bob) == abouts(carol) == []


class Leaping(Member):
    """A member with two names, which uses no number twice: one is for those with odd ids."""

    made = 0

    def seal(self, client: int, message: say.RelayMessage) -> None:
        for _ in range(2):
            self.made += 1
            name = "carol" if client % 2 else "eve"
            made = NameStatement(self.made, self.sign(self.made, name))
            super().seal(client, say.Identify(name, self.instance, statement=made))
        if not isinstance(message, say.Identify):
            super().seal(client, message)


def test_who_leaps_over_its_numbers_is_found() -> None:
    _, (alice, bob, carol) = met(Member, Member, Leaping)
    for member in (alice, bob):
        assert {(client, about) for client, about, _, _ in abouts(member)} <= {(carol.id, "contradicts")}
    assert {names for _, _, names, _ in abouts(alice) + abouts(bob)} <= {("carol", "eve"), ("eve", "carol")}
    assert abouts(alice) or abouts(bob)


class Renumbering(TwoFaced):
    """A member with two names, which says something new again and again, so that nobody would ever ask."""

    def fire(self) -> None:
        super().fire()
        self.rename(f"{self.name.rstrip('!')}{'!' * (not self.name.endswith('!'))}")


def test_who_changes_again_and_again_is_asked_about_all_the_same() -> None:
    _, (alice, bob, carol) = met(Member, Member, Renumbering)
    for member in (alice, bob):
        assert [(client, about) for client, about, _, _ in abouts(member)] == [(carol.id, "contradicts")]


class Hiding(Room):
    """A server that hides a member from others, or what it says, from some moment on."""

    hidden: Callable[[int, Packet], bool] = staticmethod(lambda _client, _packet: False)

    def tell(self, client: int, packet: Packet) -> None:
        if not self.hidden(client, packet):
            super().tell(client, packet)


def test_a_member_that_is_hidden_from_one_is_found() -> None:
    room = Hiding()
    alice, bob = room.join("alice"), room.join("bob")
    room.pass_time()
    room.hidden = lambda client, packet: client == alice.id and packet[1] not in {bob.id}
    room.join("carol")
    room.pass_time()
    assert abouts(alice) == [(None, "withheld", ("carol",), bob.id)]
    assert abouts(bob) == []


def test_a_member_that_is_said_to_have_left_is_found() -> None:
    room = Hiding()
    alice, bob, carol = (room.join(name) for name in ("alice", "bob", "carol"))
    room.pass_time()
    alice.incoming.append(("leave", carol.id))
    room.hidden = lambda client, packet: client == alice.id and packet[1] == carol.id
    room.pass_time()
    assert abouts(alice) == [(None, "withheld", ("carol",), bob.id)]


@pytest.mark.parametrize("is_renamed", [True, False])
def test_what_one_does_not_hear_of_a_member_is_noticed(is_renamed: bool) -> None:
    room = Hiding()
    alice, bob, carol = (room.join(name) for name in ("alice", "bob", "carol"))
    room.pass_time()
    room.hidden = lambda client, packet: client == alice.id and packet[:2] == ("from", carol.id)
    if is_renamed:
        carol.rename("caroline")
    room.pass_time(48)
    assert abouts(alice) == [(carol.id, "withheld", None, bob.id)]
    assert abouts(bob) == abouts(carol) == []


@pytest.mark.parametrize("is_talking", [False, True])
def test_a_room_of_two_has_the_call_for_a_witness_if_there_is_one(is_talking: bool) -> None:
    room = Hiding()
    alice, bob = room.join("alice"), room.join("bob")
    alice.is_talking = bob.is_talking = is_talking
    room.pass_time()
    room.hidden = lambda client, packet: client == alice.id and packet[0] == "from"
    bob.rename("robert")
    room.pass_time(48)
    assert abouts(alice) == ([(bob.id, "unheard", None, None)] if is_talking else [])
    assert bob.warnings == []


class Lying(Member):
    """A member that says what it likes to others in its rosters and answers."""

    def lie(self, message: say.RelayMessage) -> say.RelayMessage:
        return message

    def seal(self, client: int, message: say.RelayMessage) -> None:
        super().seal(client, self.lie(message))


class Boasting(Lying):
    """It says that others have said more than they have."""

    def lie(self, message: say.RelayMessage) -> say.RelayMessage:
        if isinstance(message, say.Roster):
            return replace(message, told=tuple(each + 50 for each in message.told))
        return message


def test_who_speaks_is_withheld_by_nobody_whatever_a_witness_says() -> None:
    room, members = met(Member, Member, Boasting)
    room.pass_time(96)
    assert [abouts(each) for each in members] == [[], [], []]
    assert members[0].roster.ignored > 0


class Forging(Lying):
    """It answers with statements that nobody has signed, of who is there and of who is not."""

    def lie(self, message: say.RelayMessage) -> say.RelayMessage:
        if isinstance(message, say.Roster):
            return replace(message, hash=f"something else than {sum(self.sent.values())}")
        if isinstance(message, say.RosterMembers):
            forged = [replace(each, name="forged", number=number) for each in message.members for number in (0, 7)]
            ghosts = [replace(forged[0], id=9000 + number, instance=f"ghost {number}") for number in range(300)]
            return replace(message, members=(*forged, *ghosts))
        return message


class Mixing(Lying):
    """It answers with an old name of somebody as the newest one of everybody else."""

    def lie(self, message: say.RelayMessage) -> say.RelayMessage:
        if isinstance(message, say.RosterMembers):
            ids = [each.id for each in message.members]
            return replace(message, members=tuple(replace(each, id=id_) for each in message.members for id_ in ids))
        is_roster = isinstance(message, say.Roster)
        return replace(message, hash=f"not {sum(self.sent.values())}") if is_roster else message


def test_nobody_is_blamed_for_what_somebody_else_has_signed() -> None:
    room, members = met(Member, Member, Mixing)
    members[0].rename("alicia")
    room.pass_time(48)
    assert [abouts(each) for each in members] == [[], [], []]


def test_nobody_is_blamed_for_what_nobody_has_signed() -> None:
    room, members = met(Member, Member, Forging)
    room.pass_time(48)
    assert [abouts(each) for each in members] == [[], [], []]


class Inventing(Forging):
    """It answers with members that it has made up, key and all."""

    def lie(self, message: say.RelayMessage) -> say.RelayMessage:
        if isinstance(message, say.RosterMembers):
            made = ("key", "made up", 0, "somebody")
            ghosts = [MemberStatement(9000 + number, *made, signature_of(*made)) for number in range(20)]
            return replace(message, members=(*message.members, *ghosts))
        return super().lie(message)


def test_who_makes_members_up_stands_as_the_witness_once() -> None:
    room, (alice, bob, carol) = met(Member, Member, Inventing)
    room.pass_time(48)
    for member in (alice, bob):
        assert abouts(member) == [(None, "withheld", ("somebody",), carol.id)]
