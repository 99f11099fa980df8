# SPDX-License-Identifier: AGPL-3.0-only
"""Nodes on a bus that loses, delays and parts them: every client's history is one that the protocol allows [C1]."""

from collections.abc import Sequence
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cluster.checker import Troubles, check
from tests.unit.server.cluster.simulation import World

NODES = ("ann", "bob", "cay")
ROOMS = ("red", "green", "blue", "white")
DISAGREEMENT = 4.0
REST = 12.0

client_acts = st.tuples(
    st.sampled_from(["enter", "enter", "relay", "relay", "tell", "leave", "watch", "hang up"]),
    st.integers(0, 7),
    st.integers(0, 7),
)
faults = st.tuples(
    st.sampled_from(["crash", "goodbye", "stop", "part", "cut off", "lose", "heal", "start", "drain", "break", "fail"]),
    st.integers(0, 2),
    st.just(0),
)
steps = st.tuples(st.floats(0, 2.5), client_acts | faults)


def act(world: World, what: str, first: int, second: int) -> None:
    if what in {"crash", "goodbye", "stop", "part", "cut off", "start", "drain"}:
        break_node(world, what, NODES[first])
    elif what in {"break", "fail"}:
        begin_again(world, what, NODES[first])
    elif what in {"lose", "heal"}:
        world.bus.loss = 0.05 if what == "lose" else 0.0
    else:
        clients = world.clients
        client, other = clients[first % len(clients)], clients[second % len(clients)]
        {
            "enter": lambda: client.enter(ROOMS[second % len(ROOMS)]),
            "leave": lambda: client.enter(None),
            "relay": lambda: client.relay(None),
            "tell": lambda: client.relay(other) if other is not client else None,
            "watch": lambda: client.watch(ROOMS[second % len(ROOMS) :][:3]),
            "hang up": client.hang_up,
        }[what]()


def break_node(world: World, what: str, name: str) -> None:
    node = world.nodes[name]
    world.failures.append(world.time.now)
    match what:
        case "start":
            world.start(name)
        case "crash" if not node.is_dead:
            node.crash()
        case "goodbye" if not node.is_dead and node.missed is None:
            node.say_goodbye()
        case "stop" if not node.is_dead:
            world.stop(name, 10.0)
        case "part":
            world.bus.parts[name] = 1 - world.bus.parts.get(name, 0)
        case "cut off":
            world.bus.parts[name] = -1
        case "drain" if not node.is_dead and node.missed is None:
            node.happened(*node.core.leave(world.time.now))


def begin_again(world: World, what: str, name: str) -> None:
    """Have a node make a mistake: after it, it begins a link anew, or everything."""
    node = world.nodes[name]
    world.failures.append(world.time.now)
    if node.is_dead or node.missed is not None:
        return
    if what == "fail":
        node.happened(*node.core.cut_off(world.time.now))
    for peer in node.core.membership.peers[:1]:
        node.happened(*node.core.broken(peer))


def heal(world: World) -> None:
    """Mend all, and wait until everything has come to rest."""
    world.is_healed = True
    world.failures.append(world.time.now)
    world.bus.loss = 0.0
    world.bus.parts.clear()
    for name in NODES:
        world.start(name)
    world.time.pass_by(11.0 + REST)


def settled_world(seed: int, clients: int = 8) -> World:
    world = World(seed)
    for name in NODES:
        world.start(name)
    world.time.pass_by(2.5)
    for place in range(clients):
        client = world.add_client()
        client.watch(ROOMS[place % 3 :][:3])
        client.enter(ROOMS[place % 2])
    chatter(world)
    return world


def chatter(world: World) -> None:
    """Have somebody say something all the time."""
    if not world.is_healed:
        world.random.choice(world.clients).relay(None)
        world.time.later(0.05, lambda: chatter(world))


def open_questions(world: World) -> list[int]:
    """Return the clients who have asked what others have read, and were not told [C9]: they would wait for ever."""
    edges = [node.core._edge for node in world.nodes.values()]
    return [id_ for edge in edges for id_, window in edge._windows._windows.items() if window.asked is not None]


def run(seed: int, acts: Sequence[tuple[float, tuple[str, int, int]]]) -> None:
    world = settled_world(seed)
    for pause, step in acts:
        act(world, *step)
        world.time.pass_by(pause)
    heal(world)
    failures = [*world.failures, *world.bus.losses]
    troubles = Troubles(DISAGREEMENT, failures, world.frozen)
    assert check(world.histories, world.time.now, troubles, is_quiet=True) == []
    assert open_questions(world) == []


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.lists(steps, min_size=8, max_size=30), st.sampled_from([1, 2400]))
def test_whatever_fails_histories_are_allowed(
    seed: int, acts: list[tuple[float, tuple[str, int, int]]], effort: int
) -> None:
    """Also when a node looks at one room at a time, as it would at many."""
    with patch("keks_meet.server.cluster.rounds._EFFORT", effort):
        run(seed, acts)
