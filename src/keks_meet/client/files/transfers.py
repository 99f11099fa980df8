# SPDX-License-Identifier: AGPL-3.0-only
"""The files on their way, out and in: who gets or sends what, how far it is, how it ended."""

import asyncio
import errno
import itertools
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal, TypeAlias

from keks_meet.client.files.receive import FileReceiver
from keks_meet.client.files.send import FileSender
from keks_meet.client.files.sinks import Prefix, Sink
from keks_meet.client.files.sources import Source
from keks_meet.client.rtc import DataChannel
from keks_meet.client.tasks import Tasks
from keks_meet.client.threads import in_thread
from keks_meet.errors import SourceError, TransferFailed
from keks_meet.protocol.relay_messages import Provide
from keks_meet.session.effects import ExpectFile, SendFile
from keks_meet.session.events import PeerKey
from keks_meet.session.file_receiving import FileOutcome, FileReceiving
from keks_meet.session.file_sending import FileSending, FileVerdict

__all__ = ["Incoming", "Outgoing", "Transfer", "TransferOutcome", "receive"]

TransferOutcome: TypeAlias = FileOutcome | FileVerdict | Literal["cancelled", "broken"]
"""`broken`: this side could not read or write it. `unconfirmed`: all was sent, and nobody said whether it arrived."""

_COMPARING: Final = 2
"""Files whose beginning is compared at a time with what receivers have: that costs a processor each [F9]."""
_SENDING: Final = 64
"""Transfers to one peer at a time; more wait for their turn."""
_SPOILT: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system says when there is no room: what was received is dropped then, since it is what takes the room."""
_Key: TypeAlias = tuple[PeerKey, str]


class Transfer:
    """One file on its way to or from one peer."""

    def __init__(self, direction: Literal["in", "out"], peer: PeerKey, resource: Provide) -> None:
        self.direction = direction
        self.peer = peer
        self.resource = resource
        self.outcome: TransferOutcome | None = None
        """None while it is under way."""
        self.error: Exception | None = None
        """Why it did not work out, where that was found on this side."""
        self.path: Path | None = None
        """Where a received file is, once it is whole."""
        self.is_kept = False
        """Whether a part of a received file stays, so that a later download goes on with it."""
        self.is_stored = False
        """Whether a received file is where it should be."""
        self.end: FileSender | FileReceiver | None = None

    @property
    def bytes(self) -> int:
        """Bytes of the file that have gone out, or are on the disk."""
        match self.end:
            case FileSender():
                return self.end.sent
            case FileReceiver():
                return self.end.received
        return 0

    @property
    def is_waiting(self) -> bool:
        """Whether more bytes have to come, or to go."""
        return self.outcome is None and (self.size is None or self.bytes < self.size)

    @property
    def began_at(self) -> int:
        """Bytes of the file that were there before [F9]."""
        return self.end.offset if self.end else 0

    @property
    def size(self) -> int | None:
        """Bytes of the whole file, if that is known."""
        return self.resource.size


class Outgoing:
    """The own files that are being sent."""

    def __init__(
        self, tasks: Tasks, started: Callable[[Transfer], None], ended: Callable[[Transfer, bool], None]
    ) -> None:
        """Report what starts and what ends, with whether the session does not know of the end yet."""
        self._tasks = tasks
        self._started = started
        self._ended = ended
        self._sources: dict[str, Source] = {}
        self._running: dict[_Key, tuple[Transfer, asyncio.Task[FileVerdict]]] = {}
        self._comparing = asyncio.Semaphore(_COMPARING)
        self._turns: defaultdict[PeerKey, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(_SENDING))

    def add(self, resource_id: str, source: Source) -> None:
        """Have something to send."""
        self._sources[resource_id] = source

    def remove(self, resource_id: str) -> None:
        """Have it no longer; what is under way is stopped by the session."""
        self._sources.pop(resource_id, None)

    def send(self, effect: SendFile, info: Provide, channel: DataChannel) -> None:
        """Send a file over a channel; an earlier transfer of it to the same peer is over."""
        source = self._sources.get(effect.id)
        if source is None:
            channel.close()
            return
        self.stop(effect.peer, effect.id)
        transfer = Transfer("out", effect.peer, info)
        sender = FileSender(channel, source, FileSending(effect.features), effect.resume, self._comparing)
        transfer.end = sender
        task = self._tasks.start(self._run(sender, self._turns[effect.peer]))
        self._running[effect.peer, effect.id] = (transfer, task)
        self._started(transfer)
        # A task that is cancelled before its first step does nothing, not even what is in its `finally`.
        task.add_done_callback(lambda _: self._end(transfer, sender, task))

    def stop(self, peer: PeerKey, resource_id: str) -> None:
        """Stop sending a file to a peer.

        A receiver that has it all wants it no longer, and that may be heard before its word that it stored the file.
        """
        transfer, task = self._running.pop((peer, resource_id), (None, None))
        is_waiting = transfer is not None and isinstance(transfer.end, FileSender) and transfer.end.awaits_word
        if task is not None and not is_waiting:
            task.cancel()

    def forget_peer(self, peer: PeerKey) -> None:
        """Note that a peer is gone."""
        self._turns.pop(peer, None)

    def is_spoilt(self, transfer: Transfer) -> bool:
        """Tell whether a transfer ended because its source can be read by nobody any more.

        A stream that somebody else has read is not spoilt for that other one.
        """
        source = self._sources.get(transfer.resource.id)
        return isinstance(transfer.error, SourceError | OSError) and source is not None and not source.once

    def is_sending(self, resource_id: str) -> bool:
        """Tell whether a file is on its way to somebody."""
        return any(key[1] == resource_id for key in self._running)

    async def _run(self, sender: FileSender, turn: asyncio.Semaphore) -> FileVerdict:
        async with turn:
            return await sender.run()

    def _end(self, transfer: Transfer, sender: FileSender, task: asyncio.Task[FileVerdict]) -> None:
        sender.close()
        transfer.outcome = _outcome_of(task, sender)
        error = None if task.cancelled() else task.exception()
        transfer.error = error if isinstance(error, Exception) else None
        key = (transfer.peer, transfer.resource.id)
        is_news = self._running.get(key, (None, None))[0] is transfer
        if is_news:
            del self._running[key]
        self._ended(transfer, is_news)


def _outcome_of(task: asyncio.Task[FileVerdict], sender: FileSender) -> TransferOutcome:
    if task.cancelled():
        # A receiver that has everything may say that it wants it no longer before it closes the channel.
        return "cancelled" if sender.verdict == "cut short" else sender.verdict
    if task.exception() is not None:
        # The source cannot be read any more; the receiver sees it cut short.
        return "broken"
    return task.result()


class Incoming:
    """The files that are being received."""

    def __init__(self) -> None:
        self._tickets = itertools.count(1)
        self._wanted: dict[int, tuple[Sink, Prefix | None]] = {}
        self._begun: dict[int, Transfer] = {}
        self._running: dict[_Key, tuple[Transfer, FileReceiver]] = {}

    def want(self, sink: Sink, prefix: Prefix | None) -> int:
        """Prepare for a file that is asked for, and return the ticket to ask with."""
        ticket = next(self._tickets)
        self._wanted[ticket] = (sink, prefix)
        return ticket

    def expect(self, effect: ExpectFile) -> None:
        """Be ready for the channel of a file that was asked for with a ticket."""
        if effect.ticket is None:
            raise ValueError("nobody here asks for a file without a ticket")
        sink, prefix = self._wanted[effect.ticket]
        known = (prefix.length, prefix.hmac) if prefix else (0, None)
        receiving = FileReceiving(effect.resource.size, effect.features, *known)
        transfer = Transfer("in", effect.peer, effect.resource)
        transfer.end = receiver = FileReceiver(sink, receiving, prefix)
        self._begun[effect.ticket] = transfer
        self._running[effect.peer, effect.resource.id] = (transfer, receiver)

    def begun(self, ticket: int) -> Transfer | None:
        """Return what a ticket has brought, if anything, and forget the ticket."""
        del self._wanted[ticket]
        return self._begun.pop(ticket, None)

    def attach(self, peer: PeerKey, channel: DataChannel) -> bool:
        """Give a channel to the receiver that waits for it; return whether there is one."""
        _, receiver = self._running.get((peer, channel.label), (None, None))
        if receiver is None:
            return False
        return receiver.attach(channel)

    def give_up(self, peer: PeerKey, resource_id: str) -> None:
        """Note that no channel will come any more."""
        _, receiver = self._running.get((peer, resource_id), (None, None))
        if receiver is not None and not receiver.is_attached:
            receiver.cut_short()

    def forget(self, transfer: Transfer) -> bool:
        """Note that it has ended; return whether it had not been asked for again meanwhile."""
        key = (transfer.peer, transfer.resource.id)
        is_latest = self._running.get(key, (None, None))[0] is transfer
        if is_latest:
            del self._running[key]
        return is_latest


async def receive(transfer: Transfer, sink: Sink) -> Path | None:
    """Receive a file that was asked for, to its end; see `Room.download`."""
    receiver = transfer.end
    if not isinstance(receiver, FileReceiver):
        raise TypeError("a download is wanted")
    try:
        await receiver.while_living(_receive_and_settle(transfer, receiver, sink))
        receiver.say_stored()
        await receiver.closed()
    except asyncio.CancelledError:
        await _cancelled(transfer, sink, receiver)
        raise
    except TransferFailed as error:
        transfer.error = error
        raise
    except Exception as error:
        transfer.outcome = "broken"
        transfer.error = error
        await in_thread(_give_up, transfer, sink)
        raise
    finally:
        receiver.close()
    return transfer.path


async def _receive_and_settle(transfer: Transfer, receiver: FileReceiver, sink: Sink) -> None:
    transfer.outcome = await receiver.run()
    await in_thread(_settle, transfer, sink)


async def _cancelled(transfer: Transfer, sink: Sink, receiver: FileReceiver) -> None:
    """End a download that is not wanted any more; one that is stored already has worked out."""
    if transfer.is_stored:
        receiver.say_stored()
        return
    transfer.outcome = "cancelled"
    await in_thread(_give_up, transfer, sink)


def _settle(transfer: Transfer, sink: Sink) -> None:
    """Give a whole file its name, keep a part for later, and drop what is wrong. Raises `TransferFailed`."""
    outcome = transfer.outcome
    if outcome in {"whole", "unknown"}:
        transfer.path = sink.finish()
        transfer.is_stored = True
        return
    if outcome == "cut short":
        transfer.is_kept = sink.interrupt()
    else:
        sink.discard()
    raise TransferFailed(_SENTENCES[str(outcome)], str(outcome), is_kept=transfer.is_kept)


def _give_up(transfer: Transfer, sink: Sink) -> None:
    """Keep a part for later, unless there is no room for it."""
    if isinstance(transfer.error, OSError) and transfer.error.errno in _SPOILT:
        sink.discard()
    else:
        transfer.is_kept = sink.interrupt()


_SENTENCES: Final = {
    "cut short": "the transfer was cut short",
    "too long": "more came than was announced",
    "wrong hash": "what came is not what was sent: the SHA-256 differs",
    "no hash": "the sender did not say what it had sent: no SHA-256",
}
