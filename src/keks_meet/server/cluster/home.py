# SPDX-License-Identifier: AGPL-3.0-only
"""The home: the hub of the rooms that this node has [C4]. Pure.

The hub's clients are those in its rooms, whatever edge they are connected to, and one for each room that an edge
watches. The latter have negative ids, which no client has.
"""

from collections.abc import Callable
from typing import Final

from msgspec import Raw

from keks_meet.protocol.close_codes import CloseCode
from keks_meet.protocol.packets import Init, Join, Relay, RoomInfo, WatchRooms
from keks_meet.rooms.effects import CloseClient, Effect, Send
from keks_meet.rooms.events import ClientConnected, ClientGone, PacketReceived
from keks_meet.rooms.hub import Hub
from keks_meet.server.cluster.attendance import Attendance
from keks_meet.server.cluster.deliveries import delivery_of
from keks_meet.server.cluster.frames import (
    NOBODY,
    Asked,
    Close,
    Counted,
    Enter,
    HasRoom,
    Leave,
    Left,
    Probe,
    Say,
    Settled,
    ToEdge,
    ToHome,
    Unwatch,
    Watch,
)
from keks_meet.server.cluster.orders import ForEdge
from keks_meet.server.cluster.placement import home_of
from keks_meet.server.cluster.rounds import Round, at_a_time
from keks_meet.server.cluster.turns import Turns

__all__ = ["Home"]

_ELSEWHERE: Final = "this room is at another node"
_CLASH: Final = "somebody else has this id"
_AT_LEAST: Final = 2
"""So many watches of lost edges end with each that begins: they never are more than there were."""


class Home:
    """The rooms of this node."""

    def __init__(self, hub: Callable[[], Hub], me: int, queued_bytes: int) -> None:
        """Begin without rooms; ``hub`` makes one that is empty. Readers' queues hold so many bytes."""
        self._make_hub = hub
        self._queued_bytes = queued_bytes
        self._me = me
        self.homes: tuple[int, ...] = (me,)
        """The nodes that rooms have their homes at."""
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.hub = self._make_hub()
        self._present = Attendance()
        self._watches: dict[int, dict[str, int]] = {}
        """For each edge the rooms that it watches, and the ids that the hub knows these watches by."""
        self._watched: dict[int, tuple[int, str]] = {}
        self._lost_watches: list[dict[str, int]] = []
        """Of edges that were lost. They count no more, and end by and by, since there may be very many."""
        self._strangers = Round(self._present.rooms)
        self._last_watch = 0
        self._probes: dict[int, set[int]] = {}
        self._turns = Turns(self._queued_bytes)

    def heard(self, edge: int, item: ToHome) -> list[ForEdge]:
        """Take what an edge says."""
        match item:
            case Watch():
                return self._watch(edge, item.room)
            case Unwatch():
                return self._unwatch(edge, item.room)
            case Enter():
                return self._enter(edge, item.client, item.room)
            case HasRoom():
                return self._has_room(edge, item.client)
        if self._present.edge_of(item.client) == edge:
            return self._from_member(edge, item)
        return [ForEdge(edge, Left(item.client))] if isinstance(item, Leave) else []

    def lost(self, edge: int) -> list[ForEdge]:
        """Let go of all that was at an edge that is lost."""
        found: list[ForEdge] = []
        if watches := self._watches.pop(edge, None):
            self._lost_watches.append(watches)
        for client in self._present.clients_of(edge):
            found += self._gone(client)
        for client in [client for client, edges in self._probes.items() if edge in edges]:
            found += self._has_room(edge, client)
        return [order for order in found if order.node != edge]

    def close_strangers(self) -> None:
        """Close the members of rooms that have their homes elsewhere, whose edges have not done so, by and by."""
        self._strangers.begin()

    @property
    def is_busy(self) -> bool:
        """Whether the next tick should come soon, as there is something to do by and by."""
        return bool(self._lost_watches) or not self._strangers.is_over

    def ticked(self) -> list[ForEdge]:
        """Do some of what is done by and by."""
        most = at_a_time(len(self.homes))
        self._end_watches(most)
        return [
            ForEdge(edge, Close(client, CloseCode.GOING_AWAY, _ELSEWHERE))
            for room in self._strangers.take(most)
            if home_of(room, self.homes) != self._me
            for edge, client in self._present.members(room)
        ]

    def _from_member(self, edge: int, item: Leave | Say | Probe) -> list[ForEdge]:
        match item:
            case Leave(client, told):
                heard = self._carry_out(PacketReceived(client, Join())) if told else []
                return [*heard, *self._gone(client), ForEdge(edge, Left(client))]
            case Say(client, recipient, message):
                said = self._carry_out(PacketReceived(client, Relay(recipient=recipient, message=Raw(message))))
                # What is asked of readers now comes to them behind the message, which is accounted by then.
                return said + self._ask(self._turns.over(client))
            case Probe(client, size):
                return self._probe(client, size)

    def _enter(self, edge: int, client: int, room: str) -> list[ForEdge]:
        """Let a client into a room of this node, under its own id.

        A question of it that is open stays so: it is about what the room before has to read. Who is refused is in no
        room any more: what it says until its edge has closed it is meant for the one that it wanted.
        """
        known = self._present.edge_of(client)
        if home_of(room, self.homes) != self._me:
            gone = self._gone(client) if known == edge else []
            return [ForEdge(edge, Close(client, CloseCode.TRY_LATER, _ELSEWHERE)), *gone]
        if known is None:
            self.hub.handle(ClientConnected(client))  # the edge has greeted it
        elif known != edge:
            return [ForEdge(edge, Close(client, CloseCode.TRY_LATER, _CLASH))]
        before = self._present.room_of(client)
        self._present.enter(edge, client, room)
        effects = self.hub.handle(PacketReceived(client, Join(room)))
        if any(isinstance(effect, CloseClient) for effect in effects):
            self._present.enter(edge, client, before)
            return [*self._orders(effects), *self._gone(client)]
        return self._orders(effects)

    def _gone(self, client: int) -> list[ForEdge]:
        self._probes.pop(client, None)
        self._present.leave(client)
        return self._carry_out(ClientGone(client)) + self._ask(self._turns.over(client))

    def _watch(self, edge: int, room: str) -> list[ForEdge]:
        """Have an edge hear a room's count from now on, and answer with the count of now."""
        watches = self._watches.setdefault(edge, {})
        if room not in watches:
            self._end_watches(_AT_LEAST)
            self._last_watch -= 1
            watch = self._last_watch + NOBODY
            watches[room] = watch
            self._watched[watch] = (edge, room)
            self.hub.handle(ClientConnected(watch))
            self.hub.handle(PacketReceived(watch, WatchRooms((room,))))
        return [ForEdge(edge, Counted(NOBODY, room, self._present.count(room)))]

    def _unwatch(self, edge: int, room: str) -> list[ForEdge]:
        watches = self._watches.get(edge, {})
        watch = watches.pop(room, None)
        if watch is None:
            return []
        if not watches:
            del self._watches[edge]
        return self._end_watch(watch)

    def _end_watches(self, most: int) -> None:
        """End so many watches of edges that were lost, of which nobody hears."""
        while self._lost_watches and most > 0:
            watches = self._lost_watches[-1]
            self._end_watch(watches.popitem()[1])
            if not watches:
                self._lost_watches.pop()
            most -= 1

    def _end_watch(self, watch: int) -> list[ForEdge]:
        del self._watched[watch]
        return self._carry_out(ClientGone(watch))

    def _watching_edges(self, watches: tuple[int, ...]) -> list[int]:
        """Return the edges that have these watches, unless they were lost since."""
        places = [(watch, *self._watched[watch]) for watch in watches if watch in self._watched]
        return [edge for watch, edge, room in places if self._watches.get(edge, {}).get(room) == watch]

    def _probe(self, client: int, size: int) -> list[ForEdge]:
        """Find out whether all who hear of a client have room; for a large message, once it is its turn."""
        room = self._present.room_of(client)
        return self._ask(self._turns.wait(client, room, size) if size and room is not None else [(client, size)])

    def _ask(self, clients: list[tuple[int, int]]) -> list[ForEdge]:
        """Ask the edges of all who hear of these clients whether they have room for messages of these sizes."""
        orders: list[ForEdge] = []
        for client, size in clients:
            room, edge = self._present.room_of(client), self._present.edge_of(client)
            edges = {place for place, _ in self._present.members(room)} - {edge} if room is not None else set()
            if room is not None and edges:
                self._probes[client] = edges
                orders += [ForEdge(place, Asked(client, room, size)) for place in edges]
            elif edge is not None:
                orders.append(ForEdge(edge, self._settled(client)))
        return orders

    def _has_room(self, edge: int, client: int) -> list[ForEdge]:
        edges = self._probes.get(client)
        if edges is None:
            return []
        edges.discard(edge)
        asker = self._present.edge_of(client)
        if edges or asker is None:
            return []
        del self._probes[client]
        return [ForEdge(asker, self._settled(client))]

    def _settled(self, client: int) -> Settled:
        room = self._present.room_of(client)
        return Settled(client, 0 if room is None else self._present.count(room))

    def _carry_out(self, event: PacketReceived | ClientGone) -> list[ForEdge]:
        return self._orders(self.hub.handle(event))

    def _orders(self, effects: list[Effect]) -> list[ForEdge]:
        found: list[ForEdge] = []
        for effect in effects:
            if isinstance(effect, CloseClient):
                edge = self._present.edge_of(effect.client)
                if edge is not None:
                    found.append(ForEdge(edge, Close(effect.client, effect.code, effect.reason)))
            else:
                found += self._deliveries(effect)
        return found

    def _deliveries(self, effect: Send) -> list[ForEdge]:
        """Bring a packet to all of its recipients: each edge gets it once."""
        packet = effect.packet
        if isinstance(packet, Init):
            return []
        if isinstance(packet, RoomInfo):
            edges = self._watching_edges(effect.recipients)
            return [ForEdge(edge, Counted(NOBODY, packet.hash, packet.user_count)) for edge in edges]
        item: Callable[[tuple[int, ...]], ToEdge] = delivery_of(packet)
        return [ForEdge(edge, item(clients)) for edge, clients in self._present.by_edge(effect.recipients)]
