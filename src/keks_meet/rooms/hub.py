# SPDX-License-Identifier: AGPL-3.0-only
"""The hub: rooms, their members and their watchers.

The hub owns all that the server knows of its clients. It owns no connections, text or time. `Hub.handle` takes an
event and returns what is to be done about it, in the order of `spec/PROTOCOL.md`. Nothing of a room, a watch or an
id outlives its last user [S9].
"""

from msgspec import Struct

from keks_meet.protocol.close_codes import CloseCode
from keks_meet.protocol.fields import ServerLimits
from keks_meet.protocol.limits import Limits
from keks_meet.protocol.packets import (
    ClientJoin,
    ClientLeave,
    Init,
    Join,
    Message,
    Relay,
    RoomInfo,
    Serverbound,
    WatchRooms,
)
from keks_meet.rooms.effects import CloseClient, Effect, Send
from keks_meet.rooms.events import ClientConnected, Event, PacketReceived

__all__ = ["Hub"]


class _Client(Struct):
    """The state of a connected client."""

    room: str | None = None
    watched: dict[str, None] = {}


class Hub:
    """Groups clients into rooms and says who hears what."""

    def __init__(self, limits: Limits, *, version: str, watches_enabled: bool = True) -> None:
        """Start without clients. ``version`` is told in `Init`. Not enabled, watching does nothing [S8]."""
        self._limits = limits
        self._version = version
        self._watches_enabled = watches_enabled
        self._clients: dict[int, _Client] = {}
        # Dictionaries stand for ordered sets: of members by entry, of watchers by the start of their watch.
        self._rooms: dict[str, dict[int, None]] = {}
        self._watchers: dict[str, dict[int, None]] = {}

    def handle(self, event: Event) -> list[Effect]:
        """Take in one event and return its effects, in order. Events of unknown clients have none."""
        if isinstance(event, ClientConnected):
            return self._connected(event.client)
        client = self._clients.get(event.client)
        if client is None:
            return []
        if isinstance(event, PacketReceived):
            return self._received(event.client, client, event.packet)
        return self._gone(event.client, client)

    @property
    def room_count(self) -> int:
        """The number of rooms with somebody in them."""
        return len(self._rooms)

    @property
    def member_count(self) -> int:
        """The number of clients in rooms."""
        return sum(map(len, self._rooms.values()))

    def audience(self, id_: int, packet: Serverbound) -> tuple[int, ...]:
        """Return the other clients that would hear of a packet now: the shell asks whether they have room [S11]."""
        client = self._clients.get(id_)
        if client is None:
            return ()
        if isinstance(packet, Relay):
            return self._recipients(id_, client, packet)
        if not isinstance(packet, Join):
            return ()
        found: dict[int, None] = {}
        for room in (client.room, packet.hash):
            if room is not None:
                found |= self._rooms.get(room, {}) | self._watchers.get(room, {})
        found.pop(id_, None)
        return tuple(found)

    def _connected(self, id_: int) -> list[Effect]:
        """Greet a client [S3]. A second client with a connected one's id is the shell's mistake [S2]."""
        if id_ in self._clients:
            msg = "this id belongs to a connected client"
            raise ValueError(msg)
        self._clients[id_] = _Client()
        limits = ServerLimits(message_bytes=self._limits.message_bytes)
        return [Send((id_,), Init(your_id=id_, version=self._version, features=(), limits=limits))]

    def _received(self, id_: int, client: _Client, packet: Serverbound) -> list[Effect]:
        match packet:
            case Relay():
                return self._relay(id_, client, packet)
            case Join():
                return self._join(id_, client, packet.hash)
            case WatchRooms():
                return self._watch(id_, client, packet.rooms)
        return []  # a ping [S6]

    def _gone(self, id_: int, client: _Client) -> list[Effect]:
        """Forget a client [S5] [S9], its watches first, so that nothing more is sent to it."""
        self._watch_instead(id_, client, {})
        effects = self._leave(id_, client, told=False)
        del self._clients[id_]
        return effects

    def _relay(self, id_: int, client: _Client, relay: Relay) -> list[Effect]:
        """Pass a message on within the sender's room [S7]."""
        return _send(self._recipients(id_, client, relay), Message(sender=id_, message=relay.message))

    def _recipients(self, id_: int, client: _Client, relay: Relay) -> tuple[int, ...]:
        if client.room is None:
            return ()
        members = self._rooms[client.room]
        if relay.recipient is None:
            return tuple([member for member in members if member != id_])
        return (relay.recipient,) if relay.recipient in members else ()

    def _join(self, id_: int, client: _Client, room: str | None) -> list[Effect]:
        """Leave the current room, if any, and enter the named one, if any [S4] [S5]."""
        if room is not None and self._is_full(room, client):
            return [CloseClient(id_, CloseCode.TRY_LATER, "the room is full")]
        effects = self._leave(id_, client, told=room is None)
        if room is not None:
            effects += self._enter(id_, client, room)
        return effects

    def _is_full(self, room: str, client: _Client) -> bool:
        others = len(self._rooms.get(room, ())) - (client.room == room)
        return others >= self._limits.members_per_room

    def _enter(self, id_: int, client: _Client, room: str) -> list[Effect]:
        """Add a client to a room and tell it of all members, itself first, and those of it [S4]."""
        members = self._rooms.setdefault(room, {})
        others = tuple(members)
        members[id_] = None
        client.room = room
        heard: list[Effect] = [Send((id_,), ClientJoin(member)) for member in (id_, *others)]
        return heard + _send(others, ClientJoin(id_)) + self._announce(room)

    def _leave(self, id_: int, client: _Client, *, told: bool) -> list[Effect]:
        """Take a client out of its room, if it is in one [S5]; ``told`` when the client itself hears of it."""
        room = client.room
        if room is None:
            return []
        members = self._rooms[room]
        del members[id_]
        if not members:
            del self._rooms[room]
        client.room = None
        own = (id_,) if told else ()
        leave = ClientLeave(id_)
        return _send(tuple(members), leave) + _send(own, leave) + self._announce(room)

    def _watch(self, id_: int, client: _Client, rooms: tuple[str, ...]) -> list[Effect]:
        """Replace a client's watch list; tell it of the existing rooms that are new on it [S8]."""
        if not self._watches_enabled:
            return []
        if len(rooms) > self._limits.watched_rooms:
            most = self._limits.watched_rooms
            return [CloseClient(id_, CloseCode.AGAINST_POLICY, f"more than {most} rooms to watch")]
        before = client.watched
        self._watch_instead(id_, client, dict.fromkeys(rooms))
        return [
            Send((id_,), RoomInfo(hash=room, user_count=len(self._rooms[room])))
            for room in client.watched
            if room in self._rooms and room not in before
        ]

    def _watch_instead(self, id_: int, client: _Client, rooms: dict[str, None]) -> None:
        for room in client.watched:
            if room not in rooms:
                watchers = self._watchers[room]
                del watchers[id_]
                if not watchers:
                    del self._watchers[room]
        for room in rooms:
            self._watchers.setdefault(room, {})[id_] = None
        client.watched = rooms

    def _announce(self, room: str) -> list[Effect]:
        """Tell the watchers of a room its member count [S8]."""
        watchers = tuple(self._watchers.get(room, ()))
        return _send(watchers, RoomInfo(hash=room, user_count=len(self._rooms.get(room, ()))))


def _send(recipients: tuple[int, ...], packet: ClientJoin | ClientLeave | Message | RoomInfo) -> list[Effect]:
    return [Send(recipients, packet)] if recipients else []
