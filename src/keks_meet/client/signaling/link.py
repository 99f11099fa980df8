# SPDX-License-Identifier: AGPL-3.0-only
"""The WebSocket to the server [S1] to [S10]: connects, and connects again with growing pauses [L1].

Seals what goes out and opens what comes in, both in order [E1] to [E4]; asks whether the server still answers [L8].
Knows nothing of rooms and peers.
"""

import asyncio
import contextlib
import random
from collections import deque
from typing import Final, Protocol
from urllib.parse import urlsplit

import aiohttp
import msgspec
from msgspec import Raw

from keks_meet.client.signaling.hanging_up import CLOSE_SECONDS, hang_up
from keks_meet.client.signaling.network_watch import NetworkWatch
from keks_meet.client.signaling.outgoing_frames import OutgoingFrames
from keks_meet.client.signaling.reasons import reason_of
from keks_meet.crypto.envelope import draw_nonce, open_envelope, seal_envelope
from keks_meet.errors import MalformedPacket, ServerUnreachable, UnopenableEnvelope
from keks_meet.protocol.codec import (
    decode_clientbound,
    decode_relay_message,
    encode_relay_message,
    encode_serverbound,
)
from keks_meet.protocol.packets import (
    ClientJoin,
    ClientLeave,
    Init,
    Message,
    Ping,
    Relay,
    RoomInfo,
    Serverbound,
    UnknownPacket,
)
from keks_meet.protocol.relay_messages import SEALED_MESSAGES, Probe, RelayMessage, UnknownRelayMessage
from keks_meet.session.limits import CONNECT_MS, DOUBT_MS, MESSAGE_BYTES, PING_MS, PROBE_MS, SETTLED_MS
from keks_meet.session.link_watch import Check, LinkOrder, LinkWatch, Reconnect
from keks_meet.session.link_watch import Probe as LinkProbe
from keks_meet.session.pauses import pause_before

__all__ = ["LinkListener", "SignalingLink"]

_FLUSH_SECONDS: Final = 2.0
_LARGEST_FRAME: Final = 16 * 1_048_576
"""Largest frame taken from a server, in bytes."""
_CONTENT_BYTES: Final = 80
"""The length of an envelope's content and framing beside the message, at most [E1] [E2]."""
_FRAME_BYTES: Final = 80
"""The length of a relay packet beside the envelope, at most."""


class LinkListener(Protocol):
    """A listener that a link reports to."""

    def packet_received(self, packet: Init | ClientJoin | ClientLeave | RoomInfo) -> None:
        """Tell what the server said."""

    def message_relayed(self, sender: int, message: RelayMessage) -> None:
        """Tell what a member said."""

    def link_lost(self, reason: str) -> None:
        """Tell that the connection ended or could not be made; ``reason`` is for people, and may be empty."""

    def message_too_large(self, message: RelayMessage) -> None:
        """Tell that a message was larger than the server takes, and was not sent."""

    def passed(self, line: str) -> None:
        """Tell that everything that was relayed before `confirm` was asked for this has reached the server [L8]."""


class SignalingLink:
    """A connection to the server that comes back when it is lost."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = url
        self._key = b""
        self._listener: LinkListener = _Nobody()
        self._own_id: int | None = None
        self._message_bytes = MESSAGE_BYTES
        self._outgoing = OutgoingFrames()
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._attempt = 0
        self._network = NetworkWatch()
        self._watch = LinkWatch()
        self._checking: asyncio.TimerHandle | None = None
        # The number of the last probe, and when it was sent.
        self._probed = (0, 0.0)
        # The seconds that the last probe took to the server and back.
        self._round_trip = 0.0
        # Whether the connection did not answer in time when it was in doubt.
        self._is_dead = asyncio.Event()
        # Lines to confirm when the probe of a number, or a later probe, comes back.
        self._confirming: deque[tuple[int, str]] = deque()
        self.ignored = 0
        """Packets and messages that were not understood or could not be opened [E3] [M5]."""

    @property
    def own_id(self) -> int | None:
        """The id that the server gave to this connection; None while there is none."""
        return self._own_id

    async def connect(self) -> None:
        """Connect for the first time. Raises `ServerUnreachable`."""
        try:
            self._socket = await self._open_socket()
        except (aiohttp.ClientError, OSError, UnicodeError) as error:
            msg = f"the server at {urlsplit(self._url).netloc} cannot be reached: {reason_of(error)}"
            raise ServerUnreachable(msg) from error

    async def run(self, key: bytes, listener: LinkListener) -> None:
        """Serve the connection, and connect again when it is lost, until cancelled; ``key`` is the message key."""
        self._key = key
        self._listener = listener
        try:
            while True:
                reason = await self._serve()
                self._forget()
                self._listener.link_lost(reason)
                await self._pause()
        finally:
            await self.close()

    async def flushed(self) -> None:
        """Wait until all that waits has been handed to the connection, but not long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FLUSH_SECONDS):
                await self._outgoing.all_sent()

    async def close(self) -> None:
        """End the connection, whatever the server does."""
        if self._socket is not None:
            await hang_up(self._socket)

    def send(self, packet: Serverbound) -> None:
        """Send a packet, or drop it while there is no connection."""
        self._outgoing.put(encode_serverbound(packet))

    def relay(self, message: RelayMessage, recipient: int | None) -> None:
        """Seal a message; send it to one member or, without recipient, to all others. Dropped without a connection."""
        if self._own_id is None:
            return
        sealed = seal_envelope(self._key, self._own_id, encode_relay_message(message), draw_nonce())
        frame = encode_serverbound(Relay(recipient=recipient, message=Raw(msgspec.json.encode(sealed))))
        if len(frame) > self._message_bytes and not isinstance(message, Probe):
            self._listener.message_too_large(message)
        else:
            self._watch.sent(len(frame))
            self._outgoing.put(frame)

    def fits(self, length: int) -> bool:
        """Tell whether the server takes a message of so many bytes, whatever the ids of sender and recipient are."""
        content = length + _CONTENT_BYTES
        return -(-content // 3) * 4 + _FRAME_BYTES <= self._message_bytes

    def confirm(self, line: str) -> None:
        """Find out when all that was relayed so far has reached the server; `LinkListener.passed` tells."""
        for order in self._watch.probe():
            self._carry_out(order)
            if isinstance(order, LinkProbe):
                self._confirming.append((order.number, line))

    def doubt(self) -> None:
        """Find out soon whether the server is still there: the way to a peer is silent, or the network has changed."""
        for order in self._watch.doubted():
            self._carry_out(order)

    def _carry_out(self, order: LinkOrder) -> None:
        match order:
            case LinkProbe(number):
                self._probed = (number, asyncio.get_running_loop().time())
                self.relay(Probe(number), self._own_id)
            case Check():
                if self._checking is not None:
                    self._checking.cancel()
                seconds = max(DOUBT_MS / 1000, 3 * self._round_trip)
                self._checking = asyncio.get_running_loop().call_later(seconds, self._check)

    def _check(self) -> None:
        if self._watch.checked():
            self._is_dead.set()

    async def _open_socket(self) -> aiohttp.ClientWebSocketResponse:
        async with asyncio.timeout(CONNECT_MS / 1000):
            # No heartbeat of aiohttp's: it takes a frame that is slow to leave or to come for a dead connection [L8].
            return await self._http.ws_connect(self._url, max_msg_size=_LARGEST_FRAME)

    async def _open_on_this_way(self) -> aiohttp.ClientWebSocketResponse:
        """Connect, and begin anew when the network changes: what was begun on the way before may wait for ever."""
        while True:
            opening = asyncio.ensure_future(self._open_socket())
            moving = asyncio.ensure_future(self._network.changed())
            try:
                await asyncio.wait([opening, moving], return_when=asyncio.FIRST_COMPLETED)
                if opening.done():
                    return opening.result()
            finally:
                opening.cancel()
                moving.cancel()
                await asyncio.gather(opening, moving, return_exceptions=True)

    async def _serve(self) -> str:
        """Serve one connection until it ends; return why it ended."""
        try:
            socket = self._socket or await self._open_on_this_way()
        except (aiohttp.ClientError, OSError, UnicodeError) as error:
            return reason_of(error)
        self._socket = socket
        since = asyncio.get_running_loop().time()
        self._watch.opened()
        self._network.connected(*(socket.get_extra_info(each) for each in ("sockname", "peername")))
        self._is_dead.clear()
        reading = asyncio.ensure_future(self._read(socket))
        overflowing = asyncio.ensure_future(self._outgoing.overflow())
        silence = asyncio.ensure_future(self._silence())
        dead = asyncio.ensure_future(self._is_dead.wait())
        moving = asyncio.ensure_future(self._watch_network())
        beside = [asyncio.ensure_future(self._write(socket)), overflowing, silence, dead, moving]
        try:
            await asyncio.wait([reading, overflowing, silence, dead], return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                return reading.result()
            return "it takes messages too slowly" if overflowing.done() else "it does not answer any more"
        finally:
            if self._checking is not None:
                self._checking.cancel()
            is_settled = asyncio.get_running_loop().time() - since > SETTLED_MS / 1000
            # A way that has worked and is gone is nothing that the server is to blame for.
            if is_settled or (self._is_dead.is_set() and self._watch.has_answered):
                self._attempt = 0
            for task in (reading, *beside):
                task.cancel()
            await asyncio.gather(reading, *beside, return_exceptions=True)
            await hang_up(socket, patience=0 if self._is_dead.is_set() else CLOSE_SECONDS)

    async def _silence(self) -> None:
        """Return when the server has not answered for too long [L8]."""
        while True:
            await asyncio.sleep(PROBE_MS / 1000)
            for order in self._watch.ticked(self._outgoing.unsent_bytes):
                if isinstance(order, Reconnect):
                    return
                self._carry_out(order)

    async def _watch_network(self) -> None:
        """Doubt the connection after each change of the network, or leave it at once [L8]."""
        async for _ in self._network.doubts():
            if self._network.is_gone:
                self._is_dead.set()
            else:
                self.doubt()

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> str:
        while True:
            message = await socket.receive()
            self._watch.heard()
            if message.type is aiohttp.WSMsgType.TEXT:
                self._received(message.data)
            elif message.type is not aiohttp.WSMsgType.BINARY:
                return str(message.extra or "") if message.type is aiohttp.WSMsgType.CLOSE else ""

    async def _write(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Send the frames that wait, and a ping when none did for a while [S6]."""
        while True:
            try:
                async with asyncio.timeout(PING_MS / 1000):
                    frame = await self._outgoing.take()
            except TimeoutError:
                self.send(Ping())
                continue
            try:
                await socket.send_str(frame.decode())
            except (aiohttp.ClientError, OSError):
                # Reading ends, too, and knows why.
                return
            finally:
                self._outgoing.sent()

    def _received(self, frame: str) -> None:
        try:
            packet = decode_clientbound(frame)
        except MalformedPacket:
            self.ignored += 1
            return
        match packet:
            case UnknownPacket():
                self.ignored += 1
            case Message(sender, sealed):
                self._open(sender, sealed)
            case _:
                if isinstance(packet, Init):
                    if self._own_id is not None:
                        return  # a connection has one id [S3]
                    self._initialized(packet)
                self._look_where(packet)
                self._listener.packet_received(packet)

    def _look_where(self, packet: Init | ClientJoin | ClientLeave | RoomInfo) -> None:
        """Take note of entering and leaving a room: only in one the server relays, and may be asked [L8]."""
        match packet:
            case ClientJoin(client) if client == self._own_id:
                for order in self._watch.entered():
                    self._carry_out(order)
            case ClientLeave(client) if client == self._own_id:
                self._watch.left()

    def _initialized(self, init: Init) -> None:
        self._own_id = init.your_id
        self._message_bytes = init.limits.message_bytes if init.limits else MESSAGE_BYTES

    def _open(self, sender: int, sealed: Raw) -> None:
        try:
            inner = open_envelope(self._key, msgspec.json.decode(sealed, type=str), sender)
            message = decode_relay_message(inner)
        except (UnopenableEnvelope, MalformedPacket):
            # The sender has not the key, or a client of its own: dropped [E3] [M5].
            self.ignored += 1
            return
        if sender == self._own_id:
            self._came_back(message)
        elif isinstance(message, UnknownRelayMessage) or type(message) in SEALED_MESSAGES:
            # What only counts sealed says nothing in the open [Y12].
            self.ignored += 1
        else:
            self._listener.message_relayed(sender, message)

    def _came_back(self, message: RelayMessage | UnknownRelayMessage) -> None:
        """Take a message that the server relayed to this client itself, of which no session hears [L8]."""
        if not isinstance(message, Probe) or not self._watch.returned(message.number):
            return
        if message.number == self._probed[0]:
            self._round_trip = asyncio.get_running_loop().time() - self._probed[1]
        while self._confirming and self._confirming[0][0] <= message.number:
            self._listener.passed(self._confirming.popleft()[1])

    def _forget(self) -> None:
        """Drop the frames that still wait: they were meant for the connection that is gone."""
        self._socket = None
        self._own_id = None
        self._outgoing.clear()
        self._confirming.clear()

    async def _pause(self) -> None:
        """Wait before the next attempt; the first one after a way that is gone, and after a change, is made at once."""
        is_first = self._is_dead.is_set() and self._attempt == 0
        self._is_dead.clear()
        pause = 0 if is_first else pause_before(self._attempt) / 1000
        self._attempt += 1
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause * random.uniform(0.5, 1.0)):  # noqa: S311 - not a secret
                await self._network.changed()
                # What failed so far may have failed by the network before.
                self._attempt = 0


class _Nobody:
    """A listener that stands in until there is another one."""

    def packet_received(self, packet: Init | ClientJoin | ClientLeave | RoomInfo) -> None: ...

    def message_relayed(self, sender: int, message: RelayMessage) -> None: ...

    def link_lost(self, reason: str) -> None: ...

    def message_too_large(self, message: RelayMessage) -> None: ...

    def passed(self, line: str) -> None: ...
