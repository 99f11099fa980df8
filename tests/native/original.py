# SPDX-License-Identifier: AGPL-3.0-only
"""A stand-in for the original's native client: no instance, no features, plain streams of 32 KiB, cannot take glare.

It leaves closing to the sender of a file, and cannot be the DTLS server of a browser.

Shares nothing with the library but keys, envelopes and wrtc.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any, Self

import aiohttp
import webrtc

from keks_meet.crypto.envelope import draw_nonce, open_envelope, seal_envelope
from keks_meet.crypto.room_keys import derive_keys


class Line:
    """A data channel that stands for a TCP connection [P1], in either role."""

    def __init__(self, channel: webrtc.RTCDataChannel, changed: asyncio.Condition) -> None:
        self._channel = channel
        self._changed = changed
        self.heard: list[bytes | str] = []
        self.is_closed = False
        channel.on("message", self._arrived)
        channel.on("close", self._closed)

    @property
    def data(self) -> bytes:
        return b"".join(each if isinstance(each, bytes) else each.encode() for each in self.heard)

    def send(self, *messages: bytes | str) -> None:
        for message in messages:
            self._channel.send(message)

    def close(self) -> None:
        self._channel.close()

    async def _arrived(self, event: webrtc.MessageEvent) -> None:
        assert len(event.data) <= 32_768
        self.heard.append(event.data)
        async with self._changed:
            self._changed.notify_all()

    async def _closed(self, _: object) -> None:
        self.is_closed = True
        async with self._changed:
            self._changed.notify_all()


class Original:
    """A member of a room. Use it as an asynchronous context manager."""

    def __init__(self, server_url: str, secret: str, *, ends: str | None = "end", says: dict[str, Any] | None = None):
        """`ends` is the text after a file's bytes, None for just closing; `says` is added to its identify."""
        self._url = server_url.replace("http", "ws") + "/signaling"
        self._keys = derive_keys(secret)
        self._ends = ends
        self._says = says or {}
        self._offered: dict[str, bytes | Callable[[Any], Any]] = {}
        self._provides: dict[str, dict[str, Any]] = {}
        self._own_id = 0
        self._connections: dict[int, webrtc.RTCPeerConnection] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.members: dict[int, str] = {}
        self.heard: list[dict[str, Any]] = []
        self.received: dict[str, bytearray] = {}
        self.texts: dict[str, list[str]] = {}
        self.lines: list[Line] = []
        """Connections to ports, its own ones and those of others, in the order in which they opened."""
        self._ports: set[str] = set()
        self.changed = asyncio.Condition()

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession()
        self._socket = await self._http.ws_connect(self._url)
        self._start(self._read())
        return self

    async def __aexit__(self, *_error: object) -> None:
        for connection in self._connections.values():
            connection.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._socket.close()
        await self._http.close()

    async def until(self, look: Callable[[], Any]) -> Any:
        async with asyncio.timeout(20), self.changed:
            await self.changed.wait_for(look)
            return look()

    async def provide(self, resource_id: str, data: bytes, **more: Any) -> None:
        info = {"id": resource_id, "kind": "file", "label": "a file", "size": len(data)} | more
        info = {name: value for name, value in info.items() if value is not None}
        self._offered[resource_id] = data
        self._provides[resource_id] = info
        await self.say({"provide": info})

    async def request(self, resource_id: str) -> None:
        await self.say({"request": {"id": resource_id}})

    async def provide_port(self, resource_id: str) -> None:
        """Offer a port; the connections to it become `lines`."""
        self._ports.add(resource_id)
        self._provides[resource_id] = info = {"id": resource_id, "kind": "port", "label": "a port"}
        await self.say({"provide": info})

    async def connect_to(self, resource_id: str) -> Line:
        """Connect to somebody's port."""
        self._ports.add(resource_id)
        count = len(self.lines)
        await self.request(resource_id)
        await self.until(lambda: len(self.lines) > count)
        return self.lines[count]

    async def say(self, inner: dict[str, Any], recipient: int | None = None) -> None:
        sealed = seal_envelope(self._keys.message_key, self._own_id, json.dumps(inner).encode(), draw_nonce())
        relay = {"message": sealed} if recipient is None else {"recipient": recipient, "message": sealed}
        await self._socket.send_str(json.dumps({"relay": relay}))

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read(self) -> None:
        async for message in self._socket:
            await self._packet(json.loads(message.data))
            async with self.changed:
                self.changed.notify_all()

    async def _packet(self, packet: dict[str, Any]) -> None:
        ((kind, value),) = packet.items()
        if kind == "init":
            self._own_id = value["your_id"]
            await self._socket.send_str(json.dumps({"join": {"hash": self._keys.room_hash}}))
        elif kind == "client_join" and value["id"] != self._own_id:
            self.members[value["id"]] = ""
            await self.say({"identify": {"username": "original"} | self._says}, value["id"])
            for info in self._provides.values():
                await self.say({"provide": info}, value["id"])
        elif kind == "client_leave":
            self.members.pop(value["id"], None)
        elif kind == "message":
            inner = open_envelope(self._keys.message_key, value["message"], value["sender"])
            await self._heard(value["sender"], json.loads(inner))

    async def ignore(self, _: int, inner: dict[str, Any]) -> None:
        """What to hear with in place of `_heard`, for a client that does nothing any more."""
        self.heard.append(inner)

    async def _heard(self, sender: int, inner: dict[str, Any]) -> None:
        self.heard.append(inner)
        ((kind, value),) = inner.items()
        if kind == "identify":
            self.members[sender] = value["username"]
        elif kind == "request":
            channel = self._connection(sender).create_data_channel(value["id"])
            if value["id"] in self._ports:
                await self._line(channel)
            else:
                channel.on("open", lambda _: self._start(self._send(channel)))
        elif kind == "offer":
            connection = self._connection(sender)
            assert connection.signaling_state.value == "stable", "this client cannot take a colliding offer"
            await connection.set_remote_description(webrtc.RTCSessionDescriptionInit("offer", value))
            await connection.set_local_description()
            await self.say({"answer": connection.local_description.sdp}, sender)
        elif kind == "answer":
            is_answered_as_original = "instance" not in self._says
            assert not is_answered_as_original or "a=setup:active" not in value, (
                "this client cannot read the hello of a browser"
            )
            await self._connection(sender).set_remote_description(webrtc.RTCSessionDescriptionInit("answer", value))
        elif kind == "ice_candidate":
            init = webrtc.RTCIceCandidateInit(value["candidate"], value.get("sdpMid"), value.get("sdpMLineIndex"))
            await self._connection(sender).add_ice_candidate(init)
        elif kind not in {"provide", "provide_stop", "request_stop", "chat"}:
            raise AssertionError(f"this client stops at {kind}")

    def _connection(self, sender: int) -> webrtc.RTCPeerConnection:
        if sender in self._connections:
            return self._connections[sender]
        connection = self._connections[sender] = webrtc.RTCPeerConnection()

        async def offer(_: object) -> None:
            await connection.set_local_description()
            await self.say({"offer": connection.local_description.sdp}, sender)

        async def gathered(event: webrtc.RTCPeerConnectionIceEvent) -> None:
            if event.candidate and event.candidate.candidate:
                await self.say(
                    {"ice_candidate": {k: v for k, v in event.candidate.to_json().items() if v is not None}}, sender
                )

        connection.on("negotiationneeded", offer)
        connection.on("icecandidate", gathered)
        connection.on("datachannel", lambda event: self._arrived(event.channel))
        return connection

    async def _send(self, channel: webrtc.RTCDataChannel) -> None:
        data = self._offered[channel.label]
        for at in range(0, len(data), 32_768):
            while channel.buffered_amount > 1_048_576:
                await asyncio.sleep(0.001)
            channel.send(data[at : at + 32_768])
        if self._ends is None:
            channel.close()
        else:
            for text in self._ends.split("|"):
                channel.send(text)

    async def _line(self, channel: webrtc.RTCDataChannel) -> None:
        line = Line(channel, self.changed)

        async def opened(_: object) -> None:
            self.lines.append(line)
            async with self.changed:
                self.changed.notify_all()

        if channel.ready_state.value == "open":
            await opened(None)
        else:
            channel.on("open", opened)

    async def _arrived(self, channel: webrtc.RTCDataChannel) -> None:
        if channel.label in self._ports:
            await self._line(channel)
        else:
            self._channel(channel)

    def _channel(self, channel: webrtc.RTCDataChannel) -> None:
        data = self.received.setdefault(channel.label, bytearray())
        texts = self.texts.setdefault(channel.label, [])

        async def arrived(event: webrtc.MessageEvent) -> None:
            if isinstance(event.data, str):
                texts.append(event.data)
            else:
                assert len(event.data) <= 32_768
                data.extend(event.data)
            async with self.changed:
                self.changed.notify_all()

        channel.on("message", arrived)
