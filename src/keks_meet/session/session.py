# SPDX-License-Identifier: AGPL-3.0-only
"""A client's part in one room: who offers and gets what, and what the shell hears of it.

[M1] to [M7], [N10], [F7], [F12], [P1]; who is there is decided in `members`. Events in, effects out; owns no socket, no
connection, no clock and no key.
"""

from keks_meet.protocol.packets import ClientJoin, ClientLeave, Init, RoomInfo
from keks_meet.protocol.relay_messages import (
    Answer,
    Chat,
    ChatId,
    Hand,
    IceCandidate,
    Identify,
    Leaving,
    Offer,
    Provide,
    ProvideStop,
    Reaction,
    Recording,
    RelayMessage,
    Request,
    RequestStop,
)
from keks_meet.session import events as e
from keks_meet.session.descriptions import Description
from keks_meet.session.effects import (
    ExpectFile,
    ExpectPort,
    GiveUpFile,
    SessionEffect,
    ShowBound,
    ShowChat,
    ShowRoomCount,
)
from keks_meet.session.events import TrackKind
from keks_meet.session.facts import LinkChanged, OwnOffered, OwnWithdrawn, PeerRenamed, PeerStatusChanged
from keks_meet.session.late_streams import LateStreams
from keks_meet.session.members import Members
from keks_meet.session.negotiation import CandidateReceived, DescriptionReceived
from keks_meet.session.outbox import Outbox
from keks_meet.session.peer import Line, Peer
from keks_meet.session.resources import OwnResources
from keks_meet.session.view import LinkStatus, PeerView, RoomView, SessionOptions
from keks_meet.session.way import is_relayed

__all__ = ["Session"]


class Session:
    """The state of one stay in one room."""

    def __init__(self, options: SessionOptions) -> None:
        self._own = OwnResources()
        self._out = Outbox()
        self._members = Members(options, self._own, self._out)
        self._peers = self._members.peers
        self._connections = self._members.connections
        self._lines = self._members.lines
        self._late_streams = LateStreams(self._connections, self._out)
        self._told_link: LinkStatus = "joining"
        self._ignored = 0

    def handle(self, event: e.SessionEvent) -> list[SessionEffect]:
        """Take one event and return what is to be done."""
        self._note(event)
        self._lines.consider()
        self._tell()
        return self._out.take()

    @property
    def ignored_messages(self) -> int:
        """The number of messages that were not understood or not expected [E3] [M5]."""
        return self._ignored + self._members.ignored

    def view(self) -> RoomView:
        """Return the view of the room."""
        peers = tuple(_view_of(peer) for peer in self._peers.values() if peer.is_announced)
        return RoomView(self._members.link, self._members.username, self._own.list(), peers)

    def peer_view(self, key: e.PeerKey) -> PeerView | None:
        """Return the view of one peer."""
        peer = self._peers.get(key)
        return _view_of(peer) if peer and peer.is_announced else None

    def key_of(self, client: int) -> e.PeerKey | None:
        """Return the key of the peer that the server knows by an id."""
        return next((peer.key for peer in self._peers.values() if peer.id == client and peer.is_announced), None)

    def _note(self, event: e.SessionEvent) -> None:  # noqa: C901, PLR0912 - one case a kind
        match event:
            case e.PacketReceived(packet):
                self._packet_received(packet)
            case e.MessageRelayed(sender, message, credential):
                peer = self._members.message_relayed(sender, message, credential)
                if peer is not None:
                    self._peer_said(peer, message)
            case e.Introduced():
                self._introduced(event)
            case e.BegunAnew(client):
                self._members.begun_anew(client)
            case e.Missed(client):
                self._members.missed(client)
            case e.LinkLost():
                self._members.lost()
            case e.TimerFired(timer):
                self._timer_fired(timer)
            case e.Renamed(username):
                self._members.renamed(username)
            case e.WantsSet(wants):
                self._members.wants = wants
            case e.ResourceAdded(resource):
                self._resource_added(resource)
            case e.ResourceRemoved(resource_id):
                self._resource_removed(resource_id)
            case e.ChatWritten(chat, line):
                self._out.add(ShowChat(self._members.username, chat, line=line))
                self._lines.written(Line(line, chat))
            case e.ChatRefused(chat):
                self._lines.refused(chat)
            case e.Confirmed(line):
                self._lines.confirmed(line)
            case e.HandSet() | e.ReactionMade() | e.RecordingSet():
                self._shown(event)
            case e.Left():
                self._members.left()
            case _:
                self._peer_event(event)

    def _shown(self, event: e.HandSet | e.ReactionMade | e.RecordingSet) -> None:
        if isinstance(event, e.RecordingSet):
            self._members.recordings.set(event.state)
        elif isinstance(event, e.HandSet):
            self._members.gestures.set_hand(event.state)
        else:
            self._members.gestures.react(event.name)

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
                # A peer that is sending the file already takes no notice [M3] [F12].
                self._out.relay(peer, peer.resources.request_of(resource_id))
            case e.FileInterrupted():
                self._file_interrupted(peer, event)
            case e.Negotiated(_, negotiation):
                self._connections.negotiate(peer, negotiation)
            case e.ConnectionStateChanged(_, state):
                self._connection_state_changed(peer, state)
            case e.ConnectionClosed():
                self._connection_closed(peer)
            case e.PathFound(_, way):
                peer.way = way
            case e.PathSilent(_, silent):
                self._connections.silent(peer, silent)
            case e.StreamArrived(_, resource_id):
                peer.resources.set_flowing(resource_id, flowing=True)
            case e.StreamEnded(_, resource_id):
                peer.resources.set_flowing(resource_id, flowing=False)

    def _packet_received(self, packet: Init | ClientJoin | ClientLeave | RoomInfo) -> None:
        match packet:
            case Init(own_id):
                self._ignored += not self._members.initialized(own_id)
            case ClientJoin(client):
                self._members.client_joined(client)
            case ClientLeave(client):
                self._members.client_left(client)
            case RoomInfo(room_hash, count):
                self._out.add(ShowRoomCount(room_hash, count))

    # Messages of peers

    def _peer_said(self, peer: Peer, message: RelayMessage) -> None:  # noqa: C901, PLR0912 - one case a kind
        match message:
            case Identify():
                self._send_all_wanted(peer)
            case Provide():
                self._provided(peer, message)
            case ProvideStop(resource_id):
                self._provide_stopped(peer, resource_id)
            case Request():
                self._requested(peer, message)
            case RequestStop(resource_id):
                if self._own.stop_request(resource_id, peer.key):
                    self._connections.stop_sending(peer.key, resource_id, self._own.kind_of(resource_id))
            case Offer() if peer.negotiation is None and not peer.was_asked:
                # Nobody asked for a connection [N10].
                self._ignored += 1
            case Offer(sdp):
                self._connections.ensure(peer)
                self._connections.offered(peer, sdp)
                self._connections.negotiate(peer, DescriptionReceived(Description("offer", sdp)))
            case Answer(sdp):
                self._connections.negotiate(peer, DescriptionReceived(Description("answer", sdp)))
            case IceCandidate():
                self._connections.negotiate(peer, CandidateReceived(message))
            case Leaving():
                peer.set_connection("closed")
            case ChatId(line_id):
                peer.next_line = line_id
            case Chat():
                if self._lines.heard(peer):
                    self._out.add(ShowChat(peer.username, message, peer.key))
            case Recording():
                self._ignored += not self._members.recordings.heard(peer, message)
            case Hand() | Reaction():
                self._ignored += not self._members.gestures.heard(peer, message)
            case _:
                self._ignored += 1

    def _introduced(self, event: e.Introduced) -> None:
        """Send at once what a member wants that has proven who it is: its name follows [M10]."""
        peer = self._members.introduced(event)
        if peer is not None:
            self._send_all_wanted(peer)

    def _provided(self, peer: Peer, offer: Provide) -> None:
        if peer.resources.provide(offer, self._is_wanted(offer)):
            self._ask(peer, Request(offer.id))
        elif _kind_of(offer) in self._members.told_wants and not peer.resources.is_wanted(offer.id):
            # The peer takes it for requested [M10].
            self._out.relay(peer, RequestStop(offer.id))
        if kind := peer.resources.take_full():
            self._out.add(ShowBound(kind, peer.key))

    def _send_all_wanted(self, peer: Peer) -> None:
        for resource in self._own.list():
            self._send_wanted(peer, resource)

    def _send_wanted(self, peer: Peer, own: Provide) -> None:
        """Send a track that a peer has requested before it was offered [M10]."""
        if _kind_of(own) in peer.wants and not peer.is_away:
            self._requested(peer, Request(own.id))

    def _provide_stopped(self, peer: Peer, resource_id: str) -> None:
        if peer.resources.is_wanted_file(resource_id):
            self._out.add(GiveUpFile(peer.key, resource_id))
        peer.resources.stop(resource_id)

    def _requested(self, peer: Peer, request: Request) -> None:
        """Each request for a port is a connection of its own [P1]; of anything else the first one counts [M3]."""
        if self._own.kind_of(request.id) == "port" or self._own.request(request, peer.key):
            self._connections.send(peer, request)

    # Wishes of the person

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
        """Request a resource; from now on the peer may offer a connection for that [N10]."""
        peer.was_asked = True
        self._late_streams.asked(peer, request.id)
        self._out.relay(peer, request)

    def _file_interrupted(self, peer: Peer, event: e.FileInterrupted) -> None:
        """Ask for the rest of a download at once, and once connected again: until then nobody may have noticed."""
        resume = Request(event.id, event.offset, event.salt) if event.offset else Request(event.id)
        if peer.resources.interrupted(resume):
            self._out.relay(peer, resume)
        else:
            self._out.add(GiveUpFile(peer.key, event.id))

    def _resource_added(self, resource: Provide) -> None:
        if not self._own.add(resource):
            self._out.add(ShowBound(resource.kind, id=resource.id))
            return
        self._out.add(OwnOffered(resource))
        if self._members.link == "joined":
            self._members.offering.tell(resource)
            for peer in self._peers.values():
                self._send_wanted(peer, resource)

    def _resource_removed(self, resource_id: str) -> None:
        removed = self._own.remove(resource_id)
        if removed is not None:
            info, peers = removed
            for peer in peers:
                self._connections.stop_sending(peer, resource_id, info.kind)
            self._out.add(OwnWithdrawn(info))
        self._members.relay_to_all(ProvideStop(resource_id))

    def _is_wanted(self, offer: Provide) -> bool:
        """Return whether a resource is asked for as soon as it is offered."""
        return _kind_of(offer) in self._members.wants

    # Connections

    def _connection_state_changed(self, peer: Peer, state: e.ConnectionState) -> None:
        if state == "connected" and peer.negotiation and peer.negotiation.has_given_up:
            return  # What was given up is made anew [N7].
        self._connections.state_changed(peer, state)
        if state == "failed" and not peer.is_away:
            self._connections.recover(peer)
        elif state == "failed" and self._members.link == "joined":
            # The peer is waited for: its machine may be asleep, or between two networks [L5].
            self._connections.close(peer)
        if state == "connected":
            for resource_id in peer.resources.take_interrupted():
                self._out.relay(peer, peer.resources.request_of(resource_id))

    def _connection_closed(self, peer: Peer) -> None:
        """Wait for signaling to say that the peer left; if it starts afresh instead, so does this side in a while."""
        self._connections.state_changed(peer, "closed")
        if peer.negotiation:
            peer.negotiation.close()
        peer.resources.stop_all_flows()
        if peer.is_away:
            self._members.gone(peer)
        else:
            self._connections.recover(peer)

    def _timer_fired(self, timer: e.Timer) -> None:
        peer = self._peers.get(timer.of)
        match timer.name:
            case "offers":
                self._members.offering.due()
            case "gestures" if peer or timer.of == 0:
                self._members.gestures.due(peer)
            case "recordings" if peer or timer.of == 0:
                self._members.recordings.due(peer)
            case "away" | "appear":
                self._members.due(timer)
            case "restart" if peer:
                self._connections.restart(peer)
            case "yield" if peer:
                self._connections.yielded(peer)
            case "doubts" if peer:
                peer.doubts = 0
            case "late" if peer:
                self._late_streams.due(peer)
            case "renew" if peer:
                self._connections.moment_passed(peer)

    def _tell(self) -> None:
        """Tell the changes that the event made; joining, leaving and chat were told at once."""
        if self._members.link != self._told_link:
            self._told_link = self._members.link
            self._out.add(LinkChanged(self._told_link))
        for peer in self._peers.values():
            if not peer.is_announced:
                continue
            self._tell_of(peer)
            for news in peer.resources.take_news():
                self._out.add(news)

    def _tell_of(self, peer: Peer) -> None:
        told, now = peer.told, (peer.username, peer.status, peer.way)
        peer.told = now
        if told[0] != now[0]:
            self._out.add(PeerRenamed(peer.key, told[0], now[0]))
        if told[1:] != now[1:]:
            self._out.add(PeerStatusChanged(peer.key, peer.status, is_relayed(peer.way), peer.way))


def _kind_of(offer: Provide) -> TrackKind | None:
    """Return the kind of a track; None for any other resource."""
    return offer.track_kind if offer.kind == "track" else None


def _view_of(peer: Peer) -> PeerView:
    resources = peer.resources.list()
    # Until a peer has said its name and its features, nothing can be said about whom the person knows by its key.
    credential = peer.credential if peer.is_identified else None
    return PeerView(peer.key, peer.username, peer.status, peer.way, resources, credential, peer.features)
