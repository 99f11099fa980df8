# SPDX-License-Identifier: AGPL-3.0-only
"""Nodes and clients in simulated time, on a bus that loses, delays and parts them. Nothing here waits for anything."""

import heapq
import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from keks_meet.protocol.limits import Limits
from keks_meet.protocol.packets import Join, Serverbound, WatchRooms
from keks_meet.rooms.effects import CloseClient, Send
from keks_meet.rooms.events import ClientConnected, ClientGone, PacketReceived
from keks_meet.server.cluster import frames
from keks_meet.server.cluster.core import Core
from keks_meet.server.cluster.events import Event, RoomFound
from keks_meet.server.cluster.membership import Presence
from keks_meet.server.cluster.orders import AwaitRoom
from tests.cluster.histories import History

TICK = 0.25
BUSY_TICK = 0.05
LIMITS = Limits(members_per_room=6, watched_rooms=3, message_bytes=64 * 1024, queued_bytes=128 * 1024)
"""With small queues, so that a few messages fill a window."""


class Time:
    """What happens when."""

    def __init__(self) -> None:
        self.now = 0.0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._due, (self.now + seconds, next(self._order), act))

    def pass_by(self, seconds: float) -> None:
        until = self.now + seconds
        while self._due and self._due[0][0] <= until:
            self.now, _, act = heapq.heappop(self._due)
            act()
        self.now = until


class Bus:
    """At most once, in order from one node to another."""

    def __init__(self, time: Time, random: Random) -> None:
        self._time = time
        self._random = random
        self._nodes: dict[int, SimNode] = {}
        self._arrivals: dict[tuple[int, int], float] = {}
        self.loss = 0.0
        self.losses: list[float] = []
        """When something was lost, but for what is cut off altogether."""
        self.parts: dict[str, int] = {}
        """The part of the network that a node is in; those of others hear nothing of it. -1: not even itself."""

    def attach(self, node: "SimNode") -> None:
        self._nodes[node.core.membership.me] = node

    def detach(self, node: "SimNode") -> None:
        self._nodes.pop(node.core.membership.me, None)

    def publish(self, sender: "SimNode", to: int | None, data: bytes) -> None:
        for id_, node in list(self._nodes.items()):
            if to not in {None, id_}:
                continue
            here, there = self.parts.get(sender.name, 0), self.parts.get(node.name, 0)
            if here < 0 or there < 0:
                continue
            if here != there or self._random.random() < self.loss:
                self.losses.append(self._time.now)
                continue
            way = (sender.core.membership.me, id_)
            arrival = max(self._arrivals.get(way, 0), self._time.now + self._random.uniform(0.0002, 0.05))
            self._arrivals[way] = arrival
            self._time.later(arrival - self._time.now, lambda node=node: node.receive(to is None, data))  # type: ignore[misc]


class SimNode:
    """A shell without sockets."""

    def __init__(self, name: str, id_: int, bus: Bus, time: Time) -> None:
        self.name = name
        self.core = Core(id_, LIMITS, version="v", watches_enabled=True)
        self.clients: dict[int, SimClient] = {}
        self.is_dead = False
        self.missed: deque[Callable[[], None]] | None = None
        """What happens to it while it is stopped."""
        self._bus = bus
        self._time = time
        self._events: deque[Event] = deque()
        self._is_handling = False
        bus.attach(self)
        self._tick()

    @property
    def is_ready(self) -> bool:
        return not self.is_dead and self.missed is None and self.core.membership.presence is Presence.PRESENT

    def crash(self) -> None:
        self.is_dead = True
        self._bus.detach(self)
        for id_, client in self.clients.items():
            client.lost(id_)
        self.clients = {}

    def stop(self) -> None:
        self.missed = deque() if self.missed is None else self.missed

    def go_on(self) -> None:
        missed, self.missed = self.missed or (), None
        self._look()
        for act in missed:
            act()

    def say_goodbye(self) -> None:
        self._bus.publish(self, None, frames.encode(self.core.membership.heartbeat(gone=True)))
        self.crash()

    def when_running(self, act: Callable[[], None]) -> None:
        if self.missed is not None:
            self.missed.append(act)
        elif not self.is_dead:
            act()

    def receive(self, is_for_all: bool, data: bytes) -> None:
        self.when_running(lambda: self._received(is_for_all, data))

    def _received(self, is_for_all: bool, data: bytes) -> None:
        if is_for_all:
            events, is_stranger = self.core.heartbeat_heard(frames.decode_heartbeat(data), self._time.now)
            self.happened(*events)
            if is_stranger:
                self._beat()
        else:
            self.happened(*self.core.opened(frames.decode_frame(data)))

    def happened(self, *events: Event) -> None:
        self._events += events
        if self._is_handling:
            return
        self._is_handling = True
        while self._events:
            for outcome in self.core.handle(self._events.popleft()):
                self._carry_out(outcome)
        self._is_handling = False
        self._flush()

    def _carry_out(self, outcome: Any) -> None:
        match outcome:
            case Send(recipients, packet):
                assert len(set(recipients)) == len(recipients)
                for recipient in recipients:
                    if recipient in self.clients:
                        self.clients[recipient].hear(recipient, packet)
            case CloseClient(client):
                if client in self.clients:
                    self.clients.pop(client).lost(client)
                    self.happened(ClientGone(client))
            case AwaitRoom(client, home):
                self.happened(RoomFound(client, home))

    def _tick(self) -> None:
        if not self.is_dead:
            self._time.later(BUSY_TICK if self.core.is_busy else TICK, self._tick)
            if self.missed is None:
                self._look()

    def _look(self) -> None:
        events, is_due = self.core.passed(self._time.now)
        self.happened(*events)
        if is_due:
            self._beat()
            self._flush(beat=True)

    def _beat(self) -> None:
        self._bus.publish(self, None, frames.encode(self.core.membership.heartbeat()))

    def _flush(self, *, beat: bool = False) -> None:
        for node, frame in self.core.take(beat=beat):
            self._bus.publish(self, node, frames.encode(frame))


@dataclass
class SimClient:
    """A client that comes back when it loses its connection, and wants what it wanted."""

    world: "World"
    node: SimNode | None = None
    history: History | None = None
    room: str | None = None
    watched: tuple[str, ...] = ()
    id: int = 0

    def connect(self) -> None:
        nodes = [node for node in self.world.nodes.values() if node.is_ready]
        if not nodes:
            self.world.time.later(0.3, self.connect)
            return
        self.node = self.world.random.choice(nodes)
        self.history = History(self.node.name)
        self.world.histories.append(self.history)
        self.id = self.world.random.randrange(2**53)
        self.node.clients[self.id] = self
        self.node.happened(ClientConnected(self.id))
        if self.watched:
            self.say(WatchRooms(self.watched))
        if self.room is not None:
            self.say(Join(self.room))

    def say(self, packet: Serverbound) -> None:
        if self.history is None or self.node is None:
            return
        self.history.say(packet, self.world.time.now)
        node, id_ = self.node, self.id
        node.when_running(lambda: node.happened(PacketReceived(id_, packet)))

    def enter(self, room: str | None) -> None:
        self.room = room
        self.say(Join(room))

    def watch(self, rooms: tuple[str, ...]) -> None:
        if not self.watched:
            self.watched = rooms
            self.say(WatchRooms(rooms))

    def relay(self, to: "SimClient | None") -> None:
        if self.history is not None and self.room is not None:
            self.say(self.history.relay(None if to is None else to.id, self.room))

    def hear(self, id_: int, packet: Any) -> None:
        if self.history is not None and id_ == self.id:
            self.history.hear(packet, self.world.time.now)

    def hang_up(self) -> None:
        node, id_ = self.node, self.id
        self.lost(id_)
        if node is not None:
            node.when_running(lambda: (node.clients.pop(id_, None), node.happened(ClientGone(id_)))[1])

    def lost(self, id_: int) -> None:
        """Take note that a connection is over, and make another one."""
        if self.history is not None and id_ == self.id:
            self.history.ended = self.world.time.now
            self.history = self.node = None
            self.world.time.later(self.world.random.uniform(0.2, 1.0), self.connect)


@dataclass
class World:
    """All of it."""

    seed: int
    time: Time = field(default_factory=Time)
    nodes: dict[str, SimNode] = field(default_factory=dict)
    clients: list[SimClient] = field(default_factory=list)
    histories: list[History] = field(default_factory=list)
    frozen: list[tuple[str, float, float]] = field(default_factory=list)
    failures: list[float] = field(default_factory=list)
    is_healed: bool = False

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311
        self.bus = Bus(self.time, self.random)

    def start(self, name: str) -> None:
        """Start a node, or start it again."""
        if name not in self.nodes or self.nodes[name].is_dead:
            self.nodes[name] = SimNode(name, self.random.randrange(2**64), self.bus, self.time)

    def add_client(self) -> SimClient:
        client = SimClient(self)
        self.clients.append(client)
        client.connect()
        return client

    def stop(self, name: str, seconds: float) -> None:
        node = self.nodes[name]
        if node.missed is None:
            node.stop()
            self.frozen.append((name, self.time.now, self.time.now + seconds))
            self.failures.append(self.time.now + seconds)
            self.time.later(seconds, node.go_on)
