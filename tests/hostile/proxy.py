# SPDX-License-Identifier: AGPL-3.0-only
"""A server that cheats: it stands before a real one, and does with the packets for its clients what a test wants."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any, TypeAlias

import aiohttp
from aiohttp import web

from keks_meet.crypto.envelope import open_envelope
from keks_meet.crypto.room_keys import derive_keys
from keks_meet.errors import UnopenableEnvelope

Packet: TypeAlias = dict[str, Any]
NOT_PASSED_ON = frozenset({"connection", "transfer-encoding", "keep-alive"})


class Victim:
    """A client of the server, in the order of their coming."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.id = 0
        self.packets: list[Packet] = []
        """All that the real server had for this client, delivered or not."""
        self._socket = socket

    async def tell(self, *packets: Packet) -> None:
        """Send packets to this client."""
        for packet in packets:
            await self._socket.send_str(json.dumps(packet))

    def messages_of(self, sender: int) -> list[Packet]:
        """Return all that a member has said to this client, as packets."""
        return [packet for packet in self.packets if packet.get("message", {}).get("sender") == sender]


Tamper: TypeAlias = Callable[[Victim, Packet], Iterable[Packet]]


class HostileServer:
    """A server that has the room's packets in its hands, and, for looking into them, a test's key of the room."""

    def __init__(self, real: str, secret: str) -> None:
        """Stand before the server at an address, for the room of a secret."""
        self._real = real
        self._keys = derive_keys(secret)
        self.victims: list[Victim] = []
        self.tamper: Tamper = lambda _, packet: [packet]
        """Tells what a client gets in place of each packet."""
        self.url = ""

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["HostileServer"]:
        """Serve until the end of the block."""
        site = web.Application()
        site.router.add_get("/signaling", self._signaling)
        site.router.add_get("/{path:.*}", self._page)
        runner = web.AppRunner(site, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with aiohttp.ClientSession(auto_decompress=False) as self._http:
            try:
                yield self
            finally:
                await runner.cleanup()

    def kind_of(self, packet: Packet) -> str:
        """Return what a packet is; of a message, what can be seen of it with the room's key."""
        ((kind, value),) = packet.items()
        if kind != "message":
            return kind
        try:
            inner = open_envelope(self._keys.message_key, value["message"], value["sender"])
        except UnopenableEnvelope:
            return "nothing"
        return str(next(iter(json.loads(inner))))

    def number_of(self, packet: Packet) -> int | None:
        """Return the number of a sealed message [Y12]; None for anything else."""
        if not self.is_sealed(packet):
            return None
        message = packet["message"]
        inner = open_envelope(self._keys.message_key, message["message"], message["sender"])
        return int(json.loads(inner)["sealed"]["number"])

    def is_sealed(self, packet: Packet) -> bool:
        """Tell whether a packet is a message that only one member can open."""
        return self.kind_of(packet) == "sealed"

    async def _page(self, request: web.Request) -> web.Response:
        async with self._http.get(self._real + request.path_qs, headers=request.headers) as answer:
            headers = {name: value for name, value in answer.headers.items() if name.lower() not in NOT_PASSED_ON}
            headers.pop("Content-Length", None)
            return web.Response(status=answer.status, body=await answer.read(), headers=headers)

    async def _signaling(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=16 * 1_048_576)
        await socket.prepare(request)
        victim = Victim(socket)
        self.victims.append(victim)
        async with self._http.ws_connect(self._real.replace("http", "ws") + "/signaling") as real:
            passing_on = asyncio.create_task(self._pass_on(socket, real))
            try:
                async for frame in real:
                    await self._take(victim, json.loads(frame.data))
            finally:
                passing_on.cancel()
                await asyncio.gather(passing_on, return_exceptions=True)
        return socket

    async def _take(self, victim: Victim, packet: Packet) -> None:
        if "init" in packet:
            victim.id = packet["init"]["your_id"]
        victim.packets.append(packet)
        await victim.tell(*self.tamper(victim, packet))

    async def _pass_on(self, socket: web.WebSocketResponse, real: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            if frame.type is aiohttp.WSMsgType.TEXT:
                await real.send_str(frame.data)
        await real.close()
