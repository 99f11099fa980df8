# SPDX-License-Identifier: AGPL-3.0-only
"""Signaling over WebSocket: the shell around the hub.

Owns the connections and the ids; turns messages into events and effects into frames. A fan-out is encoded once, and
the same bytes go to every recipient.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Collection, Iterable
from logging import DEBUG, getLogger
from time import monotonic
from typing import Any, Final

from aiohttp import WebSocketError, WSMsgType, web
from msgspec import Struct

from keks_meet.errors import MalformedPacket
from keks_meet.protocol.close_codes import CloseCode
from keks_meet.protocol.codec import decode_serverbound, encode_clientbound
from keks_meet.protocol.limits import SLOWEST_READER, Limits
from keks_meet.protocol.packets import Join, Relay, Serverbound, WatchRooms
from keks_meet.protocol.wire_limits import MAX_INTEGER
from keks_meet.rooms.effects import Effect, Send
from keks_meet.rooms.events import ClientConnected, ClientGone, PacketReceived
from keks_meet.server.address_limits import AddressLimits, Seat
from keks_meet.server.blame import Patience
from keks_meet.server.client_address import Proxies
from keks_meet.server.connection import Connection, Frame, Socket
from keks_meet.server.draining import moments
from keks_meet.server.listener import HttpProtocol, plain_answer
from keks_meet.server.metrics.counts import Counts
from keks_meet.server.origin import is_allowed
from keks_meet.server.pace import Pace, cost, cost_of_hearers
from keks_meet.server.rooms_port import Obstacle, Rooms
from keks_meet.server.slowing import frame_size, until_there_is_room

__all__ = ["Signaling"]

_logger = getLogger(__name__)

_NOT_WEBSOCKET: Final = "This address speaks WebSocket, and this request does not."
_TOO_SLOW: Final = "this client reads too slowly"
_GOING_AWAY: Final = "the server goes away"
_TURN: Final = 2048
"""Deliveries after which all else gets a turn, some 10 ms: a burst of small messages to a large room would hold it up.

Fewer would part what goes out together, and each write costs.
"""
_OVER: Final = (WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR)


class _Client(Struct):
    """One client's connection, and what it may do in its time."""

    connection: Connection
    seat: Seat
    pace: Pace
    patience: Patience


class Signaling:
    """All connected clients."""

    def __init__(
        self, rooms: Rooms, limits: Limits, proxies: Proxies, counts: Counts, origins: Collection[str] = ()
    ) -> None:
        """Serve these rooms; ``proxies`` tell addresses, ``origins`` are the web origins allowed beside our own.

        ``counts`` takes note of packets and closes.
        """
        self._rooms = rooms
        self._limits = limits
        self._proxies = proxies
        self._counts = counts
        self.addresses = AddressLimits(limits)
        """What addresses have here, and may have."""
        self._has_warned = False
        self._origins = origins
        self._connections: dict[int, Connection] = {}
        self._events: deque[Any] = deque()
        self._handling = False
        self._deliveries = 0
        self._open: set[asyncio.Future[None]] = set()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request for a WebSocket, and serve that until it ends."""
        if not is_allowed(request.headers.get("Origin"), request.headers.get("Host"), self._origins):
            return plain_answer(
                403, "Pages of other sites may not connect to this server. Its configuration can allow them: origins."
            )
        transport, protocol = request.transport, request.protocol
        if transport is None or not isinstance(protocol, HttpProtocol) or request.method != "GET":
            return plain_answer(400, _NOT_WEBSOCKET)
        socket = Socket(self._limits)
        try:
            await socket.prepare(request)
        except (web.HTTPException, ValueError):  # aiohttp lets the latter out when a key is not ASCII
            return plain_answer(400, _NOT_WEBSOCKET)
        told = request.headers.getall(self._proxies.header, ())
        client = self._new_client(socket, transport, self._proxies.counted_address(protocol.place.host, told))
        self._open.add(protocol.lost)
        try:
            await self._serve(socket, client, protocol)
        finally:
            client.seat.leave()
            self._open.discard(protocol.lost)
        return socket

    def _new_client(self, socket: Socket, transport: asyncio.Transport, address: str | None) -> _Client:
        limits, now = self._limits, monotonic()
        return _Client(
            Connection(self._fresh_id(), socket, transport, limits, now),
            Seat(self.addresses, address),
            Pace(limits.packets_per_second, limits.burst_packets, now),
            Patience(limits.slowed_seconds, now, SLOWEST_READER),
        )

    async def _serve(self, socket: Socket, client: _Client, protocol: HttpProtocol) -> None:
        if self._admit(client):
            protocol.place.became_client()
        try:
            has_said_goodbye = await self._read(socket, client)
        finally:
            self._forget(client.connection.id)
            self._counts.client_closed(*client.connection.ending)
        await client.connection.part(protocol.lost, hang_up=has_said_goodbye)

    def _fresh_id(self) -> int:
        """Draw an id: random, so that it does not tell how many clients there are [S2]."""
        while True:
            id_ = secrets.randbelow(MAX_INTEGER + 1)
            if id_ not in self._connections:
                return id_

    def _admit(self, client: _Client) -> bool:
        """Let a client in, or tell it why not."""
        connection = client.connection
        if self.is_full():
            connection.close(CloseCode.TRY_LATER, "the server is full")
        elif not client.seat.take():
            self._warn_of_full_address()
            connection.close(CloseCode.TRY_LATER, "too many connections from this address")
        else:
            self._connections[connection.id] = connection
            self.happened(ClientConnected(connection.id))
            return True
        return False

    def is_full(self) -> bool:
        """Tell whether no more clients may come."""
        return len(self._connections) >= self._limits.connections

    def _warn_of_full_address(self) -> None:
        """Tell the operator once that an address is full: it may be a proxy that nobody has told us of."""
        if not self._has_warned:
            self._has_warned = True
            _logger.warning(
                "one address has limits.connections_per_address clients; if it is a proxy, name it in trusted_proxies"
            )

    async def _read(self, socket: Socket, client: _Client) -> bool:
        """Read until the connection ends; tell whether the client ended it by a close frame, its own or as an answer.

        Messages that come after we began to close are thrown away.
        """
        connection = client.connection
        while True:
            message = await socket.receive()
            if message.type is WSMsgType.CLOSE:
                connection.answer_goodbye(message.data)
                return True
            if message.type in _OVER:
                if isinstance(message.data, WebSocketError):
                    connection.close_for_violation(message.data.code)
                return False
            delay = client.pace.take(cost(len(message.data)), monotonic())
            if delay and not await connection.stays_for(delay) and connection.is_lost:
                return False
            if not connection.closing and (later := self._received(message.type, message.data, client)):
                await later
            if self._deliveries >= _TURN:
                self._deliveries = 0
                await asyncio.sleep(0)

    def _received(self, kind: WSMsgType, data: str | bytes | bytearray, client: _Client) -> Awaitable[None] | None:
        """Handle one message of a client that is not being closed [S1] [S10]; return what has to be waited for."""
        connection = client.connection
        if isinstance(data, str) and kind is WSMsgType.TEXT:
            connection.heard = monotonic()
            try:
                packet = decode_serverbound(data)
            except MalformedPacket as error:
                self._disconnect(connection.id, CloseCode.NOT_A_PACKET, str(error))
            else:
                self._counts.packet_received(packet, len(data) if data.isascii() else len(data.encode()))
                return self._say(client, packet)
        elif not isinstance(data, str) and kind is WSMsgType.PING:
            self._send(connection.id, (bytes(data), WSMsgType.PONG), connection.id)
        elif kind is WSMsgType.BINARY:
            self._disconnect(connection.id, CloseCode.NOT_TEXT, "packets are text frames")
        return None

    def _say(self, client: _Client, packet: Serverbound) -> Awaitable[None] | None:
        """Handle a packet, at once if it is one that addresses may always send and all who hear of it have room.

        Hardly any message has to wait, and the coroutines for that took a tenth of all that a message costs.
        """
        if isinstance(packet, Relay) and self._crowded(client.connection, packet, frame_size(packet)) is None:
            self._take(client, packet)
            return None
        return self._say_in_time(client, packet)

    async def _say_in_time(self, client: _Client, packet: Serverbound) -> None:
        """Handle a packet once its address may send it and all who hear of it have room.

        A client that floods them for too long is closed [S11].
        """
        connection = client.connection
        if not await self._is_allowed(client, packet):
            return
        size = frame_size(packet)
        if not await until_there_is_room(lambda: self._crowded(connection, packet, size), client.patience, size):
            self._disconnect(connection.id, CloseCode.AGAINST_POLICY, "this client sends more than others can read")
        elif not connection.closing:
            self._take(client, packet)

    def _take(self, client: _Client, packet: Serverbound) -> None:
        """Handle a packet, and slow its sender as well by how many have heard of it."""
        before = self._deliveries
        self.happened(PacketReceived(client.connection.id, packet))
        if owed := cost_of_hearers(self._deliveries - before):
            client.pace.take(owed, monotonic())

    async def _is_allowed(self, client: _Client, packet: Serverbound) -> bool:
        """Wait until an address that joins often may join again; close who asks for more than its address may [S12]."""
        id_, seat = client.connection.id, client.seat
        if isinstance(packet, WatchRooms):
            return await self._may_watch(client, packet)
        if isinstance(packet, Join) and packet.hash is not None:
            delay = seat.join(monotonic())
            if delay is None:
                self._disconnect(id_, CloseCode.TRY_LATER, "too many joins from this address")
                return False
            return await client.connection.stays_for(delay)
        return True

    async def _may_watch(self, client: _Client, packet: WatchRooms) -> bool:
        """Wait as long as a list of rooms to watch costs; one that is too long goes to the rooms, which refuse it."""
        if len(packet.rooms) > self._limits.watched_rooms:
            return True
        count = len(set(packet.rooms))
        if not client.seat.watch(count):
            reason = "more rooms to watch than one address may"
            self._disconnect(client.connection.id, CloseCode.AGAINST_POLICY, reason)
            return False
        cost_of_rooms = self._rooms.cost_of_watching(count)
        return await client.connection.stays_for(client.pace.take(cost_of_rooms, monotonic()) if cost_of_rooms else 0)

    def _crowded(self, sender: Connection, packet: Serverbound, size: int) -> Obstacle | None:
        """Return what has no room for a packet, mostly a client that would hear of it; none once the sender closes."""
        if sender.closing:
            return None
        relayed = isinstance(packet, Relay)
        for id_ in self._rooms.audience(sender.id, packet):
            connection = self._connections.get(id_)
            if connection is not None and not connection.has_room(sender.id, size, relayed=relayed):
                return connection
        return self._rooms.obstacle(sender.id, packet)

    def without_room(self, sender: int, readers: Iterable[int], size: int) -> Connection | None:
        """Return one of these clients that has no room for so many bytes of a client of another node [S11]."""
        found = (self._connections.get(reader) for reader in readers)
        return next((each for each in found if each and not each.has_room(sender, size, relayed=True)), None)

    def happened(self, event: Any) -> None:
        """Handle an event of rooms, then those that its effects caused, so that each one's effects stay together."""
        self._events.append(event)
        if self._handling:
            return
        self._handling = True
        try:
            while self._events:
                event = self._events.popleft()
                _log(event)
                for effect in self._rooms.handle(event):
                    self._carry_out(effect, event.client)
        finally:
            self._handling = False

    def _carry_out(self, effect: Effect, cause: int) -> None:
        """Do as the hub says; ``cause`` is the client whose event it is about."""
        if isinstance(effect, Send):
            frame = (encode_clientbound(effect.packet), WSMsgType.TEXT)
            taken = sum([self._send(recipient, frame, cause) for recipient in effect.recipients])
            self._deliveries += taken
            self._counts.packet_sent(effect.packet, len(frame[0]), taken)
        else:
            self._disconnect(effect.client, effect.code, effect.reason)

    def _send(self, id_: int, frame: Frame, cause: int) -> bool:
        """Send a frame to a client, if that is still there; tell whether it is on its way."""
        connection = self._connections.get(id_)
        if connection is None or connection.closing:
            return False
        if not connection.send(frame, cause):
            self._disconnect(id_, CloseCode.TRY_LATER, _TOO_SLOW)
            return False
        return True

    def _disconnect(self, id_: int, code: CloseCode, reason: str) -> None:
        """Close a client's connection with a reason [S10]; to everybody else it is gone now."""
        connection = self._connections.get(id_)
        if connection is not None:
            _logger.debug("client %d is disconnected: %s", id_, reason)
            connection.close(code, reason)
            self._forget(id_)

    def _forget(self, id_: int) -> None:
        if self._connections.pop(id_, None) is not None:
            self.happened(ClientGone(id_))

    def queues(self) -> list[int]:
        """Return how many bytes wait for each client."""
        return [connection.queued_bytes for connection in self._connections.values()]

    async def watch_idleness(self) -> None:
        """Disconnect clients that have sent nothing for too long [S10]; runs until cancelled."""
        while True:
            await asyncio.sleep(self._limits.idle_seconds / 6)
            since = monotonic() - self._limits.idle_seconds
            for id_ in [id_ for id_, connection in self._connections.items() if connection.heard < since]:
                self._disconnect(id_, CloseCode.AGAINST_POLICY, "idle for too long")

    async def watch_readers(self) -> None:
        """Disconnect clients that do not take what waits for them [S11]; runs until cancelled."""
        while True:
            await asyncio.sleep(self._limits.stalled_seconds / 5)
            now = monotonic()
            for id_ in [id_ for id_, connection in self._connections.items() if connection.is_too_slow(now)]:
                self._disconnect(id_, CloseCode.TRY_LATER, _TOO_SLOW)

    async def drain(self, seconds: float) -> None:
        """Tell one client after the other that the server goes away [S10], spread over this time, and wait for its end.

        To those that are still there, whoever was told is gone.
        """
        clients, began = list(self._connections), monotonic()
        for id_, moment in zip(clients, moments(len(clients), seconds), strict=True):
            await asyncio.sleep(began + moment - monotonic())
            self._disconnect(id_, CloseCode.GOING_AWAY, _GOING_AWAY)
        await asyncio.sleep(began + seconds - monotonic())

    async def close(self) -> None:
        """Tell every client that the server goes away [S10], and wait until all have hung up or been hung up on."""
        for connection in list(self._connections.values()):
            connection.close(CloseCode.GOING_AWAY, _GOING_AWAY)
        if self._open:
            await asyncio.wait(self._open)


def _log(event: Any) -> None:
    """Log what happened, without whom it concerns: a room is told by the beginning of its hash."""
    if not _logger.isEnabledFor(DEBUG):
        return
    match event:
        case ClientConnected(client):
            _logger.debug("client %d is connected", client)
        case ClientGone(client):
            _logger.debug("client %d is gone", client)
        case PacketReceived(client, Join(room)):
            _logger.debug("client %d joins %s", client, "no room" if room is None else f"room {room[:8]}…")
