# SPDX-License-Identifier: AGPL-3.0-only
"""The downloads of a room: asks peers for files, hands out the channels, and notices downloads that have stalled."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from keks_meet.client.blocking import in_thread
from keks_meet.client.direct.receiving_line import ReceivingLine
from keks_meet.client.direct.ways import DirectWays
from keks_meet.client.files.receive import FileReceiver
from keks_meet.client.files.sinks import Sink
from keks_meet.client.files.transfers import TransferListener
from keks_meet.client.rtc.channel import DataChannel
from keks_meet.client.tasks import Tasks
from keks_meet.errors import KeksMeetError, NotOnOffer
from keks_meet.protocol.relay_messages import Provide
from keks_meet.session import limits
from keks_meet.session.effects import ExpectFile
from keks_meet.session.events import FileStalled, PeerKey, ResourceUnwanted, ResourceWanted, SessionEvent

__all__ = ["Incoming"]

_Key: TypeAlias = tuple[PeerKey, str]


class Incoming:
    """The files that are being received."""

    def __init__(
        self,
        tasks: Tasks,
        handle: Callable[[SessionEvent], None],
        listener: TransferListener,
        direct: DirectWays,
    ) -> None:
        """Give events to the session with ``handle``, and report downloads to the ``listener``."""
        self._direct = direct
        self._tasks = tasks
        self._handle = handle
        self._listener = listener
        self._tickets = itertools.count(1)
        self._asked: dict[int | None, FileReceiver] = {}
        self._running: dict[_Key, FileReceiver] = {}

    async def download(self, peer: PeerKey, offer: Provide | None, sink: Sink) -> Path | None:
        """Receive the file that a peer offers; see `Room.download`. Raises `NotOnOffer`, and what receiving raises."""
        if offer is None:
            with contextlib.suppress(OSError, KeksMeetError):
                await in_thread(sink.interrupt)
            raise NotOnOffer("nobody here offers this file")
        receiver = FileReceiver(
            peer,
            offer,
            sink,
            lambda: self._handle(FileStalled(peer, offer.id)),
            lambda: self._ahead_over_channels(peer, offer.id),
        )
        try:
            await self._ask(receiver)
        except BaseException as error:
            await receiver.drop(error)
            if isinstance(error, KeksMeetError | OSError):
                # The program hears of this failure as of that of any other download.
                self._listener.transfer_started(receiver)
                self._listener.transfer_ended(receiver)
            raise
        self._listener.transfer_started(receiver)
        self._tasks.start(self._watch(receiver))
        try:
            return await receiver.run()
        finally:
            self._ended(receiver)

    def _ahead_over_channels(self, peer: PeerKey, but: str) -> list[int]:
        """Return how far ahead a peer may be with each of its files, ``but`` for one."""
        return [each.ahead for (owner, id_), each in self._running.items() if owner == peer and id_ != but]

    async def _ask(self, receiver: FileReceiver) -> None:
        """Ask the peer for the file, through the session. Raises `NotOnOffer`, and what the sink raises."""
        resume = await receiver.look()
        ticket = next(self._tickets)
        self._asked[ticket] = receiver
        self._handle(ResourceWanted(receiver.peer, receiver.resource.id, resume, ticket))
        del self._asked[ticket]
        if not receiver.is_expected:
            raise NotOnOffer("nobody here offers this file, or it is being downloaded already")

    def expect(self, effect: ExpectFile) -> None:
        """Prepare for the channel of the file that was asked for with the ticket of the effect."""
        receiver = self._asked[effect.ticket]
        receiver.expect(effect)
        self._running[effect.peer, effect.resource.id] = receiver

    def attach(self, peer: PeerKey, channel: DataChannel) -> bool:
        """Give a channel to the receiver that waits for it; return whether there is one."""
        receiver = self._running.get((peer, channel.label))
        if receiver is None or not receiver.is_free:
            return False
        receiver.attach(ReceivingLine(channel, peer, self._direct.for_files(receiver.features)))
        return True

    def give_up(self, peer: PeerKey, resource_id: str) -> None:
        """Note that no channel will come for a file any more."""
        receiver = self._running.get((peer, resource_id))
        if receiver is not None:
            receiver.give_up()

    async def _watch(self, receiver: FileReceiver) -> None:
        """Report to the program and the session each time that a download stalls, until it has ended [F12]."""
        loop = asyncio.get_running_loop()
        told = loop.time()
        while receiver.outcome is None:
            left = max(told, receiver.arrived_at) + limits.STALL_MS / 1000 - loop.time()
            if left > 0:
                await asyncio.sleep(left)
                continue
            told = loop.time()
            if receiver.is_waiting:
                self._listener.transfer_stalled(receiver)
                self._handle(FileStalled(receiver.peer, receiver.resource.id))

    def _ended(self, receiver: FileReceiver) -> None:
        """Tell the session that a file is not wanted any more, unless the file was asked for again meanwhile."""
        key = (receiver.peer, receiver.resource.id)
        if self._running.get(key) is receiver:
            del self._running[key]
            self._handle(ResourceUnwanted(*key))
        self._listener.transfer_ended(receiver)
