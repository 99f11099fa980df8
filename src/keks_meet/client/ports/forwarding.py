# SPDX-License-Identifier: AGPL-3.0-only
"""The ports of a room: the own ones that peers connect to, and local ones whose connections go to a peer's."""

import asyncio
import itertools
from collections import Counter, deque
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol, TypeAlias

from keks_meet.client.direct.ways import DirectWays
from keks_meet.client.ports.own_port import OwnPort
from keks_meet.client.ports.port_line import PortLine
from keks_meet.client.ports.spool import Allowance
from keks_meet.client.ports.tunnel import READ_BYTES, Tunnel, end_connection
from keks_meet.client.resources import OwnResources
from keks_meet.client.rtc.channel import DataChannel
from keks_meet.client.system_reasons import reason_of_system
from keks_meet.client.tasks import Tasks
from keks_meet.errors import ChannelClosed, RoomLeft
from keks_meet.session.effects import ExpectPort, OpenPort
from keks_meet.session.events import PeerKey, PortWanted, SessionEvent

__all__ = ["Forward", "Forwarding", "PortListener", "Provider"]

Provider: TypeAlias = Callable[[], tuple[PeerKey, str] | None]
"""A function that tells which peer's port a new connection goes to, if there is one."""
_Accept: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], asyncio.Task[None]]

_CHANNEL_PATIENCE: Final = 30.0
"""The time that a connection waits for its channel, in seconds."""
_CONNECTIONS: Final = 512
"""The most connections at a time, both directions together; more are refused."""
_CONNECTIONS_OF_PEER: Final = 256
"""The most connections of one peer to own ports at a time, so that no peer keeps all others out."""
_SPOOLED_FOR_PEER: Final = 2 << 30
"""Bytes that may wait for the slow ends of all connections with one peer."""
_SPOOLED: Final = 4 << 30
"""Bytes that may wait for the slow ends of all connections with all peers together."""


class PortListener(Protocol):
    """A listener to what becomes of connections to ports."""

    def port_refused(self, peer: PeerKey, resource_id: str) -> None:
        """Tell of a connection that was led to a peer's port, and closed before anything came."""

    def port_unanswered(self, resource_id: str, address: str, reason: str) -> None:
        """Tell that nothing answers at the address of an own port; told once until something does."""


class Forward:
    """A local port that listens; closing it ends its connections, too."""

    def __init__(self, accept: _Accept) -> None:
        self._accept = accept
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.is_closed = False
        self.port = 0
        """The number of the local port."""

    async def listen(self, host: str, port: int) -> None:
        """Begin to listen, on port 0 for a free one. Raises `OSError`."""
        self._server = await asyncio.start_server(self._accepted, host, port, limit=READ_BYTES)
        self.port = int(self._server.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Stop listening, and end the connections that are under way."""
        self.is_closed = True
        if self._server is not None:
            self._server.close()
        for task in self._connections:
            task.cancel()

    def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_closed:
            writer.transport.abort()
            return
        task = self._accept(reader, writer)
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)


class Forwarding:
    """The forwarded connections of a room, in both directions."""

    def __init__(
        self,
        tasks: Tasks,
        resources: OwnResources,
        handle: Callable[[SessionEvent], None],
        listener: PortListener,
        direct: DirectWays,
    ) -> None:
        """Lead peers to the ports of ``resources``, over TCP where ``direct`` finds a way, and tell ``handle``."""
        self._tasks = tasks
        self._resources = resources
        self._handle = handle
        self._listener = listener
        self._direct = direct
        self._waiting: dict[tuple[PeerKey, str], deque[_Waiting]] = {}
        self._tickets = itertools.count(1)
        # Connections that were asked for and are expected since, by the ticket.
        self._expected: dict[int | None, _Waiting] = {}
        self._forwards: set[Forward] = set()
        self._connections = 0
        self._connections_of: Counter[PeerKey] = Counter()
        self._allowance = Allowance(_SPOOLED)
        self._allowances: dict[PeerKey, Allowance] = {}
        self._tunnels: dict[PeerKey, set[Tunnel]] = {}
        self._is_closed = False

    # Own ports

    def connect(self, effect: OpenPort, open_channel: Callable[[], DataChannel]) -> None:
        """Let a channel lead to an own port; one that cannot is closed. Beyond the peer's part none is opened [P1]."""
        own, peer = self._resources.get(effect.id, OwnPort), effect.peer
        if self._connections_of[peer] >= _CONNECTIONS_OF_PEER:
            return
        if own is None or self._connections >= _CONNECTIONS:
            open_channel().close()
            return
        tunnel = self._tunnel(peer, effect.features, open_channel(), is_admitted=own.lets_in_everybody)
        self._connections_of[peer] += 1

        def end() -> None:
            self._connections_of[peer] = max(0, self._connections_of[peer] - 1)
            tunnel.close()

        self._count(self._tasks.start(self._serve(effect.id, own, peer, tunnel)), end)

    async def _serve(self, resource_id: str, own: OwnPort, peer: PeerKey, tunnel: Tunnel) -> None:
        try:
            async with asyncio.timeout(_CHANNEL_PATIENCE):
                await tunnel.opened()
            if not await own.is_allowed(peer, self._tasks) or tunnel.is_closed:
                return
        except (ChannelClosed, OSError):
            return
        tunnel.admit()
        try:
            reader, writer = await own.connect(READ_BYTES)
        except (OSError, UnicodeError) as error:
            if not own.is_silence_told:
                own.is_silence_told = True
                self._listener.port_unanswered(resource_id, own.address, reason_of_system(error))
            return
        own.is_silence_told = False
        await tunnel.carry(reader, writer)

    # Ports of peers

    async def forward(self, provider: Provider, host: str, port: int) -> Forward:
        """Listen on a local port, 0 for a free one, and lead its connections to a peer's.

        Raises `OSError`, and `RoomLeft`.
        """
        forward = Forward(lambda reader, writer: self._lead(provider(), reader, writer))
        await forward.listen(host, port)
        if self._is_closed:
            forward.close()
            raise RoomLeft("the room was left")
        self._forwards = {each for each in self._forwards if not each.is_closed} | {forward}
        return forward

    def _lead(
        self, target: tuple[PeerKey, str] | None, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> asyncio.Task[None]:
        waiting = self._ask_for(target) if target and self._connections < _CONNECTIONS else None
        task = self._tasks.start(self._carry(waiting, target, reader, writer))

        def end() -> None:
            writer.transport.abort()
            if waiting:
                waiting.close()

        self._count(task, end)
        return task

    async def _carry(
        self,
        waiting: "_Waiting | None",
        target: tuple[PeerKey, str] | None,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Carry an accepted connection through the channel that it waits for; close it when there is none."""
        tunnel = await waiting.tunnel() if waiting else None
        if tunnel is None:
            await end_connection(writer, is_whole=True)
            return
        await tunnel.carry(reader, writer)
        if target and tunnel.is_refused:
            self._listener.port_refused(*target)

    def _ask_for(self, target: tuple[PeerKey, str]) -> "_Waiting | None":
        ticket = next(self._tickets)
        self._handle(PortWanted(*target, ticket))
        return self._expected.pop(ticket, None)

    def expect(self, effect: ExpectPort) -> None:
        """Be ready for the channel of a connection that was asked for."""
        expected = self._expected[effect.ticket] = _Waiting(partial(self._tunnel, effect.peer, effect.features))
        waiting = self._waiting.setdefault((effect.peer, effect.id), deque())
        # Earlier ones that have waited for too long are at the front.
        while waiting and waiting[0].is_over:
            waiting.popleft()
        waiting.append(expected)

    def attach(self, peer: PeerKey, channel: DataChannel) -> bool:
        """Give a channel to the connection that waits for it; return whether there is one."""
        waiting = self._waiting.get((peer, channel.label), deque())
        while waiting:
            if waiting.popleft().take(channel):
                return True
        return False

    def doubt(self, peer: PeerKey) -> None:
        """Ask about a peer anew before it is let in: it may be another one by now [R2]."""
        for own in self._resources.all(OwnPort):
            own.forget(peer)

    def forget(self, peer: PeerKey) -> None:
        """Note that a peer is gone: no channel of it will come any more."""
        for key in [key for key in self._waiting if key[0] == peer]:
            for waiting in self._waiting.pop(key):
                waiting.close()
        for own in self._resources.all(OwnPort):
            own.forget(peer)
        self._allowances.pop(peer, None)
        self._tunnels.pop(peer, None)
        del self._connections_of[peer]

    def close(self) -> None:
        """Stop listening."""
        self._is_closed = True
        for forward in self._forwards:
            forward.close()

    def _tunnel(
        self, peer: PeerKey, features: tuple[str, ...], channel: DataChannel, *, is_admitted: bool = True
    ) -> Tunnel:
        allowance = self._allowances.setdefault(peer, Allowance(_SPOOLED_FOR_PEER, self._allowance))
        living = self._tunnels[peer] = {each for each in self._tunnels.get(peer, ()) if not each.is_closed}

        def others() -> list[int]:
            found = (each.ahead for each in self._tunnels.get(peer, ()) if each is not tunnel)
            return [ahead for ahead in found if ahead]

        line = PortLine(channel, peer, features, self._direct, others)
        tunnel = Tunnel(line, features, allowance, is_admitted=is_admitted)
        living.add(tunnel)
        return tunnel

    def _count(self, task: asyncio.Task[None], end: Callable[[], None]) -> None:
        """Count a connection, and tidy up after it, even when it is cancelled before it began."""
        self._connections += 1

        def ended(_: asyncio.Task[None]) -> None:
            self._connections -= 1
            end()

        task.add_done_callback(ended)


class _Waiting:
    """A forwarded connection that waits for its channel."""

    def __init__(self, make: Callable[[DataChannel], Tunnel]) -> None:
        self._make = make
        self._channel: asyncio.Future[Tunnel | None] = asyncio.get_running_loop().create_future()

    @property
    def is_over(self) -> bool:
        """Whether the connection has its channel, or is waiting no more."""
        return self._channel.done()

    def take(self, channel: DataChannel) -> bool:
        """Give the connection a channel; return whether it still wants one."""
        if self.is_over:
            return False
        self._channel.set_result(self._make(channel))
        return True

    async def tunnel(self) -> Tunnel | None:
        """Wait for the channel; return None when none comes."""
        try:
            async with asyncio.timeout(_CHANNEL_PATIENCE):
                return await self._channel
        except TimeoutError:
            return None

    def close(self) -> None:
        """Wait no more; close the channel that has come."""
        if not self.is_over:
            self._channel.set_result(None)
        elif not self._channel.cancelled() and (tunnel := self._channel.result()):
            tunnel.close()
