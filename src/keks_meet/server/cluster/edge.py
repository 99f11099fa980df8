# SPDX-License-Identifier: AGPL-3.0-only
"""The edge: what a node is to the clients that are connected to it [C7]. Pure.

It passes their packets on to the homes of their rooms, in order, and what the homes say to them. A client is in a
room of one home at a time: before it enters one of another home, the old home has to say that nothing more comes.
"""

from collections import deque
from typing import Final

from msgspec import Struct

from keks_meet.protocol.close_codes import CloseCode
from keks_meet.protocol.fields import ServerLimits
from keks_meet.protocol.limits import FRAME_ENVELOPE_BYTES, Limits
from keks_meet.protocol.packets import Init, Join, Relay, RoomInfo, Serverbound, WatchRooms
from keks_meet.rooms.effects import CloseClient, Send
from keks_meet.server.cluster.deliveries import packet_of, size_of
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
    Unwatch,
    Watch,
)
from keks_meet.server.cluster.moving import Moving
from keks_meet.server.cluster.orders import AwaitRoom, ForHome, Order, WindowOpened
from keks_meet.server.cluster.placement import home_of
from keks_meet.server.cluster.rounds import at_a_time
from keks_meet.server.cluster.watching import Watching
from keks_meet.server.cluster.windows import Windows

__all__ = ["Edge"]

_MOST_WAITING: Final = 64
"""Packets that a client may send while it moves from one home to another, which takes a round trip."""
_HOME_IS_GONE: Final = "the node of this room is gone"
_ROOM_MOVES: Final = "this room moves to another node"


class _Client(Struct):
    """A client that is connected here."""

    room: str | None = None
    home: int | None = None
    is_leaving: bool = False
    """Whether the home has yet to say that the client has left."""
    waiting: deque[Join | Relay] = deque()
    waiting_bytes: int = 0


class Edge:
    """The clients of this node."""

    def __init__(self, limits: Limits, homes: tuple[int, ...], *, version: str, watches_enabled: bool) -> None:
        """Begin without clients; ``homes`` are the nodes that rooms have their homes at."""
        self._limits = limits
        self._homes = homes
        self._version = version
        self._watches_enabled = watches_enabled
        self._clients: dict[int, _Client] = {}
        self._members: dict[str, dict[int, None]] = {}
        self._watching = Watching()
        self._windows = Windows(limits.queued_bytes)
        self._moving = Moving()

    def connected(self, id_: int) -> list[Order]:
        """Greet a client [S3]."""
        self._clients[id_] = _Client(waiting=deque())
        limits = ServerLimits(message_bytes=self._limits.message_bytes)
        return [Send((id_,), Init(your_id=id_, version=self._version, features=(), limits=limits))]

    def received(self, id_: int, packet: Serverbound) -> list[Order]:
        """Take a packet of a client."""
        client = self._clients.get(id_)
        if client is None:
            return []
        if isinstance(packet, WatchRooms):
            return self._watch(id_, packet.rooms)
        if not isinstance(packet, Join | Relay):
            return []  # a ping [S6]
        return self._wait(id_, client, packet) if client.is_leaving else self._pass_on(id_, client, packet)

    def gone(self, id_: int) -> list[Order]:
        """Forget a client, which hears nothing more."""
        client = self._clients.pop(id_, None)
        if client is None:
            return []
        self._windows.forget(id_)
        self._watching.gone(id_)
        home = client.home
        self._unindex(id_, client)
        return [] if home is None else [ForHome(home, Leave(id_, told=False))]

    def heard(self, node: int, item: ToEdge) -> list[Order]:
        """Take what a home says."""
        match item:
            case Counted():
                return self._counted(node, item)
            case Asked():
                readers = tuple(id_ for id_ in self._members.get(item.room, ()) if id_ != item.client)
                return [AwaitRoom(item.client, node, readers, item.size or FRAME_ENVELOPE_BYTES)]
            case Left() | Close() | Settled():
                client = self._clients.get(item.client)
                return [] if client is None or client.home != node else self._about(client, item)
        recipients = tuple(id_ for id_ in item.recipients if self._is_at(id_, node))
        return [Send(recipients, packet_of(item))] if recipients else []

    def room_found(self, client: int, home: int) -> list[Order]:
        """Tell a home that all here have room for what a client sends."""
        return [ForHome(home, HasRoom(client))]

    def lost(self, node: int) -> list[Order]:
        """Close the members whose home is lost, and ask again for what is watched, by and by [C8]."""
        orders: list[Order] = []
        for id_, client in self._clients.items():
            if client.home == node:
                self._unindex(id_, client)
                orders.append(CloseClient(id_, CloseCode.GOING_AWAY, _HOME_IS_GONE))
        self._watching.lost(node)
        return orders

    def see(self, homes: tuple[int, ...], now: float) -> None:
        """Go by these nodes from now on.

        By and by, members whose home is another one now are closed, and the new homes of watched rooms are asked.
        """
        self._homes = homes
        self._moving.plan(now)
        self._watching.look()

    @property
    def is_busy(self) -> bool:
        """Whether the next tick should come soon, as there is something to do by and by."""
        return self._watching.is_busy or not self._moving.is_over

    def ticked(self, now: float) -> list[Order]:
        """Do some of what is done by and by."""
        orders: list[Order] = []
        for room in self._moving.due(now):
            orders += self._move(room)
        most = at_a_time(len(self._homes))
        for room, home in self._watching.to_look_at(most):
            if home != home_of(room, self._homes):
                orders += [*self._unwatch([(room, home)] if home is not None else []), *self._ask(room)]
        return orders + self._unwatch(self._watching.forget(most))

    def _move(self, room: str) -> list[Order]:
        """Close the members of a room whose time to move has come, if it has another home than they are at."""
        home = home_of(room, self._homes)
        return [
            CloseClient(id_, CloseCode.GOING_AWAY, _ROOM_MOVES)
            for id_ in self._members.get(room, ())
            if self._clients[id_].home != home
        ]

    def cut_off(self) -> list[Order]:
        """Close everybody: what is heard here may be what others have long left."""
        self._watching = Watching()
        for id_, client in self._clients.items():
            self._unindex(id_, client)
        return [CloseClient(id_, CloseCode.GOING_AWAY, "this node has lost the others") for id_ in self._clients]

    def audience(self, id_: int, packet: Serverbound) -> tuple[int, ...]:
        """Return the other clients of this edge that would hear of a packet."""
        client = self._clients.get(id_)
        if client is None or not isinstance(packet, Join | Relay):
            return ()
        if isinstance(packet, Join):
            rooms = [room for room in (client.room, packet.hash) if room is not None]
            found = {
                each: None for room in rooms for each in (*self._members.get(room, ()), *self._watching.watchers(room))
            }
            found.pop(id_, None)
            return tuple(found)
        members = self._members.get(client.room or "", {})
        if packet.recipient is None:
            return tuple(member for member in members if member != id_)
        return (packet.recipient,) if packet.recipient in members else ()

    def has_room(self, id_: int, packet: Serverbound) -> bool:
        """Tell whether a client may send a packet to other nodes now [C9]."""
        client = self._clients.get(id_)
        if client is None or not isinstance(packet, Relay):
            return True
        if client.is_leaving:
            return client.waiting_bytes + size_of(packet) <= self._windows.first
        return client.home is None or self._windows.has_room(id_, size_of(packet))

    def wants_room(self, id_: int, packet: Serverbound) -> list[Order]:
        """Ask whether others have read what a client sent, and have room for its packet, since it waits for that."""
        client = self._clients.get(id_)
        can_ask = client is not None and client.home is not None and not client.is_leaving
        return self._probe(id_, client) if client and can_ask and self._windows.ask(id_, size_of(packet)) else []

    def _pass_on(self, id_: int, client: _Client, packet: Join | Relay) -> list[Order]:
        if isinstance(packet, Join):
            return self._join(id_, client, packet.hash)
        if client.home is None:
            return []
        orders: list[Order] = [ForHome(client.home, Say(id_, packet.recipient, bytes(packet.message)))]
        return orders + self._probe(id_, client) if self._windows.send(id_, size_of(packet)) else orders

    def _join(self, id_: int, client: _Client, room: str | None) -> list[Order]:
        """Enter a room, or leave first when that has another home."""
        target = None if room is None else home_of(room, self._homes)
        if client.home is not None and client.home != target:
            client.is_leaving = True
            if room is not None:
                client.waiting.append(Join(room))
            return [ForHome(client.home, Leave(id_, told=room is None))]
        if room is None or target is None:
            return []
        self._unindex(id_, client)
        client.room, client.home = room, target
        if room not in self._members:
            self._members[room] = {}
            self._moving.add(room)
        self._members[room][id_] = None
        return [ForHome(target, Enter(id_, room))]

    def _wait(self, id_: int, client: _Client, packet: Join | Relay) -> list[Order]:
        """Keep a packet until the old home has answered."""
        client.waiting.append(packet)
        client.waiting_bytes += size_of(packet)
        if (
            len(client.waiting) <= _MOST_WAITING
            and client.waiting_bytes <= self._limits.message_bytes + FRAME_ENVELOPE_BYTES
        ):
            return []
        return [CloseClient(id_, CloseCode.AGAINST_POLICY, "too much was sent while changing rooms")]

    def _about(self, client: _Client, item: Left | Close | Settled) -> list[Order]:
        match item:
            case Close():
                return [CloseClient(item.client, CloseCode(item.code), item.reason)]
            case Settled():
                more = self._probe(item.client, client) if self._windows.settled(item.client, item.members) else []
                return [*more, WindowOpened(item.client)]
        return self._left(item.client, client)

    def _left(self, id_: int, client: _Client) -> list[Order]:
        """Go on with a client that its old home has let go."""
        self._unindex(id_, client)
        self._windows.left(id_)
        client.is_leaving = False
        waiting, client.waiting, client.waiting_bytes = client.waiting, deque(), 0
        orders: list[Order] = [WindowOpened(id_)]
        for packet in waiting:
            orders += self.received(id_, packet)
        return orders

    def _probe(self, id_: int, client: _Client) -> list[Order]:
        return [] if client.home is None else [ForHome(client.home, Probe(id_, self._windows.wanted(id_)))]

    def _watch(self, id_: int, rooms: tuple[str, ...]) -> list[Order]:
        """Replace a client's watch list [S8]."""
        if not self._watches_enabled:
            return []
        if len(rooms) > (most := self._limits.watched_rooms):
            return [CloseClient(id_, CloseCode.AGAINST_POLICY, f"more than {most} rooms to watch")]
        told, new, left = self._watching.replace(id_, rooms)
        orders: list[Order] = [Send((id_,), RoomInfo(hash=room, user_count=count)) for room, count in told]
        for room in new:
            orders += self._ask(room)
        return orders + self._unwatch(left)

    def _ask(self, room: str) -> list[Order]:
        home = home_of(room, self._homes)
        if home is None:
            return []
        self._watching.asked(room, home)
        return [ForHome(home, Watch(NOBODY, room))]

    def _unwatch(self, rooms: list[tuple[str, int]]) -> list[Order]:
        return [ForHome(home, Unwatch(NOBODY, room)) for room, home in rooms]

    def _counted(self, node: int, item: Counted) -> list[Order]:
        watchers = self._watching.counted(item.room, item.count, node)
        return [Send(watchers, RoomInfo(hash=item.room, user_count=item.count))] if watchers else []

    def _is_at(self, id_: int, node: int) -> bool:
        client = self._clients.get(id_)
        return client is not None and client.home == node

    def _unindex(self, id_: int, client: _Client) -> None:
        """Take note that a client is in no room."""
        if client.room is not None:
            members = self._members[client.room]
            del members[id_]
            if not members:
                del self._members[client.room]
                self._moving.remove(client.room)
        client.room = client.home = None
