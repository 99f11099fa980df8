# SPDX-License-Identifier: AGPL-3.0-only
"""Whatever peers, servers, engines and people do in any order: a session orders only what can be followed."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from keks_meet.protocol.packets import ClientJoin, ClientLeave, Init
from keks_meet.protocol.relay_messages import IceCandidate, Identify, Offer, Provide, Request
from keks_meet.session import effects as do
from keks_meet.session import events as e
from keks_meet.session import facts, limits
from keks_meet.session import negotiation as n
from keks_meet.session.session import Session
from keks_meet.session.view import RoomView, SessionOptions
from keks_meet.session.way import Way, is_relayed
from tests.unit.session.any_events import RunningTimerFired, any_event

FEATURES = ("instance", "file-credit", "file-resume-2", "port-eof")


OF_CONNECTIONS = (e.Negotiated, e.ConnectionStateChanged, e.ConnectionClosed, e.PathFound, e.StreamArrived)
"""What a connection reports, which there must be for that."""


class Told:
    """Knows a room from what is told of it alone."""

    def __init__(self) -> None:
        self.link = "joining"
        self.own: dict[str, Provide] = {}
        self.peers: dict[int, tuple[str, str, Way | None]] = {}
        self.resources: dict[tuple[int, str], tuple[Provide, bool, bool]] = {}

    def hear(self, effect: do.SessionEffect) -> None:  # noqa: C901 - one case a kind
        match effect:
            case facts.LinkChanged(status):
                self.link = status
            case facts.OwnOffered(info):
                self.own[info.id] = info
            case facts.OwnWithdrawn(info):
                del self.own[info.id]
            case facts.PeerJoined(peer, username):
                assert peer not in self.peers
                self.peers[peer] = (username, "unconnected", None)
            case facts.PeerLeft(peer) | facts.PeerMerged(peer):
                del self.peers[peer]
                self.resources = {key: value for key, value in self.resources.items() if key[0] != peer}
            case facts.PeerRenamed(peer, before, username):
                assert self.peers[peer][0] == before != username
                self.peers[peer] = (username, *self.peers[peer][1:])
            case facts.PeerStatusChanged(peer, status, relayed, way):
                assert relayed == is_relayed(way)
                self.peers[peer] = (self.peers[peer][0], status, way)
            case facts.ResourceOffered(peer, info, wanted):
                _, _, flowing = self.resources.get((peer, info.id), (None, None, False))
                self.resources[peer, info.id] = (info, wanted, flowing)
            case facts.ResourceChanged(peer, resource_id, wanted, flowing):
                self.resources[peer, resource_id] = (self.resources[peer, resource_id][0], wanted, flowing)
            case facts.ResourceWithdrawn(peer, info):
                del self.resources[peer, info.id]
            case do.ShowChat(peer=int() as peer):
                assert peer in self.peers

    def check(self, view: RoomView) -> None:
        assert self.link == view.link
        assert self.own == {info.id: info for info in view.resources}
        assert self.peers == {peer.key: (peer.username, peer.status, peer.way) for peer in view.peers}
        assert self.resources == {
            (peer.key, each.info.id): (each.info, each.wanted, each.flowing)
            for peer in view.peers
            for each in peer.resources
        }


class Shell:
    """Follows the orders of a session as far as that can be done, and holds it to them."""

    def __init__(self) -> None:
        self.session = Session(SessionOptions("me", "me", FEATURES, ("audio",)))
        self.connections: set[int] = set()
        self.timers: dict[e.Timer, int] = {}
        self.told = Told()
        self.offered: dict[str, str] = {}
        self.members: set[int] = set()
        self.expected: set[tuple[int, str]] = set()

    def tell(self, event: Any) -> None:
        if isinstance(event, RunningTimerFired):
            if not self.timers:
                return
            timer = list(self.timers)[event.number % len(self.timers)]
            del self.timers[timer]
            event = e.TimerFired(timer)
        if isinstance(event, OF_CONNECTIONS) and event.peer not in self.connections:
            return
        self._note(event)
        before = {peer.key for peer in self.session.view().peers}
        effects = self.session.handle(event)
        after = {peer.key for peer in self.session.view().peers}
        for effect in effects:
            self._follow(effect, before | after)
            self.told.hear(effect)
        if not isinstance(event, e.Left):
            self._check(after)

    def _note(self, event: Any) -> None:
        match event:
            case e.ResourceAdded(info):
                self.offered[info.id] = info.kind
            case e.ResourceRemoved(resource_id):
                self.offered.pop(resource_id, None)
            case e.PacketReceived(ClientJoin(client)):
                self.members.add(client)
            case e.PacketReceived(ClientLeave(client)):
                self.members.discard(client)
            case e.LinkLost():
                self.members.clear()

    def _follow(self, effect: do.SessionEffect, peers: set[int]) -> None:
        self._follow_connections(effect, peers)
        self._follow_resources(effect, peers)
        match effect:
            case do.RelayOut(_, recipient):
                assert recipient is None or recipient in self.members
            case do.ShowChat(peer=int() as peer):
                assert peer in peers
            case do.StartTimer(timer, ms):
                assert ms > 0
                self.timers[timer] = ms
            case do.StopTimer(timer):
                self.timers.pop(timer, None)

    def _follow_connections(self, effect: do.SessionEffect, peers: set[int]) -> None:
        match effect:
            case do.OpenConnection(peer):
                assert peer in peers
                self.connections.add(peer)
            case do.CloseConnection(peer):
                self.connections.remove(peer)
            case do.Engine(peer) | do.RestartIce(peer):
                assert peer in self.connections

    def _follow_resources(self, effect: do.SessionEffect, peers: set[int]) -> None:
        match effect:
            case do.Attach(peer, resource_id):
                assert peer in self.connections
                assert self.offered[resource_id] == "track"
            case do.SendFile(peer, resource_id, features):
                assert peer in self.connections
                assert self.offered[resource_id] == "file"
                assert set(features) <= set(FEATURES)
            case do.OpenPort(peer, resource_id):
                assert peer in self.connections
                assert self.offered[resource_id] == "port"
            case do.ExpectFile(peer, resource, features):
                assert peer in peers
                assert resource.kind == "file"
                assert set(features) <= set(FEATURES)
                self.expected.add((peer, resource.id))
            case do.ExpectPort(peer):
                assert peer in peers
            case do.GiveUpFile(peer, resource_id):
                self.expected.discard((peer, resource_id))

    def _check(self, peers: set[int]) -> None:
        session = self.session
        assert self.connections <= peers
        # Whoever waits for a file of somebody who is gone would wait for ever.
        assert {peer for peer, _ in self.expected} <= peers
        assert len(session._peers) + len(session._members._arrivals) <= limits.PEERS
        for timer in self.timers:
            known = {"appear": session._members._arrivals, "offers": {0}}.get(timer.name, session._peers)
            assert timer.of in known, f"{timer} runs for nobody"
        ids = [peer.id for peer in session._peers.values() if peer.id is not None]
        assert len(ids) == len(set(ids))
        assert not set(ids) & set(session._members._arrivals)
        self.told.check(session.view())


@settings(max_examples=600, derandomize=True)
@given(events=st.lists(any_event, max_size=70))
def test_any_events_in_any_order(events: list[Any]) -> None:
    shell = Shell()
    shell.tell(e.PacketReceived(Init(0, "fuzz")))
    shell.tell(e.PacketReceived(ClientJoin(0)))
    for event in events:
        shell.tell(event)
    shell.tell(e.Left())
    assert shell.connections == set()
    assert shell.session.view().peers == ()


@settings(max_examples=600, derandomize=True)
@given(events=st.lists(any_event, max_size=70))
def test_any_events_between_two_who_know_each_other(events: list[Any]) -> None:
    """The same from where most of what happens can happen."""
    shell = joined(Identify("one", "aaa", FEATURES), credential="key")
    for resource in (Provide("one", "file", size=9), Provide("two", "track", "video"), Provide("three", "port")):
        shell.tell(e.ResourceAdded(resource))
        shell.tell(e.MessageRelayed(1, resource, "key"))
    for event in events:
        shell.tell(event)
    shell.tell(e.Left())
    assert shell.connections == set()


def joined(*identities: Identify, credential: str | None = None) -> Shell:
    shell = Shell()
    shell.tell(e.PacketReceived(Init(0, "fuzz")))
    shell.tell(e.PacketReceived(ClientJoin(0)))
    for number, identity in enumerate(identities, 1):
        shell.tell(e.PacketReceived(ClientJoin(number)))
        shell.tell(e.MessageRelayed(number, identity, credential))
    return shell


def test_members_are_bounded() -> None:
    shell = joined()
    for client in range(1, 2 * limits.PEERS):
        shell.tell(e.PacketReceived(ClientJoin(client)))
        shell.tell(e.MessageRelayed(client, Identify("x")))
    assert len(shell.session.view().peers) == limits.PEERS
    assert shell.timers == {}


def test_what_a_peer_offers_is_bounded() -> None:
    shell = joined(Identify("x"))
    for number in range(2 * limits.RESOURCES["port"]):
        shell.tell(e.MessageRelayed(1, Provide(str(number), "port")))
    assert len(shell.session.view().peers[0].resources) == limits.RESOURCES["port"]


def test_what_waits_for_an_engine_is_bounded() -> None:
    """An engine that is busy for ever, and candidates that belong to nothing."""
    shell = joined(Identify("x", "aaa"))
    shell.tell(e.MessageRelayed(1, Provide("it", "file")))
    shell.tell(e.ResourceWanted(1, "it"))
    shell.tell(e.MessageRelayed(1, Offer("v=0")))
    for _ in range(2 * limits.NEGOTIATION_INBOX):
        shell.tell(e.MessageRelayed(1, IceCandidate("candidate")))
    machine = shell.session._peers[1].negotiation
    assert machine is not None
    assert len(machine._inbox) == limits.NEGOTIATION_INBOX
    shell.tell(e.Negotiated(1, n.OperationFailed("stable")))
    for _ in range(2 * limits.NEGOTIATION_INBOX):
        shell.tell(e.MessageRelayed(1, IceCandidate("candidate")))
    assert len(machine._early) == limits.REMOTE_CANDIDATES


def test_requests_for_ports_before_the_connection_is_up_are_bounded() -> None:
    shell = joined(Identify("x", "aaa"))
    shell.tell(e.ResourceAdded(Provide("it", "port")))
    for _ in range(2 * limits.OPENING_PORTS):
        shell.tell(e.MessageRelayed(1, Request("it")))
    assert len(shell.session._peers[1].opening_ports) == limits.OPENING_PORTS
