# SPDX-License-Identifier: AGPL-3.0-only
"""The shell around a session: has the session's effects carried out, and tells the session what comes of them.

Each kind of effect has one place that carries it out: the link, the peer connections, files, ports, timers and
the news for the program. `room` is the door to this module.
"""

import asyncio
import logging
from collections import deque
from pathlib import Path
from typing import TypeAlias

from keks_meet.client.blocking import in_thread
from keks_meet.client.connections import ConnectionEffect, Connections
from keks_meet.client.direct.ways import DirectWays
from keks_meet.client.files.incoming import Incoming
from keks_meet.client.files.outgoing import Outgoing
from keks_meet.client.files.own_file import OwnFile
from keks_meet.client.files.sinks import Sink
from keks_meet.client.ice_servers import IceServers
from keks_meet.client.identity.acquaintances import Acquaintances
from keks_meet.client.identity.keeping import Keeping
from keks_meet.client.identity.peers import Peer
from keks_meet.client.news import Listener, News, ToldEffect
from keks_meet.client.ports.forwarding import Forward, Forwarding, Provider
from keks_meet.client.ports.own_port import OwnPort
from keks_meet.client.resources import OwnResources
from keks_meet.client.rtc.channel import DataChannel
from keks_meet.client.rtc.tracks import MediaStream
from keks_meet.client.signaling.link import SignalingLink
from keks_meet.client.signaling.sealing import Sealing
from keks_meet.client.tasks import Tasks
from keks_meet.crypto.credential import SigningKey
from keks_meet.protocol.packets import ClientJoin, ClientLeave, Init, Join, RoomInfo
from keks_meet.protocol.relay_messages import Chat, Provide, RelayMessage
from keks_meet.session import effects as do
from keks_meet.session import events as e
from keks_meet.session import facts
from keks_meet.session.lines import MEMBERS
from keks_meet.session.pairing_orders import Introduce, Warn
from keks_meet.session.room_code_orders import ShowCode
from keks_meet.session.session import Session
from keks_meet.session.view import RoomView, SessionOptions

__all__ = ["Runtime"]

_log = logging.getLogger(__name__)

_LinkEffect: TypeAlias = do.RelayOut | do.JoinRoom | do.Confirm | do.DoubtLink
_FileEffect: TypeAlias = do.SendFile | do.StopFile | do.ExpectFile | do.GiveUpFile | do.ContinueFile
_PortEffect: TypeAlias = do.OpenPort | do.ExpectPort | do.DoubtPeer


class Runtime:
    """One stay in one room."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a stay is made of
        self,
        options: SessionOptions,
        link: SignalingLink,
        ice_servers: IceServers,
        acquaintances: Acquaintances,
        tasks: Tasks,
        listener: Listener,
    ) -> None:
        """Prepare a stay over a ``link`` that has been connected; ``tasks`` holds all that runs beside."""
        self._acquaintances = acquaintances
        self._keeping = Keeping(acquaintances, tasks)
        self._session = Session(options)
        self._link = link
        self._sealing = Sealing(options, link, self)
        self._tasks = tasks
        self._listener = listener
        self._room_hash = ""
        # Those of a run as they were when they were last seen: a code outlives their connections to the server.
        self._of_code: dict[int, Peer] = {}
        self._timers: dict[e.Timer, asyncio.TimerHandle] = {}
        self._events: deque[e.SessionEvent] = deque()
        self._is_handling = False
        self._is_closed = False
        self.is_entered = False
        """Whether the server has named everybody who was there before: who speaks until then is not heard."""
        self._view: RoomView | None = None
        self._news = News(self.peer, listener)
        self._resources = OwnResources()
        self._connections = Connections(ice_servers, self._resources, tasks, self)
        direct = DirectWays(tasks, self._connections.description)
        self._outgoing = Outgoing(tasks, self._resources, self.handle, self._news, direct)
        self._incoming = Incoming(tasks, self.handle, self._news, direct)
        self._forwarding = Forwarding(tasks, self._resources, self.handle, self._news, direct)

    # Calls of the room

    def start(self, key: bytes, room_hash: str, signing_key: SigningKey) -> None:
        """Enter the room, with the message key and the room hash, which both come from the secret, and the own key."""
        self._room_hash = room_hash
        self._tasks.start(self._sealing.run(key, room_hash, signing_key))
        self._tasks.start(self._outgoing.watch())

    async def close(self) -> None:
        """Leave the room, and end everything at once, so that nobody waits for this client to come back."""
        try:
            if not self._is_closed:
                self.handle(e.Left())
                await self._link.flushed()
        finally:
            self._is_closed = True
            self._forwarding.close()
            for timer in self._timers.values():
                timer.cancel()
            self._connections.close()
            await self._tasks.close()

    @property
    def view(self) -> RoomView:
        """The room as it is to be seen now; made when somebody looks."""
        if self._view is None:
            self._view = self._session.view()
        return self._view

    @property
    def lost_because(self) -> str | None:
        """The reason why the server is away, while it is away; may be empty."""
        return self._news.lost_because

    @property
    def ignored_messages(self) -> int:
        """The number of messages that were not understood, could not be opened or were not expected [E3] [M5]."""
        return self._session.ignored_messages + self._link.ignored + self._sealing.ignored

    def peer(self, key: e.PeerKey) -> Peer | None:
        """Return a peer as it is now."""
        view = self._session.peer_view(key)
        return self._acquaintances.seen(view) if view else None

    @property
    def peers(self) -> tuple[Peer, ...]:
        """The peers as they are now."""
        return tuple(map(self._acquaintances.seen, self.view.peers))

    def accept_name(self, key: e.PeerKey, username: str) -> None:
        """Take the name that a peer claims, for this stay, whoever else goes by it."""
        self._acquaintances.accept(key, username)
        self._news.peer_changed(key)

    def start_code(self) -> None:
        """Start to make a code of the room."""
        self._sealing.codes.start()

    def stop_code(self) -> None:
        """End a run that goes on."""
        self._sealing.codes.stop()

    def offer_of(self, key: e.PeerKey, resource_id: str) -> Provide | None:
        """Return the resource that a peer offers under an id, if there is one."""
        peer = self.peer(key)
        return next((each.info for each in peer.resources if each.info.id == resource_id), None) if peer else None

    def offer(self, info: Provide, own: OwnFile | OwnPort | MediaStream) -> None:
        """Offer a resource to everybody."""
        self._resources.add(info.id, own)
        self.handle(e.ResourceAdded(info))

    def withdraw(self, resource_id: str) -> None:
        """Withdraw a resource, and stop sending it; connections to a port go on."""
        self.handle(e.ResourceRemoved(resource_id))
        self._resources.remove(resource_id)

    async def download(self, key: e.PeerKey, resource_id: str, sink: Sink) -> Path | None:
        """Receive a peer's file; see `Room.download`. A resource that is no file counts as not on offer."""
        offer = self.offer_of(key, resource_id)
        is_file = offer is not None and offer.kind == "file"
        return await self._incoming.download(key, offer if is_file else None, sink)

    async def forward(self, provider: Provider, host: str, port: int) -> Forward:
        """Lead connections to a local port to a peer's port; see `Room.forward`."""
        return await self._forwarding.forward(provider, host, port)

    def handle(self, event: e.SessionEvent) -> None:
        """Let the session take an event, and carry out its effects; events that these effects cause wait for that."""
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

    # Effects

    def _effects_of(self, event: e.SessionEvent) -> list[do.SessionEffect]:
        """Return the effects of one event. An error of the session is a fault of ours, and must not cost the room."""
        self._view = None
        try:
            return self._session.handle(event)
        except Exception as error:
            _log.error("%s was not handled: %s", type(event).__name__, type(error).__name__)
            return []

    def _carry_out_safely(self, effect: do.SessionEffect) -> None:
        """Carry out an effect. A failure is a fault of ours, of the engine or of one peer, and must not stop others."""
        try:
            self._carry_out(effect)
        except Exception as error:
            # Only the types are logged: effects and errors may hold descriptions and names.
            _log.error("%s failed: %s", type(effect).__name__, type(error).__name__)

    def _carry_out(self, effect: do.SessionEffect) -> None:
        """Give an effect to the place that carries it out."""
        if isinstance(effect, _LinkEffect):
            self._carry_out_on_link(effect)
        elif isinstance(effect, ConnectionEffect):
            self._connections.carry_out(effect)
        elif isinstance(effect, _FileEffect):
            self._carry_out_for_file(effect)
        elif isinstance(effect, _PortEffect):
            self._carry_out_for_port(effect)
        elif isinstance(effect, do.StartTimer):
            self._start_timer(effect.timer, effect.ms)
        elif isinstance(effect, do.StopTimer):
            self._stop_timer(effect.timer)
        else:
            self._tell(effect)

    def _carry_out_on_link(self, effect: _LinkEffect) -> None:
        match effect:
            case do.RelayOut(message, recipient):
                self._sealing.relay(message, recipient)
            case do.JoinRoom():
                self._link.send(Join(self._room_hash))
            case do.Confirm(line):
                self._sealing.confirm(line)
            case do.DoubtLink():
                self._link.doubt()

    def _carry_out_for_file(self, effect: _FileEffect) -> None:
        match effect:
            case do.SendFile(peer, resource_id):
                self._outgoing.send(effect, self._connections.open_channel(peer, resource_id))
            case do.StopFile(peer, resource_id):
                self._outgoing.stop(peer, resource_id)
            case do.ExpectFile():
                self._incoming.expect(effect)
            case do.GiveUpFile(peer, resource_id) | do.ContinueFile(peer, resource_id):
                # A download ends here with its channel: the partial file is kept, and the program may ask for the rest.
                self._incoming.give_up(peer, resource_id)

    def _carry_out_for_port(self, effect: _PortEffect) -> None:
        match effect:
            case do.OpenPort(peer, resource_id):
                self._forwarding.connect(effect, lambda: self._connections.open_channel(peer, resource_id))
            case do.ExpectPort():
                self._forwarding.expect(effect)
            case do.DoubtPeer(peer):
                self._forwarding.doubt(peer)
                self._acquaintances.doubt(peer)

    def _tell(self, effect: ToldEffect) -> None:
        """Tell the program, and forget the peer or the resource whose end is told."""
        match effect:
            case facts.PeerLeft(key) | facts.PeerMerged(key):
                self._acquaintances.doubt(key)
                self._forwarding.forget(key)
                self._outgoing.forget_peer(key)
            case do.ShowBound(id=str(resource_id)):
                self._resources.remove(resource_id)
            case facts.PeerJoined(key) | facts.PeerRenamed(key):
                # Who identifies itself late has joined without a key [L7].
                if (view := self._session.peer_view(key)) is not None:
                    self._keeping.meet(view)
            case facts.LinkChanged("joined") if not self.is_entered:
                self._link.confirm(MEMBERS)
        self._news.tell(effect)

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

    # Reports of the link

    def packet_received(self, packet: Init | ClientJoin | ClientLeave | RoomInfo) -> None:
        """Take a packet of the server."""
        self._news.lost_because = None
        self.handle(e.PacketReceived(packet))

    def message_relayed(self, sender: int, message: RelayMessage, credential: str | None = None) -> None:
        """Take a message of a member; ``credential`` is what it has proven to be, if it came sealed."""
        self.handle(e.MessageRelayed(sender, message, credential))

    def is_heard(self, client: int) -> bool:
        """Tell whether the direct way to a member brings something."""
        key = self._session.key_of(client)
        return key is not None and self._connections.is_heard(key)

    def say_again(self, client: int) -> None:
        """Take note that something that was said to a member has not arrived."""
        self.handle(e.Missed(client))

    def begun_anew(self, client: int) -> None:
        """Take a member that has proven itself for a newcomer."""
        self.handle(e.BegunAnew(client))

    def introduced(self, member: Introduce) -> None:
        """Let the session begin with what a member wants that has proven who it is."""
        self.handle(e.Introduced(member.client, member.credential, member.instance, member.features, member.wants))

    def warned(self, warning: Warn) -> None:
        """Tell the program that something is wrong with a member, or with what the server passes on."""
        peer, witness = self._peer_of(warning.client), self._peer_of(warning.witness)
        self._news.warned(peer, warning.about, warning.names or (), witness)

    def code_shown(self, shown: ShowCode) -> None:
        """Tell the program what becomes of a run that makes a code."""
        clients = {*shown.members, *shown.left_out, *shown.named} | {shown.by, shown.ended_by} - {None}
        keys = dict(zip(shown.members, shown.keys, strict=True))
        found = {client: peer for client in clients if client is not None and (peer := self._peer_of(client))}
        # An id may be somebody else's by now.
        found = {client: peer for client, peer in found.items() if keys.get(client, peer.credential) == peer.credential}
        self._of_code = {client: peer for client, peer in self._of_code.items() if client in clients} | found
        self._news.code_shown(shown, self._of_code)

    async def settle_code(self, code: str, *, matches: bool) -> bool:
        """Take what was found when a code was compared; see `Room.settle_code`."""
        covered = self._sealing.codes.settle(code, matches=matches)
        if covered is not None and matches:
            await in_thread(self._acquaintances.verify(covered))
            for view in self.view.peers:
                if view.credential in covered:
                    self._news.peer_changed(view.key)
        return covered is not None

    def _peer_of(self, client: int | None) -> Peer | None:
        key = self._session.key_of(client) if client is not None else None
        return self.peer(key) if key is not None else None

    def link_lost(self, reason: str) -> None:
        """Take note that the server is away."""
        self._news.lost_because = reason
        self.handle(e.LinkLost())

    def message_too_large(self, message: RelayMessage) -> None:
        """Tell the program that a message was too large to be sent."""
        if isinstance(message, Chat):
            self.handle(e.ChatRefused(message))
        self._news.message_too_large(message)

    def passed(self, line: str) -> None:
        """Take note that the server has everything that was relayed before the question that belongs to ``line``."""
        self.is_entered = self.is_entered or line == MEMBERS
        self.handle(e.Confirmed(line))

    # Reports of the peer connections

    def channel_arrived(self, peer: e.PeerKey, channel: DataChannel) -> bool:
        """Give a channel to the forwarding or the download that waits for it; return whether one does."""
        return self._forwarding.attach(peer, channel) or self._incoming.attach(peer, channel)

    def stream_arrived(self, peer: e.PeerKey, stream: MediaStream) -> None:
        """Take note of a stream, and tell the program of a stream that was asked for."""
        self.handle(e.StreamArrived(peer, stream.id))
        self._news.stream_arrived(peer, stream)
