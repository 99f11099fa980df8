# SPDX-License-Identifier: AGPL-3.0-only
"""A node: the shell around the cluster's core, between signaling and the bus."""

import asyncio
import secrets
from collections.abc import Callable
from functools import partial
from logging import INFO, WARNING, getLogger
from time import monotonic
from typing import Any, Final

from msgspec.structs import replace

from keks_meet.errors import MalformedPacket
from keks_meet.protocol.packets import Serverbound
from keks_meet.rooms.effects import CloseClient, Effect, Send
from keks_meet.rooms.events import ClientGone
from keks_meet.rooms.hub import Hub
from keks_meet.server import tasks
from keks_meet.server.cluster import frames
from keks_meet.server.cluster.bus import Bus
from keks_meet.server.cluster.core import Core
from keks_meet.server.cluster.events import Event, RoomFound
from keks_meet.server.cluster.link import largest_frame
from keks_meet.server.cluster.membership import Presence
from keks_meet.server.cluster.orders import AwaitRoom, WindowOpened
from keks_meet.server.cluster.shares import MOST_SHARES, Shares
from keks_meet.server.cluster.waiting import Window, Windows
from keks_meet.server.config import Config
from keks_meet.server.logs import without_values
from keks_meet.server.node import Node, NodeState
from keks_meet.server.signaling import Signaling

__all__ = ["Cluster"]

_logger = getLogger(__name__)

_TICK_SECONDS: Final = 0.25
_BUSY_SECONDS: Final = 0.01
"""The time between two ticks while the core does something by and by, a few milliseconds of work at a time."""
_PATIENCE_SECONDS: Final = 3.0
"""The time that the start waits for NATS; it goes on without, and takes no clients until NATS is there."""
_ID_BITS: Final = 64


class Cluster:
    """A server as a node. It is the `Rooms` of signaling."""

    def __init__(self, config: Config, node: Node, *, version: str) -> None:
        """Prepare a node; ``node`` is told whether it takes clients."""
        id_ = secrets.randbits(_ID_BITS)
        self._watches_enabled = config.features.room_watches
        self._core = Core(id_, config.limits, version=version, watches_enabled=self._watches_enabled)
        self._bus = Bus(config.cluster, id_, largest_frame(config.limits), self._beat_came, self._frame_came)
        self._node = node
        node.state = NodeState.ALONE
        self._windows = Windows()
        self._clients, self._watches = Shares(), Shares()
        self._reading: dict[tuple[int, int], asyncio.Task[None]] = {}
        self._is_flushing = False
        self._ticking: asyncio.Task[None] | None = None

    async def start(self, signaling: Signaling) -> None:
        """Connect, and take part from now on. Raises `ConfigError`."""
        self._signaling = signaling
        self._took_part: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        is_connected = await self._bus.start(_PATIENCE_SECONDS)
        self._ticking = tasks.start(self._tick())
        if is_connected:
            await asyncio.wait([self._took_part], timeout=_PATIENCE_SECONDS)

    async def took_part(self) -> None:
        """Wait until this node has taken part for the first time."""
        await asyncio.wait([self._took_part])

    def leave(self) -> None:
        """Be no room's home any more, and say so."""
        self._happened(self._core.leave(monotonic()))
        self._say_alive()

    async def stop(self) -> None:
        """Say goodbye, and disconnect."""
        if self._ticking is None:
            return
        self._ticking.cancel()
        for task in self._reading.values():
            task.cancel()
        self._flush()
        self._bus.publish(None, frames.encode(self._core.membership.heartbeat(gone=True)))
        await self._bus.stop()

    @property
    def hub(self) -> Hub:
        """The hub of the rooms that have their home here."""
        return self._core.hub

    def handle(self, event: Event) -> list[Effect]:
        """Take in an event, and return its effects on clients of this node; the others are carried out here."""
        effects: list[Effect] = []
        for outcome in self._core.handle(event):
            if isinstance(outcome, Send | CloseClient):
                effects.append(outcome)
            else:
                self._carry_out(outcome)
        if isinstance(event, ClientGone):
            self._windows.opened(event.client)
        self._flush_soon()
        return effects

    def audience(self, id_: int, packet: Serverbound) -> tuple[int, ...]:
        """Return the other clients of this node that would hear of a packet."""
        return self._core.audience(id_, packet)

    def obstacle(self, id_: int, packet: Serverbound) -> Window | None:
        """Return the window of a client that is full, having asked what others have read."""
        if self._core.has_room(id_, packet):
            return None
        for outcome in self._core.wants_room(id_, packet):
            self._carry_out(outcome)
        self._flush_soon()
        return None if self._core.has_room(id_, packet) else self._windows.of(id_)

    def cost_of_watching(self, rooms: int) -> int:
        """Return the number of rooms: for each of them a home is asked, and another one that it is not any more.

        Nobody is asked where watching is off.
        """
        return rooms if self._watches_enabled else 0

    def _carry_out(self, outcome: Any) -> None:
        if isinstance(outcome, WindowOpened):
            self._windows.opened(outcome.client)
        elif isinstance(outcome, AwaitRoom):
            self._await_room(outcome)

    def _await_room(self, wanted: AwaitRoom) -> None:
        """Report room at once, or when it is there."""
        if self._signaling.without_room(wanted.client, wanted.readers, wanted.size) is None:
            self._signaling.happened(RoomFound(wanted.client, wanted.home))
            return
        key = (wanted.client, wanted.home)
        if (before := self._reading.pop(key, None)) is not None:
            before.cancel()
        self._reading[key] = tasks.start(self._wait_for_readers(wanted))

    async def _wait_for_readers(self, wanted: AwaitRoom) -> None:
        while (reader := self._signaling.without_room(wanted.client, wanted.readers, wanted.size)) is not None:
            await reader.changed(1.0)
        self._reading.pop((wanted.client, wanted.home), None)
        found = RoomFound(wanted.client, wanted.home)
        self._guard(lambda: self._signaling.happened(found), lambda: self._break(wanted.home))

    def _happened(self, events: list[Event]) -> None:
        for event in events:
            self._signaling.happened(event)

    def _beat_came(self, data: bytes) -> None:
        try:
            beat = frames.decode_heartbeat(data)
        except MalformedPacket as error:
            _logger.warning("another node is of another version: %s", error)
            return
        self._guard(lambda: self._heard_alive(beat), self._cut_off)

    def _heard_alive(self, beat: frames.Heartbeat) -> None:
        events, is_stranger = self._core.heartbeat_heard(beat, monotonic())
        self._happened(events)
        self._count_elsewhere(beat)
        if is_stranger:
            self._say_alive()

    def _frame_came(self, data: bytes) -> None:
        try:
            frame = frames.decode_frame(data)
        except MalformedPacket as error:
            _logger.warning("another node is of another version: %s", error)
            return
        self._guard(lambda: self._happened(self._core.opened(frame)), lambda: self._break(frame.node))

    async def _tick(self) -> None:
        while True:
            self._guard(self._look, self._cut_off)
            await asyncio.sleep(_BUSY_SECONDS if self._core.is_busy else _TICK_SECONDS)

    def _look(self) -> None:
        events, is_due = self._core.passed(monotonic())
        self._happened(events)
        self._tell_state()
        if is_due:
            self._say_alive()
            self._flush(beat=True)

    def _guard(self, act: Callable[[], None], instead: Callable[[], None]) -> None:
        """Do something; should that be a mistake of ours, tell it without values, and do what makes it good."""
        try:
            act()
        except Exception as error:
            _logger.error("this node made a mistake: %s", without_values(error))
            instead()

    def _break(self, node: int) -> None:
        """Begin the link to a node anew, or else everything."""
        self._guard(lambda: self._happened(self._core.broken(node)), self._cut_off)

    def _cut_off(self) -> None:
        """Close everybody, and take part again once this node hears itself."""
        self._guard(lambda: self._happened(self._core.cut_off(monotonic())), lambda: None)

    def _tell_state(self) -> None:
        """Tell whether clients may come, unless the server is about to end."""
        if self._node.state is NodeState.DRAINING:
            return
        is_present = self._core.membership.presence is Presence.PRESENT
        state = NodeState.READY if is_present else NodeState.ALONE
        if state is not self._node.state:
            self._node.state = state
            if is_present and not self._took_part.done():
                self._took_part.set_result(None)
            said = "this node takes part" if is_present else "this node is cut off, and closes its clients"
            _logger.log(INFO if is_present else WARNING, "%s", said)

    def _count_elsewhere(self, beat: frames.Heartbeat) -> None:
        """Have what addresses have at other nodes count here as well, as far as it is told."""
        addresses = self._signaling.addresses
        for shares, counts, tally in (
            (self._clients, beat.clients, addresses.clients),
            (self._watches, beat.watches, addresses.watches),
        ):
            if beat.node in self._core.membership.peers:
                shares.tell(beat.node, counts)
            shares.keep(self._core.membership.peers)
            tally.elsewhere = shares.totals

    def _say_alive(self) -> None:
        addresses = self._signaling.addresses
        clients, watches = addresses.clients.largest(MOST_SHARES), addresses.watches.largest(MOST_SHARES)
        beat = replace(self._core.membership.heartbeat(), clients=clients, watches=watches)
        self._bus.publish(None, frames.encode(beat))

    def _flush_soon(self) -> None:
        """Publish at the end of this turn of the loop, so that what came at once goes at once."""
        if not self._is_flushing:
            self._is_flushing = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self, *, beat: bool = False) -> None:
        self._is_flushing = False
        self._guard(lambda: self._publish(beat=beat), self._cut_off)

    def _publish(self, *, beat: bool) -> None:
        for node, frame in self._core.take(beat=beat):
            self._guard(partial(self._publish_frame, node, frame), partial(self._break, node))

    def _publish_frame(self, node: int, frame: frames.Frame) -> None:
        self._bus.publish(node, frames.encode(frame))
