# SPDX-License-Identifier: AGPL-3.0-only
"""The parts of the cluster's core, each alone."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from keks_meet.errors import MalformedPacket
from keks_meet.protocol.limits import Limits
from keks_meet.protocol.packets import Join, Relay
from keks_meet.rooms.hub import Hub
from keks_meet.server.cluster import frames
from keks_meet.server.cluster.edge import Edge
from keks_meet.server.cluster.frames import (
    Asked,
    Close,
    Counted,
    Enter,
    Frame,
    HasRoom,
    Heartbeat,
    Joined,
    Leave,
    Left,
    Parted,
    Probe,
    Said,
    Say,
    Settled,
    Watch,
)
from keks_meet.server.cluster.home import Home
from keks_meet.server.cluster.link import FRAME_BYTES, Link, Verdict
from keks_meet.server.cluster.membership import Membership, Presence
from keks_meet.server.cluster.orders import ForEdge, ForHome, WindowOpened
from keks_meet.server.cluster.placement import home_of, share_of
from keks_meet.server.cluster.watching import Watching
from keks_meet.server.cluster.windows import Windows

NODES = st.sets(st.integers(0, 2**64 - 1), min_size=1, max_size=8)
ROOMS = [f"room {number}" for number in range(2000)]


@given(NODES, st.text(max_size=128))
def test_a_room_moves_only_when_its_home_comes_or_goes(nodes: set[int], room: str) -> None:
    """Rule [C4]."""
    home = home_of(room, nodes)
    assert home in nodes
    for gone in nodes - {home}:
        assert home_of(room, nodes - {gone}) == home
    assert home_of(room, sorted(nodes, reverse=True)) == home


def test_rooms_are_spread_evenly() -> None:
    """[C4], and the moments at which they move [C7]."""
    counts = Counter(home_of(room, (11, 22, 33, 44)) for room in ROOMS)
    assert all(400 < count < 600 for count in counts.values())
    assert 900 < sum(share_of(room) < 0.5 for room in ROOMS) < 1100


@given(st.text(max_size=20), st.binary(max_size=50), st.integers(0, 2**53 - 1))
def test_what_is_written_is_read(room: str, message: bytes, client: int) -> None:
    """Rule [C2]."""
    items = (Enter(client, room), Say(client, None, message), Said(client, (1, client), message), Counted(-1, room, 3))
    frame = Frame(2**64 - 1, 1, 0, items)
    assert frames.decode_frame(frames.encode(frame)) == frame
    beat = Heartbeat(1, (2, 3), leaving=True, gone=False)
    assert frames.decode_heartbeat(frames.encode(beat)) == beat


@pytest.mark.parametrize("data", [b"", b"\x01", b"\x94\x01\x01\x00\x91\x92\x63\x01", b"\xc1", b"\x91" * 5000])
def test_what_is_no_frame_is_refused(data: bytes) -> None:
    for decode in (frames.decode_frame, frames.decode_heartbeat):
        with pytest.raises(MalformedPacket):
            decode(data)


def deliver(link: Link, sent: list[Frame]) -> list[Verdict]:
    return [link.accept(frame) for frame in sent]


def test_a_gap_begins_another_epoch_at_both_ends() -> None:
    """Rule [C3]."""
    here, there = Link(), Link()
    here.post(Enter(1, "a"))
    lost = here.take(7)
    here.post(Enter(2, "a"))
    assert deliver(there, here.take(7)) == [Verdict.BROKEN]
    assert there.epoch == 2
    assert deliver(here, there.take(8, beat=True)) == [Verdict.ANEW]
    assert deliver(there, lost) == [Verdict.STALE]
    here.post(Enter(3, "a"))
    assert deliver(there, here.take(7, beat=True)) == [Verdict.NEXT, Verdict.NEXT]


def test_the_last_frame_is_missed_as_well() -> None:
    """[C3]: a beat tells how far the sender is."""
    here, there = Link(), Link()
    here.post(Enter(1, "a"))
    here.take(7)
    assert deliver(there, here.take(7, beat=True)) == [Verdict.BROKEN]


def test_a_node_that_comes_back_begins_a_later_epoch() -> None:
    """[C3]: its peers may not have noticed that it was away."""
    here, there = Link(), Link(1 + 1)
    here.post(Enter(1, "a"))
    here.take(7)
    there.post(Enter(2, "a"))
    assert deliver(here, there.take(8)) == [Verdict.ANEW]


def test_large_messages_have_frames_of_their_own() -> None:
    link = Link()
    for _ in range(3):
        link.post(Say(1, None, b"x" * FRAME_BYTES))
    link.post(Leave(1, told=True))
    assert [len(frame.items) for frame in link.take(7)] == [1, 1, 1, 1]


def beat(node: int, *sees: int, gone: bool = False) -> Heartbeat:
    return Heartbeat(node, sees, leaving=False, gone=gone)


def test_a_node_is_alive_when_both_hear_each_other() -> None:
    """Rule [C5]."""
    membership = Membership(1)
    membership.ticked(0)
    assert not membership.knows(2)
    membership.heard(beat(2), 0)
    assert membership.knows(2)
    assert membership.heartbeat().sees == (2,)
    assert membership.homes == (1,)
    membership.heard(beat(2, 1), 0.5)
    assert membership.homes == (1, 2)
    membership.heard(beat(2), 3.0)
    assert membership.ticked(3.9).dead == ()
    assert membership.ticked(4.0).dead == (2,)
    assert membership.heard(beat(2, 1), 4.1).dead == ()
    assert membership.heard(beat(2, gone=True), 4.2).dead == (2,)


def test_a_node_that_hears_itself_no_more_is_cut_off() -> None:
    """Rule [C6]."""
    membership = Membership(1)
    membership.ticked(0)
    membership.heard(beat(1), 0.1)
    assert membership.presence is Presence.SETTLING
    membership.ticked(1.4)
    assert membership.presence is Presence.PRESENT
    membership.ticked(3.0)
    change = membership.ticked(3.2)
    assert change.is_cut_off
    assert membership.presence is Presence.ALONE


def test_a_node_that_was_stopped_is_cut_off() -> None:
    """[C6]: what it hears first when it goes on was said before."""
    membership = Membership(1)
    for now in (0.0, 1.0, 2.0):
        membership.heard(beat(1), now)
        membership.ticked(now)
    membership.heard(beat(1), 12.0)
    assert membership.ticked(12.0).is_cut_off


def test_watchers_hear_no_count_twice() -> None:
    """Rule [C8]."""
    watching = Watching()
    assert watching.replace(1, ("a", "b")) == ([], ["a", "b"], [])
    watching.asked("a", 7)
    assert watching.counted("a", 0, 7) == ()
    assert watching.counted("a", 2, 7) == (1,)
    assert watching.counted("a", 2, 7) == ()
    assert watching.counted("a", 3, 8) == (), "another node was asked"
    assert watching.replace(2, ("a",)) == ([("a", 2)], [], [])
    watching.asked("a", 8)
    assert watching.counted("a", 0, 8) == (1, 2)
    assert watching.replace(1, ()) == ([], [], [])
    assert watching.replace(2, ()) == ([], [], [("a", 8)])
    assert watching._rooms == watching._lists == {}


def test_a_window_opens_when_others_have_read() -> None:
    """Rule [C9]."""
    windows = Windows(256 * 1000)
    assert windows.has_room(1, 1000)
    assert not windows.has_room(1, 5000)
    assert not windows.send(1, 400)
    assert not windows.has_room(1, 700)
    assert windows.send(1, 200)
    assert not windows.send(1, 300), "a question is under way"
    assert not windows.has_room(1, 200)
    assert not windows.settled(1, 200)
    assert windows.has_room(1, 700)
    assert windows.ask(1)
    windows.forget(1)
    assert not windows.settled(1, 200)
    assert windows.has_room(1, 1000)


def test_a_large_message_has_to_be_asked_for() -> None:
    """Rule [C9]: it goes once nothing else is under way and all have room for it; the next one is asked for anew."""
    windows = Windows(256 * 1000)
    windows.send(1, 400)
    assert windows.ask(1, 50_000)
    assert windows.wanted(1) == 50_000
    assert not windows.has_room(1, 50_000)
    windows.settled(1, 3)
    assert windows.has_room(1, 50_000)
    assert not windows.has_room(1, 50_001)
    assert windows.send(1, 50_000), "and it is asked at once whether they have read it"
    assert windows.wanted(1) == 0
    assert not windows.has_room(1, 1)
    windows.settled(1, 3)
    assert windows.has_room(1, 16_000)
    assert not windows.has_room(1, 50_000)
    windows.ask(1, 50_000)
    windows.left(1)
    assert not windows.settled(1, 3)
    assert not windows.has_room(1, 50_000)


@pytest.mark.parametrize(("members", "most"), [(2, 16_000), (10, 5120), (50, 1024), (10_000, 1000)])
def test_members_have_windows_that_fit_into_a_queue_together(members: int, most: int) -> None:
    """Rule [C9]: but for rooms of more than fifty, where each has what it has in any case [S11]."""
    windows = Windows(256 * 1000)
    windows.send(1, 600)
    windows.settled(1, members)
    windows.send(1, 1)
    assert windows.has_room(1, most - 1)
    assert not windows.has_room(1, most)
    windows.left(1)
    assert windows.has_room(1, 999)
    assert not windows.has_room(1, 1000)


@pytest.fixture
def home() -> Home:
    home = Home(lambda: Hub(Limits(members_per_room=2), version="v"), 7, Limits().queued_bytes)
    home.homes = (7,)
    return home


def test_a_home_refuses_rooms_that_are_elsewhere(home: Home) -> None:
    """Rule [C7]."""
    home.homes = (8, 9)
    ((order),) = home.heard(8, Enter(1, "a"))
    assert isinstance(order.item, Close)
    assert home.hub.member_count == 0


@pytest.mark.parametrize("is_full", [False, True])
def test_who_is_refused_a_room_says_nothing_more_in_the_one_before(home: Home, is_full: bool) -> None:
    """[C7] [S7]: until its edge has closed it, its words are meant for the room that it wanted."""
    for client, room in ((1, "a"), (2, "a"), (3, "b"), (4, "b")):
        home.heard(8, Enter(client, room))
    if not is_full:
        home.homes = (8, 9)
    refused = home.heard(8, Enter(1, "b"))
    assert [type(order.item) for order in refused] == [Close, Parted]
    assert home.heard(8, Say(1, None, b'"x"')) == []
    assert home.heard(8, Probe(1, 9)) == []
    assert home.heard(8, Leave(1, told=False)) == [ForEdge(8, Left(1))]


def test_an_id_is_one_clients_alone(home: Home) -> None:
    """[C7] [S2]: two edges may draw the same one."""
    assert home.heard(8, Enter(1, "a")) == [ForEdge(8, Joined(1, (1,)))]
    ((order),) = home.heard(9, Enter(1, "b"))
    assert (order.node, type(order.item)) == (9, Close)
    assert home.heard(9, Say(1, None, b'"x"')) == []
    assert home.heard(9, Leave(1, told=False)) == [ForEdge(9, Left(1))]
    assert home.hub.member_count == 1


def test_a_full_room_is_told_to_the_edge(home: Home) -> None:
    for client in (1, 2):
        home.heard(8, Enter(client, "a"))
    ((order),) = home.heard(9, Enter(3, "a"))
    assert order == ForEdge(9, Close(3, 1013, "the room is full"))
    assert home.heard(9, Leave(3, told=False)) == [ForEdge(9, Left(3))]


def test_nothing_outlives_a_lost_edge(home: Home) -> None:
    """Rule [C3]."""
    home.heard(8, Enter(1, "a"))
    home.heard(9, Enter(2, "a"))
    home.heard(9, Watch(-1, "a"))
    home.heard(8, Probe(1))
    found: list[Any] = home.lost(9)
    assert {type(order.item).__name__ for order in found} == {"Parted", "Settled"}
    assert {order.node for order in found} == {8}
    home.lost(8)
    assert home.is_busy
    home.ticked()
    assert not home.is_busy
    assert home.hub._clients == home.hub._rooms == home.hub._watchers == {}
    assert home._probes == home._watches == home._watched == {}


@pytest.mark.parametrize("room", ["a", "b"])
def test_a_question_outlives_a_change_of_rooms(home: Home, room: str) -> None:
    """Rule [C9]: who has asked and enters another room of the same home, or that room again, hears the answer."""
    home.heard(8, Enter(1, "a"))
    home.heard(9, Enter(2, "a"))
    assert home.heard(8, Probe(1)) == [ForEdge(9, Asked(1, "a"))]
    home.heard(8, Enter(1, room))
    assert home.heard(9, HasRoom(1)) == [ForEdge(8, Settled(1, 2 if room == "a" else 1))]


def test_counts_are_told_at_once(home: Home) -> None:
    """Rule [C8]."""
    assert home.heard(9, Watch(-1, "a")) == [ForEdge(9, Counted(-1, "a", 0))]
    assert home.heard(8, Enter(1, "a"))[-1] == ForEdge(9, Counted(-1, "a", 1))
    assert home.heard(8, Watch(-1, "a")) == [ForEdge(8, Counted(-1, "a", 1))]


@pytest.fixture
def edge() -> Edge:
    """Return an edge with a client that moves from a room of one node to one of another."""
    edge = Edge(Limits(), (7, 8), version="v", watches_enabled=True)
    edge.connected(1)
    edge.received(1, Join(next(room for room in ROOMS if home_of(room, (7, 8)) == 7)))
    edge.received(1, Join(next(room for room in ROOMS if home_of(room, (7, 8)) == 8)))
    return edge


def test_what_is_said_while_moving_waits(edge: Edge) -> None:
    """Rule [C7]."""
    relay = Relay(message=Raw(b'"x"'))
    assert edge.received(1, relay) == []
    assert edge.heard(8, Left(1)) == [], "the old home has to say it"
    orders: list[Any] = edge.heard(7, Left(1))
    assert [type(order).__name__ for order in orders] == ["WindowOpened", "ForHome", "ForHome"]
    assert [(order.node, type(order.item)) for order in orders[1:]] == [(8, Enter), (8, Say)]


def test_who_says_much_while_moving_waits(edge: Edge) -> None:
    """[C9]: what waits for the old home is under way as well, and nobody is asked about a large message yet."""
    assert edge.received(1, Relay(message=Raw(b'"' + b"x" * 10_000 + b'"'))) == []
    much, large = (Relay(message=Raw(b'"' + b"x" * size + b'"')) for size in (10_000, 300_000))
    assert not edge.has_room(1, much)
    assert not edge.has_room(1, large)
    assert edge.wants_room(1, large) == []
    edge.heard(7, Left(1))
    assert not edge.has_room(1, large)
    (order,) = edge.heard(8, Settled(1, 2))
    assert order == WindowOpened(1)
    assert edge.wants_room(1, large) == [ForHome(8, Probe(1, 300_000 + 2 + 64))]
    edge.heard(8, Settled(1, 2))
    assert edge.has_room(1, large)


@pytest.mark.parametrize(("size", "most"), [(3, 64), (600_000, 2)])
def test_what_waits_meanwhile_is_bounded(edge: Edge, size: int, most: int) -> None:
    """Rule [C7]: packets, and bytes."""
    relay = Relay(message=Raw(b'"' + b"x" * size + b'"'))
    taken = 0
    while edge.received(1, relay) == []:
        taken += 1
    assert taken < most
    edge.gone(1)
    assert edge._clients == edge._members == edge._windows._windows == {}


def test_only_what_the_own_home_says_is_heard(edge: Edge) -> None:
    """Whatever another node says of a client is late, and of a client that is gone, too."""
    assert edge.heard(8, Joined(2, (1,))) == []
    assert len(edge.heard(7, Joined(2, (1, 99)))) == 1
    edge.gone(1)
    assert edge.heard(7, Joined(2, (1,))) == []
    assert edge.heard(7, Close(1, 1013, "full")) == []
