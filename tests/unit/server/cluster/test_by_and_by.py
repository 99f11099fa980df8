# SPDX-License-Identifier: AGPL-3.0-only
"""What a change of the nodes means for many rooms is done by and by, and in the end [C7] [C8]."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keks_meet.protocol.limits import Limits
from keks_meet.protocol.packets import Join, WatchRooms
from keks_meet.rooms.effects import CloseClient
from keks_meet.rooms.hub import Hub
from keks_meet.server.cluster.edge import Edge
from keks_meet.server.cluster.frames import Counted, Enter, Unwatch, Watch
from keks_meet.server.cluster.home import Home
from keks_meet.server.cluster.moving import SPREAD_SECONDS, Moving
from keks_meet.server.cluster.orders import ForEdge, ForHome
from keks_meet.server.cluster.placement import home_of, share_of
from keks_meet.server.cluster.rounds import Round, at_a_time

ROOMS = [f"room {number}" for number in range(1000)]


@given(st.integers(1, 20), st.lists(st.none() | st.integers(1, 5)))
def test_a_round_visits_everything_after_its_last_beginning(size: int, acts: list[int | None]) -> None:
    """And needs no more than two ways for that, however often it is begun."""
    round_ = Round(lambda: list(range(size)))
    visits: list[set[int]] = []
    for act in acts:
        if act is None:
            visits.append(set())
            round_.begin()
        else:
            found = round_.take(act)
            for visited in visits:
                visited.update(found)
    taken = 0
    while not round_.is_over:
        found = round_.take(1)
        taken += len(found)
        for visited in visits:
            visited.update(found)
    assert all(visited == set(range(size)) for visited in visits)
    assert taken <= 2 * size


def test_who_begins_again_and_again_keeps_nobody_from_their_turn() -> None:
    round_ = Round(lambda: list(range(10)))
    seen: set[int] = set()
    for _ in range(10):
        round_.begin()
        seen.update(round_.take(1))
    assert seen == set(range(10))


def test_rooms_come_by_at_their_moments() -> None:
    """Rule [C7]."""
    moving = Moving()
    for room in ROOMS:
        moving.add(room)
    moving.plan(100.0)
    moments = {}
    for step in range(260):
        now = 100.0 + step / 100
        moments.update(dict.fromkeys(moving.due(now), now - 100))
    assert moving.is_over
    assert moments.keys() == set(ROOMS)
    assert all(-0.001 < moment - share_of(room) * SPREAD_SECONDS < 0.03 for room, moment in moments.items())
    for room in ROOMS:
        moving.remove(room)
    assert moving._parts == {}


def test_a_second_change_keeps_the_moments_of_the_first() -> None:
    """[C7]: and has all come by once more; each at most once at a time."""
    moving = Moving()
    for room in ROOMS:
        moving.add(room)
    moving.plan(0.0)
    assert moving.due(1.25)
    moving.plan(1.25)
    late = moving.due(2.5)
    assert {room for room in ROOMS if share_of(room) > 0.51} <= set(late)
    assert {room for room in ROOMS if share_of(room) < 0.49} <= set(late)
    assert len(late) == len(set(late))
    assert {room for room in ROOMS if share_of(room) > 0.51} <= set(moving.due(3.75))
    assert moving.is_over


class Watcher:
    """An edge whose one client watches very many rooms, and what it has asked of whom."""

    def __init__(self, homes: tuple[int, ...]) -> None:
        self.edge = Edge(Limits(watched_rooms=len(ROOMS)), homes, version="v", watches_enabled=True)
        self.asked: Counter[tuple[int, str]] = Counter()
        self.most = 0
        self.edge.connected(1)
        self.take(self.edge.received(1, WatchRooms(tuple(ROOMS))))

    def take(self, orders: list[Any]) -> None:
        for order in orders:
            if isinstance(order, ForHome) and isinstance(order.item, Watch | Unwatch):
                self.asked[order.node, order.item.room] += 1 if isinstance(order.item, Watch) else -1

    def tick(self) -> None:
        orders = self.edge.ticked(0.0)
        self.most = max(self.most, len(orders))
        self.take(orders)

    def rest(self, now: float) -> None:
        while self.edge._watching.is_busy:
            self.tick()
        self.edge.ticked(now)


def test_few_rooms_are_looked_at_a_time_and_all_in_the_end() -> None:
    """Rule [C8]: a node comes, and goes again while not all have been looked at."""
    watcher = Watcher((7, 8))
    watcher.edge.see((7, 8, 9), 0.0)
    watcher.tick()
    watcher.edge.see((7, 8), 1.0)
    assert watcher.edge.lost(9) == []
    watcher.rest(10.0)
    assert {place for place, count in watcher.asked.items() if count > 0} >= {
        (home_of(room, (7, 8)), room) for room in ROOMS
    }
    assert all(count <= 1 for (node, _), count in watcher.asked.items() if node != 9)
    assert 0 < watcher.most <= 2 * at_a_time(2) < len(ROOMS)
    assert not watcher.edge.is_busy


def test_rooms_of_a_node_that_begins_anew_are_asked_for_once_more() -> None:
    """[C8]: and what it says of those that it was not asked for again does not count."""
    watcher = Watcher((7, 8))
    at_seven = [room for room in ROOMS if home_of(room, (7, 8)) == 7]
    watcher.edge.heard(7, Counted(-1, at_seven[-1], 3))
    watcher.edge.lost(7)
    assert watcher.edge.heard(7, Counted(-1, at_seven[-1], 4)) == []
    watcher.rest(10.0)
    assert watcher.asked == {(home_of(room, (7, 8)), room): 1 + (room in at_seven) for room in ROOMS}
    assert watcher.edge.heard(7, Counted(-1, at_seven[-1], 3)) == [], "the client knows that"
    assert len(watcher.edge.heard(7, Counted(-1, at_seven[-1], 4))) == 1


def test_lists_of_who_is_gone_are_forgotten() -> None:
    """[S9]: by and by, and at least twice as fast as others come."""
    watcher = Watcher((7, 8))
    watcher.edge.gone(1)
    watcher.edge.connected(2)
    watcher.take(watcher.edge.received(2, WatchRooms(tuple(f"another {room}" for room in ROOMS[:500]))))
    assert not watcher.edge._watching._gone
    watcher.edge.gone(2)
    watcher.rest(10.0)
    assert set(watcher.asked.values()) == {0}
    assert watcher.edge._watching._rooms == watcher.edge._watching._lists == {}


def test_members_are_told_of_a_move_when_it_is_their_rooms_turn() -> None:
    """Rule [C7]."""
    edge = Edge(Limits(), (7, 8), version="v", watches_enabled=True)
    for id_, room in enumerate(ROOMS):
        edge.connected(id_)
        edge.received(id_, Join(room))
    edge.see((7, 8, 9), 0.0)
    closed: dict[int, float] = {}
    for step in range(260):
        orders: list[Any] = edge.ticked(step / 100)
        assert len(orders) < 30
        closed |= {order.client: step / 100 for order in orders if isinstance(order, CloseClient)}
    assert closed.keys() == {id_ for id_, room in enumerate(ROOMS) if home_of(room, (7, 8, 9)) == 9}
    assert max(closed.values()) <= SPREAD_SECONDS + 0.01


@pytest.fixture
def home() -> Home:
    home = Home(lambda: Hub(Limits(), version="v"), 7, Limits().queued_bytes)
    home.homes = (7,)
    for room in ROOMS:
        home.heard(8, Watch(-1, room))
    home.lost(8)
    return home


def test_a_lost_edge_hears_of_what_it_has_asked_for_again_alone(home: Home) -> None:
    """Rule [C3]."""
    assert not [order for order in home.heard(9, Enter(1, ROOMS[0])) if order.node == 8]
    assert home.heard(8, Watch(-1, ROOMS[0])) == [ForEdge(8, Counted(-1, ROOMS[0], 1))]
    counts = [order for order in home.heard(9, Enter(2, ROOMS[0])) if order.node == 8]
    assert counts == [ForEdge(8, Counted(-1, ROOMS[0], 2))]
    while home.is_busy:
        home.ticked()
    assert len(home.hub._clients) == 2 + 1
    assert [order.item for order in home.heard(9, Enter(3, ROOMS[0])) if order.node == 8] == [Counted(-1, ROOMS[0], 3)]


def test_lost_edges_that_come_again_and_again_leave_no_heaps(home: Home) -> None:
    for _ in range(5):
        for room in ROOMS:
            home.heard(8, Watch(-1, room))
        home.lost(8)
    assert len(home.hub._clients) <= 2 * len(ROOMS)
