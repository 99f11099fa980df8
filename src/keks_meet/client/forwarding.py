# SPDX-License-Identifier: AGPL-3.0-only
"""The ports of a room: the own ones that peers connect to, and local ones whose connections go to a peer's."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeAlias

from msgspec import Struct

from keks_meet.client.ports import Tunnel
from keks_meet.client.rtc import DataChannel
from keks_meet.session.effects import ExpectPort, OpenPort
from keks_meet.session.events import PeerKey, PortWanted, SessionEvent

__all__ = ["Allow", "Forward", "Forwarding", "Provider"]

Allow: TypeAlias = Callable[[PeerKey], Awaitable[bool]]
"""Asked once for each peer that connects to an own port."""
Provider: TypeAlias = Callable[[], tuple[PeerKey, str] | None]
"""Tells which peer's port a new connection goes to, if there is one."""
_Start: TypeAlias = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]

_CHANNEL_PATIENCE: Final = 30.0
"""How long a connection waits for its channel, in seconds."""
_CONNECTIONS: Final = 512
"""Connections at a time, in either direction; more are refused."""


class _OwnPort(Struct):
    host: str
    port: int
    allow: Allow | None
    answers: dict[PeerKey, asyncio.Task[bool]] = {}


class Forward:
    """A local port that listens; closing it ends its connections, too."""

    def __init__(self, server: asyncio.Server) -> None:
        self._server = server
        self.connections: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Stop listening, and end what is under way."""
        self._server.close()
        for task in self.connections:
            task.cancel()


class Forwarding:
    """Both directions."""

    def __init__(self, start: _Start, handle: Callable[[SessionEvent], None]) -> None:
        self._start = start
        self._handle = handle
        self._own: dict[str, _OwnPort] = {}
        self._waiting: dict[tuple[PeerKey, str], deque[asyncio.Future[Tunnel]]] = {}
        self._expected: dict[tuple[PeerKey, str], tuple[str, ...]] = {}
        self._forwards: set[Forward] = set()
        self._connections = 0

    def add(self, resource_id: str, host: str, port: int, allow: Allow | None) -> None:
        """Have a port to offer; without ``allow`` every peer may connect."""
        self._own[resource_id] = _OwnPort(host, port, allow)

    def remove(self, resource_id: str) -> None:
        """Have it no longer; connections that are up go on."""
        self._own.pop(resource_id, None)

    def connect(self, effect: OpenPort, channel: DataChannel) -> None:
        """Let a channel lead to an own port; one that may not or cannot is closed."""
        own = self._own.get(effect.id)
        if own is None or self._connections >= _CONNECTIONS:
            channel.close()
            return
        self._start(self._serve(own, effect.peer, Tunnel(channel, effect.features)))

    async def _serve(self, own: _OwnPort, peer: PeerKey, tunnel: Tunnel) -> None:
        with self._counted():
            try:
                if not await self._is_allowed(own, peer):
                    return
                reader, writer = await asyncio.open_connection(own.host, own.port)
            except OSError:
                return
            finally:
                if "writer" not in locals():
                    tunnel.close()
            await tunnel.carry(reader, writer)

    async def _is_allowed(self, own: _OwnPort, peer: PeerKey) -> bool:
        if own.allow is None:
            return True
        if peer not in own.answers:
            own.answers[peer] = asyncio.ensure_future(_ask(own.allow, peer))
        return await asyncio.shield(own.answers[peer])

    async def forward(self, provider: Provider, host: str, port: int) -> Forward:
        """Listen on a local port, 0 for a free one, and lead its connections to a peer's. Raises `OSError`."""
        forward: Forward

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = self._start(self._lead(provider(), reader, writer))
            forward.connections.add(task)
            task.add_done_callback(forward.connections.discard)

        forward = Forward(await asyncio.start_server(accept, host, port))
        self._forwards.add(forward)
        return forward

    async def _lead(
        self, target: tuple[PeerKey, str] | None, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with self._counted():
            tunnel = await self._tunnel_to(target) if target and self._connections <= _CONNECTIONS else None
            if tunnel is None:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
            else:
                await tunnel.carry(reader, writer)

    async def _tunnel_to(self, target: tuple[PeerKey, str]) -> Tunnel | None:
        self._handle(PortWanted(*target))
        if target not in self._expected:
            return None
        future: asyncio.Future[Tunnel] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(target, deque()).append(future)
        try:
            async with asyncio.timeout(_CHANNEL_PATIENCE):
                return await future
        except (TimeoutError, asyncio.InvalidStateError, ConnectionError):
            return None

    def expect(self, effect: ExpectPort) -> None:
        """Be ready for the channel of a connection that was asked for."""
        self._expected[effect.peer, effect.id] = effect.features

    def attach(self, peer: PeerKey, channel: DataChannel) -> bool:
        """Give a channel to the connection that waits for it; return whether there is one."""
        key = (peer, channel.label)
        waiting = self._waiting.get(key, deque())
        while waiting:
            future = waiting.popleft()
            if not future.done():
                future.set_result(Tunnel(channel, self._expected[key]))
                return True
        return False

    def give_up(self, peer: PeerKey) -> None:
        """Note that no channel of this peer will come any more."""
        for key in [key for key in self._expected if key[0] == peer]:
            del self._expected[key]
            for future in self._waiting.pop(key, ()):
                if not future.done():
                    future.set_exception(ConnectionError())

    def close(self) -> None:
        """Stop listening."""
        for forward in self._forwards:
            forward.close()

    @contextlib.contextmanager
    def _counted(self):  # type: ignore[no-untyped-def]
        self._connections += 1
        try:
            yield
        finally:
            self._connections -= 1


async def _ask(allow: Allow, peer: PeerKey) -> bool:
    return await allow(peer)
