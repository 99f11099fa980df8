# SPDX-License-Identifier: AGPL-3.0-only
"""The peer connections of a room, one for each peer: made, used and closed as the session orders."""

import asyncio
import logging
from typing import Protocol, TypeAlias

from keks_meet.client.ice_servers import IceConfig, IceServers
from keks_meet.client.resources import OwnResources
from keks_meet.client.rtc.channel import DataChannel
from keks_meet.client.rtc.connection import PeerConnection
from keks_meet.client.rtc.tracks import MediaStream
from keks_meet.client.tasks import Tasks
from keks_meet.session import effects as do
from keks_meet.session import events as e
from keks_meet.session.limits import BEAT_MS
from keks_meet.session.negotiation import NegotiationEvent
from keks_meet.session.view import PeerView
from keks_meet.session.way import Way

__all__ = ["ConnectionEffect", "Connections"]

_log = logging.getLogger(__name__)

ConnectionEffect: TypeAlias = (
    do.OpenConnection | do.CloseConnection | do.Engine | do.RestartIce | do.Attach | do.OfferToReceive | do.Detach
)


class PeerListener(Protocol):
    """A listener that the connections report to."""

    def handle(self, event: e.SessionEvent) -> None:
        """Tell what the session has to know."""

    def peer(self, key: e.PeerKey) -> PeerView | None:
        """Return a peer as it is now."""

    def stream_arrived(self, peer: e.PeerKey, stream: MediaStream) -> None:
        """Tell of a stream that is here, or has new tracks."""

    def channel_arrived(self, peer: e.PeerKey, channel: DataChannel) -> bool:
        """Tell of a data channel that the peer opened; return whether somebody had asked for it."""


class Connections:
    """The peer connections that there are now, by the key of the peer."""

    def __init__(self, ice_servers: IceServers, resources: OwnResources, tasks: Tasks, listener: PeerListener) -> None:
        """Look for ways with ``ice_servers``; send streams of ``resources``."""
        self._ice_servers = ice_servers
        self._no_ice_servers = IceServers(IceConfig(), _nobody, tasks, hide_address=ice_servers.hides_address)
        if ice_servers.hides_address and not ice_servers.has_relay:
            _log.warning("the address is hidden, and no TURN server is known: nobody can be connected to")
        self._resources = resources
        self._listener = listener
        self._open: dict[e.PeerKey, PeerConnection] = {}
        self._tasks = tasks
        self._watching: asyncio.Task[None] | None = None

    def carry_out(self, effect: ConnectionEffect) -> None:
        """Do as the session orders."""
        match effect:
            case do.OpenConnection(peer):
                self._open_connection(peer)
            case do.CloseConnection(peer):
                self._open.pop(peer).close()
            case do.Engine(peer, order):
                self._open[peer].carry_out(order)
            case do.RestartIce(peer):
                self._open[peer].restart_ice()
            case do.Attach(peer, resource_id):
                stream = self._resources.get(resource_id, MediaStream)
                if stream is not None:
                    self._open[peer].attach(stream)
            case do.OfferToReceive(peer, kind):
                self._open[peer].offer_to_receive(kind)
            case do.Detach(peer, resource_id):
                if peer in self._open:
                    self._open[peer].detach(resource_id)

    def open_channel(self, peer: e.PeerKey, label: str) -> DataChannel:
        """Open a data channel to a peer [F1]."""
        return self._open[peer].open_channel(label)

    def is_heard(self, peer: e.PeerKey) -> bool:
        """Tell whether something of a peer came until now [N15] [N17]."""
        return peer in self._open and self._open[peer].is_heard

    def description(self, peer: e.PeerKey) -> str:
        """Return the own description of the connection to a peer; empty where there is none."""
        connection = self._open.get(peer)
        return connection.own_description if connection is not None else ""

    def close(self) -> None:
        """Close all connections, at once and for good."""
        for connection in self._open.values():
            connection.close()

    def _open_connection(self, peer: e.PeerKey) -> None:
        before = self._open.pop(peer, None)
        if before is not None:
            before.close()
        reporter = _Reporter(self._listener, peer)
        try:
            connection = PeerConnection(self._ice_servers, reporter)
        except Exception as error:  # whatever a server writes into its configuration
            _log.warning("the server's STUN and TURN cannot be used: %s", type(error).__name__)
            connection = PeerConnection(self._no_ice_servers, reporter)
        self._open[peer] = connection
        if self._watching is None:
            self._watching = self._tasks.start(self._watch())

    async def _watch(self) -> None:
        """Look whether each connection comes up [N9], and what came still comes [N15]; let the peer know [N17]."""
        while self._open:
            await asyncio.sleep(BEAT_MS / 1000)
            for peer, connection in list(self._open.items()):
                connection.beat()
                connection.look_for_failure()
                is_silent = connection.look_for_silence()
                if is_silent is not None:
                    self._listener.handle(e.PathSilent(peer, is_silent))
        self._watching = None


class _Reporter:
    """Reports what one connection tells, and says which peer's connection it is."""

    def __init__(self, listener: PeerListener, peer: e.PeerKey) -> None:
        self._listener = listener
        self._peer = peer

    def negotiated(self, event: NegotiationEvent) -> None:
        self._listener.handle(e.Negotiated(self._peer, event))

    def state_changed(self, state: e.ConnectionState) -> None:
        self._listener.handle(e.ConnectionStateChanged(self._peer, state))

    def closed(self) -> None:
        self._listener.handle(e.ConnectionClosed(self._peer))

    def path_found(self, way: Way) -> None:
        self._listener.handle(e.PathFound(self._peer, way))

    def knows(self, feature: str) -> bool:
        peer = self._listener.peer(self._peer)
        return peer is not None and feature in peer.features

    def stream_arrived(self, stream: MediaStream) -> None:
        self._listener.stream_arrived(self._peer, stream)

    def channel_arrived(self, channel: DataChannel) -> bool:
        return self._listener.channel_arrived(self._peer, channel)


async def _nobody() -> None:
    """Stand for a server that is not asked."""
