# SPDX-License-Identifier: AGPL-3.0-only
"""Large messages of a room are under way one after the other [C9]."""

from hypothesis import given
from hypothesis import strategies as st

from keks_meet.protocol.limits import Limits
from keks_meet.rooms.hub import Hub
from keks_meet.server.cluster.frames import Asked, Enter, HasRoom, Leave, Probe, Said, Say, Settled
from keks_meet.server.cluster.home import Home
from keks_meet.server.cluster.orders import ForEdge
from keks_meet.server.cluster.turns import Turns

QUEUE = 4000
LARGE = b'"' + b"x" * 2000 + b'"'

acts = st.tuples(st.sampled_from(["wait", "over"]), st.integers(0, 7), st.sampled_from("ab"), st.integers(1, 2000))


@given(st.lists(acts))
def test_so_many_are_under_way_as_fit(acts: list[tuple[str, int, str, int]]) -> None:
    """And everybody has a turn, in order."""
    turns = Turns(QUEUE)
    wanted: dict[int, tuple[str, int]] = {}
    under_way: dict[int, tuple[str, int]] = {}

    def begin(found: list[tuple[int, int]]) -> None:
        for client, size in found:
            assert wanted[client][1] == size
            under_way[client] = wanted.pop(client)
        for room in "ab":
            sizes = [size for place, size in under_way.values() if place == room]
            assert sum(sizes) <= QUEUE // 4 or len(sizes) == 1
            assert sizes or not [size for place, size in wanted.values() if place == room]

    def end(client: int) -> None:
        wanted.pop(client, None)
        under_way.pop(client, None)

    for act, client, room, size in acts:
        end(client)
        if act == "wait":
            wanted[client] = (room, size)
            begin(turns.wait(client, room, size))
        else:
            begin(turns.over(client))
    while under_way:
        client = next(iter(under_way))
        end(client)
        begin(turns.over(client))
    assert not wanted
    assert turns._rooms == turns._of == {}


def room_of_three() -> Home:
    """Return a home with senders 1 and 2 at edges 8 and 9, and a reader at edge 9."""
    home = Home(lambda: Hub(Limits(), version="v"), 7, QUEUE)
    home.homes = (7,)
    for edge, client in ((8, 1), (9, 2), (9, 3)):
        home.heard(edge, Enter(client, "a"))
    return home


def test_the_next_one_is_asked_for_behind_the_message() -> None:
    """So that readers' edges have accounted that when they look whether there is room for another."""
    home = room_of_three()
    assert home.heard(8, Probe(1, 2000)) == [ForEdge(9, Asked(1, "a", 2000))]
    assert home.heard(9, Probe(2, 2000)) == []
    assert home.heard(9, HasRoom(1)) == [ForEdge(8, Settled(1, 3))]
    orders = home.heard(8, Say(1, None, LARGE))
    assert orders == [ForEdge(9, Said(1, (2, 3), LARGE)), ForEdge(8, Asked(2, "a", 2000))]


def test_who_goes_gives_its_turn_away() -> None:
    for go in (lambda home: home.heard(8, Leave(1, told=False)), lambda home: home.lost(8)):
        home = room_of_three()
        home.heard(8, Probe(1, 2000))
        home.heard(9, Probe(2, 2000))
        orders = go(home)
        assert ForEdge(9, Settled(2, 2)) in orders, "all others are at its own edge now"
        home.heard(9, Leave(2, told=False))
        assert home._turns._of == {}
