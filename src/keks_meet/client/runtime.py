# SPDX-License-Identifier: AGPL-3.0-only
"""The shell around a session: carries its effects out on the link, the peer connections and the timers.

Tells the session what they report, and the program what has changed. `room` is the door to it.
"""

import asyncio
import logging
from collections import deque
from typing import Protocol

from keks_meet.client import events as out
from keks_meet.client.files.sinks import Prefix, Sink
from keks_meet.client.files.stalls import watch_progress
from keks_meet.client.files.transfers import Incoming, Outgoing, Transfer
from keks_meet.client.ice_servers import IceServers
from keks_meet.client.ports.forwarding import Forwarding
from keks_meet.client.rtc import DataChannel, MediaStream, PeerConnection
from keks_meet.client.signaling.link import SignalingLink
from keks_meet.client.signaling.proofs import ResumptionKeys
from keks_meet.client.signaling.server_config import IceConfig
from keks_meet.client.tasks import Tasks
from keks_meet.errors import KeksMeetError, NotOnOffer
from keks_meet.protocol.packets import ClientJoin, ClientLeave, Init, Join, RoomInfo
from keks_meet.protocol.relay_messages import Chat, RelayMessage, Request
from keks_meet.session import effects as do
from keks_meet.session import events as e
from keks_meet.session.negotiation import NegotiationEvent
from keks_meet.session.session import Session
from keks_meet.session.view import RoomView, SessionOptions

__all__ = ["Runtime"]

_log = logging.getLogger(__name__)


class Listener(Protocol):
    """Whom a shell reports to."""

    def happened(self, event: out.RoomEvent) -> None:
        """Tell of something."""

    def changed(self) -> None:
        """Tell that there may be something new to see."""


class Runtime:
    """One stay in one room."""

    def __init__(self, options: SessionOptions, room_hash: str, listener: Listener) -> None:
        self._session = Session(options)
        self._room_hash = room_hash
        self._listener = listener
        self._link: SignalingLink | None = None
        self._connections: dict[e.PeerKey, PeerConnection] = {}
        self._timers: dict[e.Timer, asyncio.TimerHandle] = {}
        self._events: deque[e.SessionEvent] = deque()
        self._is_handling = False
        self._is_closed = False
        # Own files that could not be read, and are still on their way to somebody.
        self._spoilt: set[str] = set()
        self._keys = ResumptionKeys()
        self.lost_because: str | None = None
        """Why the server is away, while it is; may be empty."""
        self.streams: dict[str, MediaStream] = {}
        """Own streams on offer, by resource id."""
        self.tasks = Tasks()
        self.ice_servers = self._no_ice_servers = IceServers(IceConfig(), _nobody, self.tasks)
        self.outgoing = Outgoing(self.tasks, self._transfer_started, self._transfer_ended)
        self.incoming = Incoming()
        self.forwarding = Forwarding(self.tasks, self.handle, self._port_refused)
        self._view: RoomView | None = None
        # Peers as they were told last, to be told once more when they have left.
        self._told: dict[e.PeerKey, out.Peer] = {}

    def use(self, link: SignalingLink) -> None:
        """Talk to the server over this link."""
        self._link = link

    @property
    def ignored_messages(self) -> int:
        """What was not understood, could not be opened or was not expected [E3] [M5]."""
        return self._session.ignored_messages + (self._link.ignored if self._link else 0)

    @property
    def view(self) -> RoomView:
        """What there is to see now; made when somebody looks."""
        if self._view is None:
            self._view = self._session.view()
        return self._view

    async def close(self) -> None:
        """Leave: end everything at once, so that nobody waits for this client to come back."""
        if not self._is_closed:
            self.handle(e.Left())
            if self._link is not None:
                await self._link.flushed()
        self._is_closed = True
        self.forwarding.close()
        for timer in self._timers.values():
            timer.cancel()
        for connection in self._connections.values():
            connection.close()
        await self.tasks.close()

    def handle(self, event: e.SessionEvent) -> None:
        """Let the session take an event; those that its effects cause wait for it."""
        self._events.append(event)
        if self._is_handling:
            return
        self._is_handling = True
        try:
            while self._events and not self._is_closed:
                for effect in self._effects_of(self._events.popleft()):
                    self._carry_out_safely(effect)
        finally:
            self._is_handling = False
        self._listener.changed()

    def _effects_of(self, event: e.SessionEvent) -> list[do.SessionEffect]:
        """Let the session take one event. A fault of ours, which it would be to raise, must not cost the room."""
        self._view = None
        try:
            return self._session.handle(event)
        except Exception as error:
            _log.error("%s was not handled: %s", type(event).__name__, type(error).__name__)
            return []

    def _carry_out_safely(self, effect: do.SessionEffect) -> None:
        """Let no effect that fails stop the others: it is a fault of ours, of the engine, or of one peer."""
        try:
            self._carry_out(effect)
        except Exception as error:
            # Only the types: what they are about may hold descriptions and names.
            _log.error("%s failed: %s", type(effect).__name__, type(error).__name__)

    def _carry_out(self, effect: do.SessionEffect) -> None:  # noqa: C901, PLR0912 - one case a kind
        match effect:
            case do.RelayOut(message, recipient):
                if self._link:
                    self._link.relay(message, recipient)
            case do.JoinRoom():
                if self._link:
                    self._link.send(Join(self._room_hash))
            case do.OpenConnection(peer):
                self._open_connection(peer)
            case do.CloseConnection(peer):
                self._connections.pop(peer).close()
            case do.Engine(peer, order):
                self._connections[peer].carry_out(order)
            case do.RestartIce(peer):
                self._connections[peer].restart_ice()
            case do.Attach(peer, resource_id):
                self._connections[peer].attach(self.streams[resource_id])
            case do.OfferToReceive(peer, kind):
                self._connections[peer].offer_to_receive(kind)
            case do.Detach(peer, resource_id):
                if peer in self._connections:
                    self._connections[peer].detach(resource_id)
            case do.StartTimer(timer, ms):
                self._start_timer(timer, ms)
            case do.StopTimer(timer):
                self._stop_timer(timer)
            case do.Confirm(line):
                if self._link:
                    self._link.confirm(line)
            case do.ShowLine(line, state):
                self._listener.happened(out.ChatSettled(line, state))
            case do.ShowBound():
                self._bound_reached(effect)
            case do.ShowChat(_, chat, peer):
                if peer is not None:
                    self._chat_received(peer, chat)
            case do.ShowRoomCount() | do.OwnOffered() | do.OwnWithdrawn() | do.ResourceChanged():
                # Programs watch no rooms, and know what they do themselves.
                pass
            case do.LinkChanged(status):
                self._listener.happened(out.LinkChanged(status, self.lost_because or ""))
            case do.PeerJoined() | do.PeerLeft() | do.PeerMerged() | do.PeerRenamed() | do.PeerStatusChanged():
                self._tell_of_peer(effect)
            case do.ResourceOffered(peer, resource):
                self._listener.happened(out.ResourceOffered(self._snapshot(peer), resource))
            case do.ResourceWithdrawn(peer, resource):
                self._listener.happened(out.ResourceWithdrawn(self._snapshot(peer), resource))
            case (
                do.SendFile()
                | do.StopFile()
                | do.ExpectFile()
                | do.GiveUpFile()
                | do.ContinueFile()
                | do.OpenPort()
                | do.ExpectPort()
            ):
                self._carry_out_channels(effect)
            case _:
                self._carry_out_resumption(effect)

    def _carry_out_resumption(
        self,
        effect: do.IssueToken
        | do.KeepToken
        | do.ForgetTokens
        | do.Challenge
        | do.Prove
        | do.Verify
        | do.DoubtPeer
        | do.TrustPeer,
    ) -> None:
        match effect:
            case do.IssueToken(peer, client):
                self._relay(self._keys.issue(peer), client)
            case do.KeepToken(peer, token):
                self._keys.keep(peer, token)
            case do.ForgetTokens(peer):
                self._keys.forget(peer)
            case do.Challenge(client):
                self._relay(self._keys.challenge(client), client)
            case do.Prove(client, peers, nonce):
                self._relay(self._keys.prove(peers, self._own_id, client, nonce), client)
            case do.Verify(client, peers, macs):
                proven = self._keys.verify(peers, self._own_id, client, macs)
                self.handle(e.Proven(client, proven) if proven is not None else e.Refuted(client))
            case do.DoubtPeer(peer):
                self.forwarding.doubt(peer)
            case do.TrustPeer(peer):
                self.forwarding.trust(peer)

    def _tell_of_peer(
        self, effect: do.PeerJoined | do.PeerLeft | do.PeerMerged | do.PeerRenamed | do.PeerStatusChanged
    ) -> None:
        match effect:
            case do.PeerJoined(key):
                self._listener.happened(out.PeerJoined(self._snapshot(key)))
            case do.PeerRenamed(key) | do.PeerStatusChanged(key):
                self._listener.happened(out.PeerChanged(self._snapshot(key)))
            case do.PeerLeft(key) | do.PeerMerged(key):
                self.forwarding.forget(key)
                self.outgoing.forget_peer(key)
                self._listener.happened(out.PeerLeft(self._told.pop(key)))

    def _snapshot(self, key: e.PeerKey) -> out.Peer:
        """Return a peer as it is now, or was when it was told last."""
        peer = self.peer(key) or self._told[key]
        self._told[key] = peer
        return peer

    @property
    def _own_id(self) -> int:
        """The id that the server gave; no proof is right with what stands for none."""
        return (self._link.own_id if self._link else None) or 0

    def _relay(self, message: RelayMessage | None, recipient: int) -> None:
        if message is not None and self._link is not None:
            self._link.relay(message, recipient)

    def _carry_out_channels(
        self,
        effect: (
            do.SendFile | do.ExpectFile | do.GiveUpFile | do.ContinueFile | do.StopFile | do.OpenPort | do.ExpectPort
        ),
    ) -> None:
        match effect:
            case do.SendFile(peer, resource_id):
                info = next(info for info in self.view.resources if info.id == resource_id)
                self.outgoing.send(effect, info, self._connections[peer].open_channel(resource_id))
            case do.StopFile(peer, resource_id):
                self.outgoing.stop(peer, resource_id)
            case do.ExpectFile():
                self.incoming.expect(effect)
            case do.GiveUpFile(peer, resource_id):
                self.incoming.give_up(peer, resource_id)
            case do.OpenPort(peer, resource_id):
                connection = self._connections[peer]
                self.forwarding.connect(effect, lambda: connection.open_channel(resource_id))
            case do.ExpectPort():
                self.forwarding.expect(effect)

    def _open_connection(self, peer: e.PeerKey) -> None:
        before = self._connections.pop(peer, None)
        if before is not None:
            before.close()
        reporter = _Reporter(self, peer)
        try:
            connection = PeerConnection(self.ice_servers, reporter)
        except Exception as error:  # whatever a server writes into its configuration
            _log.warning("the server's STUN and TURN cannot be used: %s", type(error).__name__)
            connection = PeerConnection(self._no_ice_servers, reporter)
        self._connections[peer] = connection

    def _start_timer(self, timer: e.Timer, ms: int) -> None:
        self._stop_timer(timer)
        loop = asyncio.get_running_loop()
        self._timers[timer] = loop.call_later(ms / 1000, self._fire, timer)

    def _stop_timer(self, timer: e.Timer) -> None:
        if timer in self._timers:
            self._timers.pop(timer).cancel()

    def _fire(self, timer: e.Timer) -> None:
        self._timers.pop(timer, None)
        self.handle(e.TimerFired(timer))

    # What the link reports

    def packet_received(self, packet: Init | ClientJoin | ClientLeave | RoomInfo) -> None:
        """Take what the server said."""
        self.lost_because = None
        self.handle(e.PacketReceived(packet))

    def message_relayed(self, sender: int, message: RelayMessage) -> None:
        """Take what a member said."""
        self.handle(e.MessageRelayed(sender, message))

    def link_lost(self, reason: str) -> None:
        """Take note that the server is away."""
        self.lost_because = reason
        self._keys.forget_challenges()
        self.handle(e.LinkLost())

    def message_too_large(self, message: RelayMessage) -> None:
        """Tell the program that a message was not sent."""
        if isinstance(message, Chat):
            self.handle(e.ChatRefused(message))
        self._listener.happened(out.MessageTooLarge("chat" if isinstance(message, Chat) else "other"))

    def passed(self, line: str) -> None:
        """Take note that the server has everything that was relayed before this was asked for."""
        self.handle(e.Confirmed(line))

    # What peer connections and transfers report

    def peer(self, key: e.PeerKey) -> out.Peer | None:
        """Return a peer as it is now."""
        return self._session.peer_view(key)

    def offer(self, key: e.PeerKey, resource_id: str) -> out.Resource | None:
        """Return what a peer offers under an id, if it offers it."""
        peer = self.peer(key)
        return next((each.info for each in peer.resources if each.info.id == resource_id), None) if peer else None

    def channel_arrived(self, peer: e.PeerKey, channel: DataChannel) -> bool:
        """Give a channel to whoever waits for it; return whether somebody does."""
        return self.forwarding.attach(peer, channel) or self.incoming.attach(peer, channel)

    def want_file(self, key: e.PeerKey, resource_id: str, sink: Sink, prefix: Prefix | None) -> Transfer:
        """Ask for a file. Raises `NotOnOffer`."""
        resume = Request(resource_id, prefix.length, prefix.salt) if prefix else None
        ticket = self.incoming.want(sink, prefix)
        self.handle(e.ResourceWanted(key, resource_id, resume, ticket))
        transfer = self.incoming.begun(ticket)
        if transfer is None:
            raise NotOnOffer("nobody here offers this file, or it is being downloaded already")
        self._transfer_started(transfer)
        self.tasks.start(watch_progress(transfer, lambda: self._transfer_stalled(transfer)))
        return transfer

    def _transfer_stalled(self, transfer: Transfer) -> None:
        self._listener.happened(out.TransferStalled(transfer))
        self.handle(e.FileStalled(transfer.peer, transfer.resource.id))

    def download_not_begun(self, key: e.PeerKey, offer: out.Resource | None, error: BaseException) -> None:
        """Tell the program of a download that this side could not begin, as of any other that fails."""
        if offer is None or not isinstance(error, KeksMeetError | OSError):
            return
        transfer = Transfer("in", key, offer)
        self._transfer_started(transfer)
        transfer.outcome = "broken"
        transfer.error = error
        self._listener.happened(out.TransferEnded(transfer))

    def file_received(self, transfer: Transfer) -> None:
        """Take note that a download has ended, however it did."""
        if self.incoming.forget(transfer):
            self.handle(e.ResourceUnwanted(transfer.peer, transfer.resource.id))
        self._listener.happened(out.TransferEnded(transfer))

    def stream_arrived(self, key: e.PeerKey, stream: MediaStream) -> None:
        """Tell of a stream that was asked for."""
        self.handle(e.StreamArrived(key, stream.id))
        peer = self.peer(key)
        found = next((each for each in peer.resources if each.info.id == stream.id), None) if peer else None
        if peer and found and found.wanted:
            self._listener.happened(out.StreamArrived(peer, found.info, stream))

    def _bound_reached(self, effect: do.ShowBound) -> None:
        peer = self.peer(effect.peer) if effect.peer is not None else None
        if peer is not None:
            self._listener.happened(out.OffersIgnored(peer, effect.kind))
        elif effect.id is not None:
            self.outgoing.remove(effect.id)
            self.forwarding.remove(effect.id)
            self.streams.pop(effect.id, None)
            self._listener.happened(out.OfferRefused(effect.id, effect.kind))

    def _port_refused(self, key: e.PeerKey, resource_id: str) -> None:
        peer = self.peer(key)
        if peer:
            self._listener.happened(out.PortRefused(peer, resource_id))

    def _chat_received(self, key: e.PeerKey, chat: Chat) -> None:
        peer = self.peer(key)
        if peer:
            self._listener.happened(out.ChatReceived(peer, chat.text, chat.image))

    def _transfer_started(self, transfer: Transfer) -> None:
        self._listener.happened(out.TransferStarted(transfer))

    def _transfer_ended(self, transfer: Transfer, is_news: bool) -> None:
        if is_news:
            self.handle(e.FileEnded(transfer.peer, transfer.resource.id))
        self._listener.happened(out.TransferEnded(transfer))
        self._withdraw_spoilt(transfer)

    def _withdraw_spoilt(self, transfer: Transfer) -> None:
        """Offer no longer what cannot be read; whoever has begun to get it may still get to its end."""
        resource_id = transfer.resource.id
        if self.outgoing.is_spoilt(transfer):
            self._spoilt.add(resource_id)
        if resource_id in self._spoilt and not self.outgoing.is_sending(resource_id):
            self._spoilt.discard(resource_id)
            self.outgoing.remove(resource_id)
            self.handle(e.ResourceRemoved(resource_id))
            self._listener.happened(out.ResourceSpoilt(transfer.resource))


async def _nobody() -> None:
    """Stand for a server that is not asked."""


class _Reporter:
    """Tells a shell what one peer connection reports."""

    def __init__(self, runtime: Runtime, peer: e.PeerKey) -> None:
        self._runtime = runtime
        self._peer = peer

    def negotiated(self, event: NegotiationEvent) -> None:
        self._runtime.handle(e.Negotiated(self._peer, event))

    def state_changed(self, state: e.ConnectionState) -> None:
        self._runtime.handle(e.ConnectionStateChanged(self._peer, state))

    def closed(self) -> None:
        self._runtime.handle(e.ConnectionClosed(self._peer))

    def path_found(self, relayed: bool) -> None:
        self._runtime.handle(e.PathFound(self._peer, relayed))

    def stream_arrived(self, stream: MediaStream) -> None:
        self._runtime.stream_arrived(self._peer, stream)

    def channel_arrived(self, channel: DataChannel) -> bool:
        return self._runtime.channel_arrived(self._peer, channel)
