# SPDX-License-Identifier: AGPL-3.0-only
"""What others can make a roster do, or keep, is bounded [Y16] [Y17]."""

from collections.abc import Iterable

from keks_meet.protocol import relay_messages as say
from keks_meet.protocol.fields import MemberStatement, NameStatement
from keks_meet.protocol.wire_limits import ROSTER
from keks_meet.session import limits
from keks_meet.session import roster_orders as order_of
from keks_meet.session.pairing_orders import SealFor
from keks_meet.session.roster import Roster


def machine() -> Roster:
    roster = Roster("own")
    for client in (2, 3):
        roster.joined(client)
        roster.met(client, f"key {client}", f"instance {client}", is_complete=True)
    roster.named("me")
    for client in (2, 3):
        name = say.Identify(f"name {client}", statement=NameStatement(0, ""))
        settled(roster, roster.heard(client, name, f"key {client}", {}))
    return roster


def settled(roster: Roster, orders: Iterable[order_of.RosterOrder]) -> list[order_of.RosterOrder]:
    """Carry out what is signed and hashed; return all other orders."""
    found: list[order_of.RosterOrder] = []
    for order in orders:
        match order:
            case order_of.CheckStatement():
                found += [order, *settled(roster, roster.checked(order, is_signed=True))]
            case order_of.HashRoster(version):
                found += settled(roster, roster.hashed(version, "own hash"))
            case _:
                found.append(order)
    return found


def test_questions_are_answered_once_between_two_rosters() -> None:
    roster = machine()
    settled(roster, roster.fired())

    def ask() -> int:
        orders = [each for _ in range(100) for each in roster.heard(2, say.RosterRequest(), "key 2", {})]
        return sum(isinstance(each, order_of.SayMembers) for each in orders)

    assert ask() == 1
    late = [each for _ in range(limits.ROSTER_REPEATS) for each in settled(roster, roster.fired())]
    assert sum(isinstance(each, order_of.SayMembers) for each in late) == 1
    assert ask() == 0


def test_rosters_that_change_again_and_again_are_asked_about_once_a_pause() -> None:
    roster = machine()
    settled(roster, roster.fired())
    for pause in range(3):
        for number in range(100):
            roster.heard(2, say.Roster(f"{pause} {number}", (), (), ()), "key 2", {})
        asked = [each for each in settled(roster, roster.fired()) if isinstance(each, SealFor)]
        # A question that is not answered is the last one.
        assert len(asked) == (1 if pause == 0 else 0)


def test_an_answer_that_nobody_has_asked_for_is_ignored_and_of_others_some_names_are_verified() -> None:
    roster = machine()
    settled(roster, roster.fired())
    many = tuple(MemberStatement(number, "k", f"{number}", 0, "x", "") for number in range(50, 50 + ROSTER - 1))
    assert roster.heard(2, say.RosterMembers(many), "key 2", {}) == []
    assert roster.ignored == 1
    roster.heard(2, say.Roster("another", (), (), ()), "key 2", {})
    settled(roster, roster.fired())
    orders = roster.heard(2, say.RosterMembers(many), "key 2", {})
    assert len(orders) == limits.ROSTER_CHECKS


def test_names_of_those_who_have_left_are_kept_up_to_a_bound() -> None:
    roster = Roster("own")
    for client in range(2, 2 * limits.STATEMENTS):
        roster.joined(client)
        roster.met(client, f"key {client}", "instance", is_complete=True)
        name = say.Identify("x", statement=NameStatement(0, ""))
        settled(roster, roster.heard(client, name, f"key {client}", {}))
        roster.left(client)
    assert len(roster._book._known) == limits.STATEMENTS


def test_a_crowded_room_hides_nobody() -> None:
    roster = machine()
    for client in range(10, 10 + limits.PEERS):
        roster.joined(client)
    settled(roster, roster.fired())
    roster.heard(2, say.Roster("another", (), (), ()), "key 2", {})
    settled(roster, roster.fired())
    unseen = MemberStatement(9, "k", "i", 0, "x", "")
    assert roster.heard(2, say.RosterMembers((unseen,)), "key 2", {}) == []
