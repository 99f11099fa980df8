# SPDX-License-Identifier: AGPL-3.0-only
"""A client's part in one room: who is there, who offers and gets what, what happens when signaling is lost.

[M1] to [M7], [L1] to [L7], [R1] to [R5]. Events in, effects out; owns no socket, no connection, no clock and no key.
"""

from keks_meet.protocol.packets import ClientJoin, ClientLeave, Init, RoomInfo
from keks_meet.protocol.relay_messages import (
    Answer,
    Chat,
    ChatId,
    IceCandidate,
    Identify,
    Offer,
    Provide,
    ProvideStop,
    RelayMessage,
    Request,
    RequestStop,
    ResumeChallenge,
    ResumeProof,
    ResumeToken,
)
from keks_meet.session import events as e
from keks_meet.session import limits
from keks_meet.session.connections import Connections
from keks_meet.session.effects import (
    ExpectFile,
    ExpectPort,
    GiveUpFile,
    JoinRoom,
    LinkChanged,
    OwnOffered,
    OwnWithdrawn,
    PeerJoined,
    PeerLeft,
    PeerMerged,
    PeerRenamed,
    PeerStatusChanged,
    RelayOut,
    SessionEffect,
    ShowBound,
    ShowChat,
    ShowRoomCount,
)
from keks_meet.session.late_streams import LateStreams
from keks_meet.session.lines import Lines
from keks_meet.session.negotiation import CandidateReceived, Description, DescriptionReceived, Resumed
from keks_meet.session.offering import Offering
from keks_meet.session.outbox import Outbox
from keks_meet.session.peer import Arrival, Line, Peer
from keks_meet.session.resources import OwnResources
from keks_meet.session.resumption import Resumption
from keks_meet.session.view import LinkStatus, PeerView, RoomView, SessionOptions

__all__ = ["Session"]


class Session:
    """The state of one stay in one room."""

    def __init__(self, options: SessionOptions) -> None:
        self._options = options
        self._username = options.username
        self._wants = options.wants
        self._own = OwnResources()
        self._peers: dict[e.PeerKey, Peer] = {}
        self._arrivals: dict[int, Arrival] = {}
        self._link: LinkStatus = "joining"
        self._told_link: LinkStatus = "joining"
        self._own_id: int | None = None
        self._next_key: e.PeerKey = 1
        self._out = Outbox()
        self._resumption = Resumption(options, self._peers, self._out)
        self._connections = Connections(options, self._own, self._resumption, self._out)
        self._late_streams = LateStreams(self._connections, self._out)
        self._offering = Offering(self._own, self._out)
        self._lines = Lines(self._peers, self._arrivals, self._out)
        self.ignored_messages = 0
        """Messages that were not understood or not expected [E3] [M5]."""

    def handle(self, event: e.SessionEvent) -> list[SessionEffect]:
        """Take one event and return what is to be done."""
        self._note(event)
        self._lines.consider()
        self._tell()
        return self._out.take()

    def view(self) -> RoomView:
        """Return what there is to show."""
        return RoomView(self._link, self._username, self._own.list(), tuple(map(_view_of, self._peers.values())))

    def peer_view(self, key: e.PeerKey) -> PeerView | None:
        """Return what there is to show of one peer."""
        peer = self._peers.get(key)
        return _view_of(peer) if peer else None

    def _note(self, event: e.SessionEvent) -> None:  # noqa: C901, PLR0912 - one case a kind
        match event:
            case e.PacketReceived(packet):
                self._packet_received(packet)
            case e.MessageRelayed(sender, message):
                self._message_relayed(sender, message)
            case e.Proven(client, key):
                self._proven(client, key)
            case e.Refuted(client):
                self._refuted(client)
            case e.LinkLost():
                self._link_lost()
            case e.TimerFired(timer):
                self._timer_fired(timer)
            case e.Renamed(username):
                self._username = username
                self._relay_to_all(self._identity())
            case e.WantsSet(wants):
                self._wants = wants
            case e.ResourceAdded(resource):
                if self._own.add(resource):
                    self._out.add(OwnOffered(resource))
                    if self._link == "joined":
                        self._offering.tell(resource)
                else:
                    self._out.add(ShowBound(resource.kind, id=resource.id))
            case e.ResourceRemoved(resource_id):
                self._resource_removed(resource_id)
            case e.ChatWritten(chat, line):
                self._out.add(ShowChat(self._username, chat, line=line))
                self._lines.written(Line(line, chat))
            case e.ChatRefused(chat):
                self._lines.refused(chat)
            case e.Confirmed(line):
                self._lines.confirmed(line)
            case e.Left():
                self._left()
            case _:
                self._peer_event(event)

    def _peer_event(self, event: e.PeerEvent) -> None:  # noqa: C901, PLR0912 - one case a kind
        """Take an event that names a peer; one that is gone meanwhile is of no interest any more."""
        peer = self._peers.get(event.peer)
        if peer is None:
            return
        match event:
            case e.ResourceWanted():
                self._resource_wanted(peer, event)
            case e.ResourceUnwanted(_, resource_id):
                if peer.resources.want(resource_id, wanted=False):
                    self._out.relay(peer, RequestStop(resource_id))
            case e.PortWanted(_, resource_id, ticket):
                self._port_wanted(peer, resource_id, ticket)
            case e.FileEnded(_, resource_id):
                self._own.stop_request(resource_id, peer.key)
            case e.FileStalled(_, resource_id) if peer.resources.is_wanted_file(resource_id):
                # Whoever is sending it already takes no notice [M3] [F12].
                self._out.relay(peer, peer.resources.request_of(resource_id))
            case e.Negotiated(_, negotiation):
                self._connections.negotiate(peer, negotiation)
            case e.ConnectionStateChanged(_, state):
                self._connection_state_changed(peer, state)
            case e.ConnectionClosed():
                self._connection_closed(peer)
            case e.PathFound(_, relayed):
                peer.relayed = relayed
            case e.StreamArrived(_, resource_id):
                peer.resources.set_flowing(resource_id, flowing=True)
            case e.StreamEnded(_, resource_id):
                peer.resources.set_flowing(resource_id, flowing=False)

    # Signaling

    def _packet_received(self, packet: Init | ClientJoin | ClientLeave | RoomInfo) -> None:
        match packet:
            case Init() if self._own_id is None:
                self._own_id = packet.your_id
                self._out.add(JoinRoom())
            case Init():
                # Whoever is renamed in the middle would seal under somebody else's id [S3].
                self.ignored_messages += 1
            case ClientJoin(client) if self._own_id is not None:
                self._client_joined(client)
            case ClientLeave(client):
                self._client_left(client)
            case RoomInfo(room_hash, count):
                self._out.add(ShowRoomCount(room_hash, count))

    def _client_joined(self, client: int) -> None:
        if client == self._own_id:
            if self._link != "joined":
                self._joined()
            return
        if client in self._arrivals or self._peer_by_id(client):
            return
        if len(self._arrivals) + len(self._peers) >= limits.PEERS:
            return
        self._arrivals[client] = Arrival(client)
        self._out.start_timer("appear", client, limits.APPEAR_MS)
        self._out.add(RelayOut(self._identity(), client))
        self._offering.greet(client)

    def _joined(self) -> None:
        self._link = "joined"
        self._lines.joined()
        for peer in self._peers.values():
            if peer.is_away:
                self._out.start_timer("away", peer.key, limits.AWAY_MS)

    def _client_left(self, client: int) -> None:
        self._offering.forget(client)
        if self._arrivals.pop(client, None):
            self._forget_arrival_timers(client)
        peer = self._peer_by_id(client)
        if peer is None:
            return
        self._resumption.settled(client)
        if peer.is_resumable and (peer.is_connection_up or self._is_claimed(peer)):
            peer.id = None
            self._out.start_timer("away", peer.key, limits.AWAY_MS)
        else:
            self._gone(peer)

    def _link_lost(self) -> None:
        self._own_id = None
        self._offering.lost()
        self._lines.lost()
        if self._link == "joined":
            self._link = "reconnecting"
        for client in self._arrivals:
            self._forget_arrival_timers(client)
        self._arrivals.clear()
        for peer in list(self._peers.values()):
            if peer.id is not None:
                self._resumption.settled(peer.id)
            if not peer.is_resumable:
                self._gone(peer)
                continue
            if peer.is_away:
                self._out.stop_timer("away", peer.key)
            peer.id = None

    def _message_relayed(self, sender: int, message: RelayMessage) -> None:
        arrival = self._arrivals.get(sender)
        peer = self._peer_by_id(sender)
        if isinstance(message, Identify) and message.instance == self._options.instance:
            # Nobody else is this client.
            self.ignored_messages += 1
        elif isinstance(message, ResumeToken | ResumeChallenge | ResumeProof):
            self._resumption_message(sender, message)
        elif arrival and arrival.identity is None and isinstance(message, Identify):
            self._arrival_identified(arrival, message)
        elif arrival:
            arrival.hold(message)
        elif peer:
            self._peer_said(peer, message)
        else:
            self.ignored_messages += 1

    def _forget_arrival_timers(self, client: int) -> None:
        self._out.stop_timer("appear", client)
        self._resumption.settled(client)

    # Who is who

    def _arrival_identified(self, arrival: Arrival, identity: Identify) -> None:
        arrival.identity = identity
        self._out.stop_timer("appear", arrival.id)
        if not self._resumption.bearers_of(identity.instance):
            self._appear(arrival, identity)
        else:
            arrival.is_challenged = True
            self._resumption.challenge(arrival.id)

    def _resumption_message(self, sender: int, message: ResumeToken | ResumeChallenge | ResumeProof) -> None:
        """Take what proves, or asks to prove, who is who; nothing of it waits with what is held."""
        arrival, peer = self._arrivals.get(sender), self._peer_by_id(sender)
        if isinstance(message, ResumeToken):
            # Who gives a token takes this client for somebody new, and has nothing to prove [R4].
            self._refuted(sender)
            arrival, peer = None, self._peer_by_id(sender)
        candidates = self._resumption.candidates(arrival, peer)
        match message:
            case ResumeToken():
                is_used = peer is not None and self._resumption.token_received(peer, message)
            case ResumeChallenge(nonce):
                is_used = self._resumption.challenged(sender, candidates, nonce)
            case ResumeProof(macs):
                is_used = self._resumption.answered(sender, candidates, macs)
        self.ignored_messages += not is_used

    def _proven(self, client: int, key: e.PeerKey) -> None:
        """Let a member go on as the peer that it is, whatever the server still says of the old id [R3]."""
        arrival, claimant, bearer = self._arrivals.get(client), self._peer_by_id(client), self._peers.get(key)
        if bearer is None or bearer not in self._resumption.candidates(arrival, claimant):
            return
        self._resumption.settled(client)
        if arrival is not None:
            self._resume(bearer, arrival)
        elif claimant is bearer:
            self._resumption.trust(bearer)
        elif claimant is not None:
            identity = Identify(claimant.username, claimant.instance, tuple(claimant.features))
            del self._peers[claimant.key]
            self._out.add(PeerMerged(claimant.key, bearer.key))
            self._connections.close(claimant)
            self._resumption.forget(claimant)
            self._resume(bearer, Arrival(client, identity))

    def _refuted(self, client: int) -> None:
        """Take a member that did not prove itself for somebody else [R4]."""
        self._resumption.settled(client)
        arrival, claimant = self._arrivals.get(client), self._peer_by_id(client)
        if arrival is not None and arrival.identity is not None:
            self._appear(arrival, arrival.identity)
        elif claimant is not None and claimant.is_challenged:
            claimant.is_challenged = False
            self._resumption.met(claimant)
        for peer in [each for each in self._peers.values() if each.is_away and not each.is_connection_up]:
            # It was waited for because of that claim alone [L2].
            if self._link == "joined" and not self._is_claimed(peer):
                self._gone(peer)

    def _is_claimed(self, peer: Peer) -> bool:
        """Tell whether somebody is about to prove that it is this peer."""
        claimants = (each for each in self._peers.values() if each.is_challenged and each is not peer)
        return any(_claims(arrival, peer) for arrival in self._arrivals.values()) or any(
            claimant.instance == peer.instance for claimant in claimants
        )

    def _appear(self, arrival: Arrival, identity: Identify) -> None:
        peer = Peer(self._next_key, arrival.id, arrival.identity is not None, identity)
        self._next_key += 1
        self._peers[peer.key] = peer
        self._out.add(PeerJoined(peer.key, peer.username))
        self._resumption.met(peer)
        self._lines.met(peer)
        self._release(arrival, peer)

    def _resume(self, peer: Peer, arrival: Arrival) -> None:
        """Let a peer go on under an arrival's id [L3]; everything that may have been lost is said again [L6]."""
        self._out.stop_timer("away", peer.key)
        if peer.id is not None:
            self._resumption.settled(peer.id)
        peer.id = arrival.id
        if arrival.identity:
            peer.identify(arrival.identity)
        self._resumption.trust(peer)
        for message in (*self._own.withdrawals(), *peer.resources.requests()):
            self._out.relay(peer, message)
        self._lines.met(peer)
        self._connections.negotiate(peer, Resumed(connected=peer.connection == "connected"))
        if peer.connection == "failed":
            self._connection_failed(peer)
        self._release(arrival, peer)

    def _release(self, arrival: Arrival, peer: Peer) -> None:
        self._arrivals.pop(arrival.id, None)
        for message in arrival.held:
            self._peer_said(peer, message)

    def _gone(self, peer: Peer) -> None:
        del self._peers[peer.key]
        self._out.stop_timer("away", peer.key)
        if peer.id is not None:
            self._resumption.settled(peer.id)
        self._connections.close(peer)
        self._resumption.forget(peer)
        self._out.add(PeerLeft(peer.key, peer.username))
        if not self._resumption.bearers_of(peer.instance):
            # Those who were to prove that they are this peer are nobody that is known.
            for arrival in [each for each in self._arrivals.values() if _claims(each, peer)]:
                self._refuted(arrival.id)

    def _left(self) -> None:
        for peer in self._peers.values():
            self._connections.close(peer)
        self._peers.clear()
        self._arrivals.clear()
        self._own_id = None

    # What peers say

    def _peer_said(self, peer: Peer, message: RelayMessage) -> None:  # noqa: C901, PLR0912 - one case a kind
        match message:
            case Identify():
                self._identified(peer, message)
            case Provide():
                if peer.resources.provide(message, self._is_wanted(message)):
                    self._ask(peer, Request(message.id))
                if kind := peer.resources.take_full():
                    self._out.add(ShowBound(kind, peer.key))
            case ProvideStop(resource_id):
                self._provide_stopped(peer, resource_id)
            case Request():
                self._requested(peer, message)
            case RequestStop(resource_id):
                if self._own.stop_request(resource_id, peer.key):
                    self._connections.stop_sending(peer.key, resource_id, self._own.kind_of(resource_id))
            case Offer() if peer.negotiation is None and not peer.was_asked:
                # Nobody asked for a connection [N10].
                self.ignored_messages += 1
            case Offer(sdp):
                self._connections.ensure(peer)
                self._connections.negotiate(peer, DescriptionReceived(Description("offer", sdp)))
            case Answer(sdp):
                self._connections.negotiate(peer, DescriptionReceived(Description("answer", sdp)))
            case IceCandidate():
                self._connections.negotiate(peer, CandidateReceived(message))
            case ChatId(line_id):
                peer.next_line = line_id
            case Chat():
                if self._lines.heard(peer):
                    self._out.add(ShowChat(peer.username, message, peer.key))
            case _:
                self.ignored_messages += 1

    def _identified(self, peer: Peer, identity: Identify) -> None:
        """Take what a peer says of itself: one announced before may turn out to be one that is waited for [R2] [L7]."""
        is_first = not peer.is_identified
        peer.is_identified = True
        peer.identify(identity)
        if not is_first or identity.instance is None:
            return
        is_known = bool(self._resumption.bearers_of(identity.instance))
        peer.instance = identity.instance
        self._connections.reconsider(peer)
        if is_known and peer.id is not None:
            peer.is_challenged = True
            self._resumption.challenge(peer.id)
        else:
            self._resumption.met(peer)

    def _provide_stopped(self, peer: Peer, resource_id: str) -> None:
        if peer.resources.is_wanted_file(resource_id):
            self._out.add(GiveUpFile(peer.key, resource_id))
        peer.resources.stop(resource_id)

    def _requested(self, peer: Peer, request: Request) -> None:
        """Each request for a port is a connection of its own [P1]; of anything else the first one counts [M3]."""
        if self._own.kind_of(request.id) == "port" or self._own.request(request, peer.key):
            self._connections.send(peer, request)

    # What the person wants

    def _resource_wanted(self, peer: Peer, event: e.ResourceWanted) -> None:
        resource_id = event.id
        resource = peer.resources.get(resource_id)
        features = self._connections.common_features(peer)
        resume = event.resume if "file-resume-2" in features else None
        if resource is None or not peer.resources.want(resource_id, wanted=True, resume=resume):
            return
        if resource.kind == "file":
            self._out.add(ExpectFile(peer.key, resource, features, event.ticket))
        self._ask(peer, resume or Request(resource_id))

    def _port_wanted(self, peer: Peer, resource_id: str, ticket: int | None) -> None:
        resource = peer.resources.get(resource_id)
        if resource is not None and resource.kind == "port" and not peer.is_away:
            self._out.add(ExpectPort(peer.key, resource_id, self._connections.common_features(peer), ticket))
            self._ask(peer, Request(resource_id))

    def _ask(self, peer: Peer, request: Request) -> None:
        """Request something; from now on the peer may offer a connection for that [N10]."""
        peer.was_asked = True
        self._late_streams.asked(peer, request.id)
        self._out.relay(peer, request)

    def _resource_removed(self, resource_id: str) -> None:
        removed = self._own.remove(resource_id)
        if removed is not None:
            info, peers = removed
            for peer in peers:
                self._connections.stop_sending(peer, resource_id, info.kind)
            self._out.add(OwnWithdrawn(info))
        self._relay_to_all(ProvideStop(resource_id))

    def _is_wanted(self, offer: Provide) -> bool:
        """Return whether something is asked for as soon as it is offered."""
        return offer.kind == "track" and ("audio" if offer.track_kind == "audio" else "video") in self._wants

    # Connections

    def _connection_state_changed(self, peer: Peer, state: e.ConnectionState) -> None:
        self._connections.state_changed(peer, state)
        if state == "failed":
            self._connection_failed(peer)

    def _connection_failed(self, peer: Peer) -> None:
        """Recover, unless the peer is reported gone, too: that ends the waiting [L5]."""
        if not peer.is_away:
            self._connections.recover(peer)
        elif self._link == "joined":
            self._gone(peer)

    def _connection_closed(self, peer: Peer) -> None:
        """Wait for signaling to say that the peer left; if it starts afresh instead, so does this side in a while."""
        self._connections.state_changed(peer, "closed")
        peer.resources.stop_all_flows()
        if peer.is_away:
            self._gone(peer)
        else:
            self._connections.recover(peer)

    # Timers

    def _timer_fired(self, timer: e.Timer) -> None:
        if timer.name == "offers":
            self._offering.due()
            return
        peer = self._peers.get(timer.of)
        arrival = self._arrivals.get(timer.of)
        match timer.name:
            case "away" if peer and peer.is_away:
                self._gone(peer)
            case "restart" if peer:
                self._connections.restart(peer)
            case "late" if peer:
                self._late_streams.due(peer)
            case "renew" if peer:
                self._connections.moment_passed(peer)
            case "appear" if arrival:
                self._appear(arrival, Identify(""))
            case "prove":
                self._refuted(timer.of)

    # Telling, sending and finding

    def _tell(self) -> None:
        """Tell what the event has changed; who joined, left or said something was told at once."""
        if self._link != self._told_link:
            self._told_link = self._link
            self._out.add(LinkChanged(self._link))
        for peer in self._peers.values():
            self._tell_of(peer)
            for news in peer.resources.take_news():
                self._out.add(news)

    def _tell_of(self, peer: Peer) -> None:
        told, now = peer.told, (peer.username, peer.status, peer.relayed)
        peer.told = now
        if told[0] != now[0]:
            self._out.add(PeerRenamed(peer.key, told[0], now[0]))
        if told[1:] != now[1:]:
            self._out.add(PeerStatusChanged(peer.key, *now[1:]))

    def _identity(self) -> Identify:
        return Identify(self._username, self._options.instance, self._options.features)

    def _relay_to_all(self, message: RelayMessage) -> None:
        if self._link == "joined":
            self._out.add(RelayOut(message))

    def _peer_by_id(self, client: int) -> Peer | None:
        return next((peer for peer in self._peers.values() if peer.id == client), None)


def _view_of(peer: Peer) -> PeerView:
    return PeerView(peer.key, peer.username, peer.status, peer.relayed, peer.resources.list())


def _claims(arrival: Arrival, peer: Peer) -> bool:
    return arrival.is_challenged and arrival.identity is not None and arrival.identity.instance == peer.instance
