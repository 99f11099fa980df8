# SPDX-License-Identifier: AGPL-3.0-only
"""The cluster's core: a node as the edge of its clients and the home of its rooms, and its links to others. Pure.

`Core.handle` is to the shell what a hub's `handle` is: an event in, effects out. What is for other nodes waits until
`take` is asked for it. What comes from them is `opened` first, which tells the events that it means.
"""

from collections import deque
from typing import Final

from keks_meet.protocol.limits import Limits
from keks_meet.protocol.packets import Serverbound
from keks_meet.rooms.effects import Effect
from keks_meet.rooms.events import ClientConnected, ClientGone, PacketReceived
from keks_meet.rooms.hub import Hub
from keks_meet.server.cluster.edge import Edge
from keks_meet.server.cluster.events import (
    Event,
    ItemReceived,
    NodeLost,
    RoomFound,
    Ticked,
    ViewChanged,
    WasCutOff,
)
from keks_meet.server.cluster.frames import Frame, Heartbeat, Item, ToHome
from keks_meet.server.cluster.home import Home
from keks_meet.server.cluster.link import Link, Verdict
from keks_meet.server.cluster.membership import BEAT_SECONDS, Change, Membership, Presence
from keks_meet.server.cluster.moving import SPREAD_SECONDS
from keks_meet.server.cluster.orders import AwaitRoom, ForEdge, ForHome, Order, WindowOpened

__all__ = ["Core", "Outcome"]

Outcome = Effect | AwaitRoom | WindowOpened

_REMEMBERED_LINKS: Final = 1024
"""Nodes that are gone whose last epoch is remembered."""
_STRANGERS_SECONDS: Final = SPREAD_SECONDS + 0.5
"""The time after which a home closes the members of rooms that it has no longer, if their edges have not."""


class Core:
    """One node."""

    def __init__(self, me: int, limits: Limits, *, version: str, watches_enabled: bool) -> None:
        """Begin as a node that has heard of nobody, itself included. ``me`` is drawn by chance, out of 64 bits."""
        self.membership = Membership(me)
        self._me = me
        self._homes = self.membership.homes
        self._edge = Edge(limits, self._homes, version=version, watches_enabled=watches_enabled)
        # A room's full; how much is watched is the edges' matter.
        self._home = Home(lambda: Hub(limits, version=version), me, limits.queued_bytes)
        self._links: dict[int, Link] = {}
        self._epochs: dict[int, int] = {}
        self._next_beat = 0.0
        self._close_strangers = float("inf")

    @property
    def hub(self) -> Hub:
        """The hub of the rooms that have their home here."""
        return self._home.hub

    def handle(self, event: Event) -> list[Outcome]:
        """Take in one event and return its effects, in order."""
        match event:
            case ClientConnected(client):
                return self._run(self._edge.connected(client))
            case PacketReceived(client, packet):
                return self._run(self._edge.received(client, packet))
            case ClientGone(client):
                return self._run(self._edge.gone(client))
            case ItemReceived(node, item):
                heard = self._home.heard(node, item) if isinstance(item, ToHome) else self._edge.heard(node, item)
                return self._run(heard)
            case RoomFound(client, home):
                return self._run(self._edge.room_found(client, home))
        return self._about_nodes(event)

    def audience(self, client: int, packet: Serverbound) -> tuple[int, ...]:
        """Return the other clients of this node that would hear of a packet [S11]."""
        return self._edge.audience(client, packet)

    def has_room(self, client: int, packet: Serverbound) -> bool:
        """Tell whether clients of other nodes have room for a packet, as far as it is known [C9]."""
        return self._edge.has_room(client, packet)

    def wants_room(self, client: int, packet: Serverbound) -> list[Outcome]:
        """Find out whether they have."""
        return self._run(self._edge.wants_room(client, packet))

    def opened(self, frame: Frame) -> list[Event]:
        """Return what a frame means [C3]."""
        if not self.membership.knows(frame.node) or self.membership.presence is Presence.ALONE:
            return []
        verdict = self._link(frame.node).accept(frame)
        lost: list[Event] = [NodeLost(frame.node)] if verdict in {Verdict.ANEW, Verdict.BROKEN} else []
        if verdict in {Verdict.STALE, Verdict.BROKEN}:
            return lost
        return [*lost, *(ItemReceived(frame.node, item) for item in frame.items)]

    def broken(self, node: int) -> list[Event]:
        """Begin a link anew, since something on it could not be handled, and return what that means [C3]."""
        if not self.membership.knows(node):
            return []
        self._link(node).break_off()
        return [NodeLost(node)]

    def cut_off(self, now: float) -> list[Event]:
        """Close everybody and begin again, since this node cannot go on, and return what that means [C6]."""
        return self._events_of(self.membership.cut_off(), now)

    def heartbeat_heard(self, beat: Heartbeat, now: float) -> tuple[list[Event], bool]:
        """Return what a heartbeat means, and whether to answer it at once: newcomers need not wait for the next."""
        is_stranger = beat.node != self._me and not self.membership.knows(beat.node) and not beat.gone
        return self._events_of(self.membership.heard(beat, now), now), is_stranger

    def passed(self, now: float) -> tuple[list[Event], bool]:
        """Return what the time means, and whether a heartbeat is due."""
        events = [*self._events_of(self.membership.ticked(now), now), Ticked(now)]
        is_due = now >= self._next_beat
        if is_due:
            self._next_beat = now + BEAT_SECONDS
        return events, is_due

    @property
    def is_busy(self) -> bool:
        """Whether the time should be told again soon, since there is something to do by and by."""
        return self._edge.is_busy or self._home.is_busy

    def leave(self, now: float) -> list[Event]:
        """Be no room's home from now on: rooms move to others by and by."""
        self.membership.leave()
        return self._events_of(Change(), now)

    def take(self, *, beat: bool = False) -> list[tuple[int, Frame]]:
        """Return the frames that wait, and for whom; with ``beat``, each link tells how far it is [C3]."""
        if not beat:
            return [(node, frame) for node, link in self._links.items() for frame in link.take(self._me)]
        for node in self.membership.peers:
            self._link(node)
        return [(node, frame) for node, link in self._links.items() for frame in link.take(self._me, beat=True)]

    def _post(self, node: int, item: Item) -> None:
        """Put an item on its way, unless it is for a node that is gone."""
        if self.membership.knows(node):
            self._link(node).post(item)

    def _link(self, node: int) -> Link:
        link = self._links.get(node)
        if link is None:
            link = self._links[node] = Link(self._epochs.pop(node, 0) + 1)
        return link

    def _events_of(self, change: Change, now: float) -> list[Event]:
        """Return what a change of the membership means: first who is there, then who is not."""
        events: list[Event] = []
        homes = self.membership.homes
        if homes != self._homes:
            self._homes = homes
            self._close_strangers = now + _STRANGERS_SECONDS
            events.append(ViewChanged(homes, now))
        for node in change.dead:
            link = self._links.pop(node, None)
            if link is not None:
                self._remember(node, link.epoch)
            events.append(NodeLost(node))
        return [*events, WasCutOff()] if change.is_cut_off else events

    def _remember(self, node: int, epoch: int) -> None:
        while len(self._epochs) >= _REMEMBERED_LINKS:
            del self._epochs[next(iter(self._epochs))]
        self._epochs[node] = epoch

    def _about_nodes(self, event: NodeLost | ViewChanged | WasCutOff | Ticked) -> list[Outcome]:
        match event:
            case NodeLost(node):
                return self._run([*self._edge.lost(node), *self._home.lost(node)])
            case ViewChanged(homes, now):
                self._home.homes = homes
                self._edge.see(homes, now)
                return []
            case WasCutOff():
                self._home.reset()
                return self._run(self._edge.cut_off())
            case Ticked(now):
                if now >= self._close_strangers:
                    self._close_strangers = float("inf")
                    self._home.close_strangers()
                return self._run([*self._edge.ticked(now), *self._home.ticked()])

    def _run(self, orders: list[Order] | list[ForEdge]) -> list[Outcome]:
        """Bring items to where they belong: to this node's own home and edge at once, in the order of causes."""
        waiting: deque[Order] = deque(orders)
        found: list[Outcome] = []
        while waiting:
            order = waiting.popleft()
            if not isinstance(order, ForHome | ForEdge):
                found.append(order)
            elif order.node != self._me:
                self._post(order.node, order.item)
            elif isinstance(order, ForHome):
                waiting.extendleft(reversed(self._home.heard(self._me, order.item)))
            else:
                waiting.extendleft(reversed(self._edge.heard(self._me, order.item)))
        return found
