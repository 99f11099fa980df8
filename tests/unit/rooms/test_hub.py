# SPDX-License-Identifier: AGPL-3.0-only
"""The hub against a naive model, whatever the order of joins, moves, watches, relays and dropped connections."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from msgspec import Raw

from keks_meet.protocol.limits import Limits
from keks_meet.protocol.packets import (
    ClientJoin,
    ClientLeave,
    Init,
    Join,
    Message,
    Ping,
    Relay,
    RoomInfo,
    WatchRooms,
)
from keks_meet.rooms.effects import CloseClient, Send
from keks_meet.rooms.events import ClientConnected, ClientGone, Event, PacketReceived
from keks_meet.rooms.hub import Hub

ROOMS = st.sampled_from(["red", "green", "blue"])
MEMBERS = 4
WATCHED = 2


class Everybody(RuleBasedStateMachine):
    """The model knows where everybody is and what everybody watches; what each hears is kept in an inbox.

    It shares no idea with the hub: a step's expected packets are computed by comparing the world before with the
    world after, for each pair of clients.
    """

    clients: Bundle[int] = Bundle("clients")

    def __init__(self) -> None:
        super().__init__()
        self.hub = Hub(Limits(members_per_room=MEMBERS, watched_rooms=WATCHED), version="v")
        self.where: dict[int, str | None] = {}
        self.watches: dict[int, frozenset[str]] = {}
        self.believes: dict[int, Counter[int]] = {}
        """Whom each client takes for a member of its room, from nothing but what it heard."""
        self.counts: dict[int, dict[str, int]] = {}
        """What each client last heard of the rooms that it watches."""
        self.next_id = 100

    def happen(self, event: Event) -> list[tuple[int, Any]]:
        """Handle an event; return what everybody hears. A client that is closed is gone at once."""
        heard: list[tuple[int, Any]] = []
        audience = self.hub.audience(event.client, event.packet) if isinstance(event, PacketReceived) else None
        for effect in self.hub.handle(event):
            if isinstance(effect, CloseClient):
                assert effect.reason
                heard += self.drop(effect.client)
                continue
            assert isinstance(effect, Send)
            assert effect.recipients, "an effect for nobody"
            assert len(set(effect.recipients)) == len(effect.recipients)
            heard += [(recipient, effect.packet) for recipient in effect.recipients]
        if audience is not None and isinstance(event, PacketReceived) and event.client in self.where:
            others = {recipient for recipient, _ in heard} - {event.client}
            assert others <= set(audience), "somebody heard of it who was not asked for room [S11]"
            assert not isinstance(event.packet, Relay) or others == set(audience) - {event.client}
        for recipient, packet in heard:
            assert recipient in self.where, "something reached a client that is gone"
            self.hear(recipient, packet)
        return heard

    def drop(self, client: int) -> list[tuple[int, Any]]:
        for state in (self.where, self.watches, self.believes, self.counts):
            del state[client]
        self.gone.add(client)
        return [
            (recipient, effect.packet)
            for effect in self.hub.handle(ClientGone(client))
            if isinstance(effect, Send)
            for recipient in effect.recipients
        ]

    @property
    def gone(self) -> set[int]:
        return self.__dict__.setdefault("gone_clients", set())  # type: ignore[no-any-return]

    def hear(self, client: int, packet: Any) -> None:
        match packet:
            case ClientJoin(id) if id == client:
                self.believes[client] = Counter([client])
            case ClientJoin(id):
                self.believes[client][id] += 1
            case ClientLeave(id) if id == client:
                self.believes[client] = Counter()
            case ClientLeave(id):
                self.believes[client][id] -= 1
                assert self.believes[client][id] == 0, "a leave without a join"
                del self.believes[client][id]
            case RoomInfo(hash, count):
                assert hash in self.watches[client]
                self.counts[client][hash] = count

    def members(self, room: str | None) -> set[int]:
        return {client for client, place in self.where.items() if room is not None and place == room}

    @rule(target=clients)
    def connect(self) -> int:
        self.next_id += 1
        client = self.next_id
        self.where[client], self.watches[client] = None, frozenset()
        self.believes[client], self.counts[client] = Counter(), {}
        ((recipient, packet),) = self.happen(ClientConnected(client))
        assert recipient == client
        assert isinstance(packet, Init)
        return client

    @rule(client=clients, room=st.none() | ROOMS)
    def join(self, client: int, room: str | None) -> None:
        if client in self.gone:
            assert self.hub.handle(PacketReceived(client, Join(room))) == []
            return
        is_full = len(self.members(room) - {client}) >= MEMBERS
        if not is_full:
            self.where[client] = room
        self.happen(PacketReceived(client, Join(room)))
        assert (client in self.gone) == is_full

    @rule(client=clients, rooms=st.lists(ROOMS, max_size=WATCHED + 1))
    def watch(self, client: int, rooms: list[str]) -> None:
        packet = PacketReceived(client, WatchRooms(tuple(rooms)))
        if client in self.gone:
            assert self.hub.handle(packet) == []
            return
        before = self.watches[client]
        if len(rooms) <= WATCHED:
            self.watches[client] = frozenset(rooms)
            self.counts[client] = {room: count for room, count in self.counts[client].items() if room in rooms}
        heard = self.happen(packet)
        assert (client in self.gone) == (len(rooms) > WATCHED)
        if client not in self.gone:
            new = {room for room in set(rooms) - before if self.members(room)}
            assert {packet.hash for recipient, packet in heard if recipient == client} == new
            assert len(heard) == len(new)

    @rule(client=clients, other=st.none() | clients)
    def relay(self, client: int, other: int | None) -> None:
        heard = self.happen(PacketReceived(client, Relay(recipient=other, message=Raw(b'"x"'))))
        room = self.members(self.where.get(client))
        expected = room - {client} if other is None else room & {other}
        assert sorted(recipient for recipient, _ in heard) == sorted(expected)
        assert all(packet == Message(client, Raw(b'"x"')) for _, packet in heard)

    @rule(client=clients)
    def ping(self, client: int) -> None:
        assert self.happen(PacketReceived(client, Ping())) == []

    @rule(client=consumes(clients))
    def vanish(self, client: int) -> None:
        if client in self.gone:
            assert self.hub.handle(ClientGone(client)) == []
            return
        for recipient, packet in self.drop(client):
            self.hear(recipient, packet)

    @invariant()
    def everybody_knows_the_members_of_the_own_room(self) -> None:
        for client, place in self.where.items():
            assert self.believes[client] == Counter(self.members(place)), "exactly one join and one leave a peer"

    @invariant()
    def watch_counts_are_right(self) -> None:
        for client, rooms in self.watches.items():
            for room in rooms:
                assert self.counts[client].get(room, 0) == len(self.members(room))

    @invariant()
    def nothing_outlives_its_last_user(self) -> None:
        assert set(self.hub._clients) == set(self.where)
        assert {room: set(members) for room, members in self.hub._rooms.items()} == {
            room: self.members(room) for room in self.where.values() if room is not None
        }
        assert {room: set(watchers) for room, watchers in self.hub._watchers.items()} == {
            room: {client for client, watched in self.watches.items() if room in watched}
            for room in set().union(*self.watches.values())
        }


Everybody.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestEverybody = Everybody.TestCase


def test_an_id_in_use_is_refused() -> None:
    """[S2]: the shell must not draw the id of a connected client."""
    hub = Hub(Limits(), version="v")
    hub.handle(ClientConnected(1))
    with pytest.raises(ValueError, match="connected client"):
        hub.handle(ClientConnected(1))


def test_what_init_says() -> None:
    """[S3]."""
    (effect,) = Hub(Limits(message_bytes=70_000), version="keks-meet 9").handle(ClientConnected(7))
    assert isinstance(effect, Send)
    assert isinstance(effect.packet, Init)
    assert effect.packet.version == "keks-meet 9"
    assert effect.packet.features == ()
    assert effect.packet.limits is not None
    assert effect.packet.limits.message_bytes == 70_000
