# SPDX-License-Identifier: AGPL-3.0-only
"""The receiver of one file: writes what the data channel brings into a sink, in order, and hashes it on the way."""

import asyncio
import contextlib
import errno
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from keks_meet.client.blocking import in_thread, wait_out
from keks_meet.client.direct.receiving_line import ReceivingLine
from keks_meet.client.files.outcomes import SENTENCES
from keks_meet.client.files.sinks import Hash, Prefix, Sink, StreamSink
from keks_meet.client.files.transfers import Transfer
from keks_meet.client.files.waiting import Piece, Waiting
from keks_meet.client.rtc.channel import Message
from keks_meet.errors import ChannelClosed, KeksMeetError, SpoolFull, TransferFailed
from keks_meet.protocol.relay_messages import Provide, Request
from keks_meet.session import limits
from keks_meet.session.effects import ExpectFile
from keks_meet.session.events import PeerKey
from keks_meet.session.file_receiving import REPEAT_MS, FileOutcome, FileReceiving, credit_ahead

__all__ = ["FileReceiver"]

_GATHER_SECONDS: Final = 0.02
_LARGEST_WAITING: Final = 256 * 1_048_576
"""The most bytes that may wait for the disk. Only senders without `file-credit` can get here."""
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""The errors of a disk without room: the partial file is dropped then, since the partial file takes the room."""


class FileReceiver(Transfer):
    """The download of one file, from before the file is asked for. The channel comes later, or never."""

    def __init__(
        self,
        peer: PeerKey,
        resource: Provide,
        sink: Sink,
        ask_again: Callable[[], None],
        others: Callable[[], list[int]],
    ) -> None:
        """Prepare to receive ``resource`` into ``sink``; ``ask_again`` asks the peer for another channel.

        ``others`` tells how far ahead the senders of other files over the same connection may be.
        """
        super().__init__("in", peer, resource)
        self._sink = sink
        self._ask_again = ask_again
        self._others = others
        self._unheard_channels = 0
        self._receiving = FileReceiving(resource.size, ())
        self._prefix: Prefix | None = None
        self._hash: Hash | None = None
        self._is_started = False
        self._waiting = Waiting()
        self._wake = asyncio.Event()
        self._channel: ReceivingLine | None = None
        self._is_channel_closed = False
        self._was_direct = False
        self._is_refused = False
        self._is_overrun = False
        self._is_done = False
        self._is_stored = False
        self.arrived_at = 0.0
        """The time of the last byte that came, by the clock of the loop, in seconds; 0 before the first one."""
        self.is_expected = False
        """Whether the peer was asked for the file."""
        self.features: tuple[str, ...] = ()
        """The features of both ends, once the peer was asked."""

    @property
    def bytes(self) -> int:
        """Bytes of the file that are on the disk, an earlier transfer's included."""
        return self._receiving.offset + self._receiving.written

    @property
    def began_at(self) -> int:
        """Bytes of the file that an earlier transfer left, and that are not sent again [F9]."""
        return self._receiving.offset

    @property
    def is_direct(self) -> bool:
        """Whether bytes have come over TCP."""
        return self._was_direct or (self._channel is not None and self._channel.was_direct)

    @property
    def ahead(self) -> int:
        """By how many bytes the sender may be ahead of the writing, over a channel."""
        return 0 if self._is_over_tcp else self._receiving.ahead

    @property
    def _is_over_tcp(self) -> bool:
        return self._channel is not None and self._channel.is_direct

    @property
    def is_waiting(self) -> bool:
        """Whether more bytes have to come; False while bytes wait for the sink, and while the file is stored.

        False as well while the sender compares the beginning: who has opened a channel is there as long as that.
        """
        is_compared = self._channel is not None and self._receiving.is_compared
        return super().is_waiting and not self._is_done and not is_compared and self._waiting.bytes == 0

    # Before there is a channel

    async def look(self) -> Request | None:
        """Return the request for the rest of a partial file; None without one [F9]. Raises what the sink raises."""
        self._prefix = await in_thread(self._sink.prefix)
        return Request(self.resource.id, self._prefix.length, self._prefix.salt) if self._prefix else None

    def expect(self, effect: ExpectFile) -> None:
        """Prepare for the channel, now that the peer was asked."""
        self.resource = effect.resource
        self.features = effect.features
        known = (self._prefix.length, self._prefix.hmac) if self._prefix else (0, None)
        self._receiving = FileReceiving(effect.resource.size, effect.features, *known)
        self.is_expected = True

    async def drop(self, error: BaseException) -> None:
        """End the download before the peer was asked, and keep the partial file; ``error`` is the reason."""
        self.outcome = "broken"
        self.error = error if isinstance(error, Exception) else None
        await in_thread(self._keep_part)

    @property
    def is_free(self) -> bool:
        """Whether a channel is waited for: a second one, or one that comes too late, is not."""
        return self._channel is None and not self._is_done

    def attach(self, channel: ReceivingLine) -> None:
        """Take the line over the channel that the sender opened."""
        self._channel = channel
        channel.on_message = self._arrived
        channel.on_close = self._channel_closed
        self._wake.set()

    def give_up(self) -> None:
        """Note that the channel will not come; a channel that is there already tells its end by itself."""
        if self._channel is None:
            self._receiving.connection_lost()
            self._is_channel_closed = True
            self._wake.set()

    def _channel_closed(self) -> None:
        if self._channel is not None and self._channel.is_abandoned:
            self._receiving.connection_lost()
        if self._receiving.is_unheard and not self._is_done:
            self._unheard_channels += 1
            if self._unheard_channels < limits.UNHEARD_CHANNELS:
                self._wait_for_another_channel()
                return
        self._is_channel_closed = True
        self._wake.set()

    def _wait_for_another_channel(self) -> None:
        """Ask for the file once more: the channel may have brought it before anybody listened [F8]."""
        if self._channel is not None:
            self._was_direct |= self._channel.was_direct
            self._channel.on_message = _ignore
        self._channel = None
        self._wake.set()
        self._ask_again()

    async def run(self) -> Path | None:
        """Receive the file to its end; return where it is. Raises `TransferFailed`, and what the sink raises.

        A download that is cancelled or fails leaves nothing that looks whole. The sender hears when the file is stored.
        """
        try:
            await self._receive_and_settle()
            self._say(self._receiving.stored)
            await self._closed()
        except asyncio.CancelledError:
            await self._cancelled()
            raise
        except TransferFailed as error:
            self.error = error
            raise
        except Exception as error:
            self.outcome = "broken"
            self.error = error
            await in_thread(self._keep_or_discard)
            raise
        finally:
            self._close()
        return self.path

    async def _receive_and_settle(self) -> None:
        living = asyncio.ensure_future(self._repeat_sign_of_life())
        try:
            await self._in_thread(self._settle, await self._receive())
        finally:
            living.cancel()

    async def _receive(self) -> FileOutcome:
        """Write everything that comes, and return how the transfer ended. Raises what the sink raises.

        Raises `SpoolFull` when more waits for the sink than is kept, from a sender that cannot be told to wait.
        """
        try:
            await self._give_credit_first()
            while not self._is_settled:
                if not self._waiting:
                    self._wake.clear()
                    await self._wake.wait()
                if self._is_more_coming:
                    await self._gather()
                await self._write_waiting()
            if self._is_overrun:
                raise SpoolFull("it came faster than it could be written, and this sender cannot be told to wait")
            if not self._is_started and self._is_kept:
                await in_thread(self._start)
            return self._outcome
        finally:
            self._is_done = True
            if self._channel is not None:
                self._channel.on_message = _ignore

    def _settle(self, outcome: FileOutcome) -> None:
        """Give a whole file its name, keep a partial file for later, or drop a wrong one.

        Raises `TransferFailed`, and what the sink raises.
        """
        if outcome in {"whole", "unknown"}:
            self.path = self._sink.finish()
            self._is_stored = True
            self.outcome = outcome
            return
        if outcome == "cut short":
            self._keep_part()
        else:
            self._drop_part()
        self.outcome = outcome
        raise TransferFailed(SENTENCES[outcome], outcome, is_kept=self.is_kept)

    async def _cancelled(self) -> None:
        """End a download that is not wanted any more; a file that is stored already has arrived all the same."""
        if self._is_stored:
            self._say(self._receiving.stored)
            return
        self.outcome = "cancelled"
        await in_thread(self._keep_or_discard)

    def _keep_or_discard(self) -> None:
        """Keep the partial file for later, unless there is no room for it."""
        if isinstance(self.error, OSError) and self.error.errno in _NO_ROOM:
            self._drop_part()
        else:
            self._keep_part()

    def _keep_part(self) -> None:
        """Keep the partial file for later. The reason for the end is told, and not an error of keeping."""
        with contextlib.suppress(OSError, KeksMeetError):
            self.is_kept = self.is_kept or self._sink.interrupt()

    def _drop_part(self) -> None:
        """Drop the partial file. The reason for the end is told, and not an error of dropping."""
        with contextlib.suppress(OSError, KeksMeetError):
            self._sink.discard()

    async def _closed(self) -> None:
        """Leave closing to a sender that was told that the file is stored [F11], but not for long."""
        if self._channel is None or self._receiving.stored is None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limits.STORED_CLOSE_MS / 1000):
                await self._channel.closed()

    def _close(self) -> None:
        self._is_done = True
        if self._channel is not None:
            self._channel.close()

    @property
    def _outcome(self) -> FileOutcome:
        return self._receiving.outcome(self._hash.hexdigest() if self._hash else None)

    @property
    def _is_kept(self) -> bool:
        """Whether a transfer that brought no bytes has come to an end that may make a whole file."""
        return self._receiving.is_over or self._outcome == "unknown"

    async def _repeat_sign_of_life(self) -> None:
        """Tell the sender that this side lives, while the file is written and stored [F11]."""
        while True:
            await asyncio.sleep(REPEAT_MS / 1000)
            self._say(self._receiving.sign_of_life)

    @property
    def _is_settled(self) -> bool:
        if self._is_refused:
            return True
        # Texts count when they come, bytes when they are written.
        return not self._waiting and (self._receiving.is_over or self._is_channel_closed)

    @property
    def _is_more_coming(self) -> bool:
        is_open = not (self._receiving.is_over or self._is_channel_closed or self._is_refused)
        return is_open and self._waiting.bytes < self._step

    @property
    def _step(self) -> int:
        """The bytes after whose writing the sender hears of more credit."""
        return self._ahead_allowed // limits.CREDIT_STEPS

    async def _gather(self) -> None:
        """Let a moment gather more for the thread, since each call of it costs; a step is enough, and the end, too."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GATHER_SECONDS):
                while self._is_more_coming:
                    self._wake.clear()
                    await self._wake.wait()

    async def _give_credit_first(self) -> None:
        while not self._is_channel_closed:
            if self._channel is None:
                self._wake.clear()
                await self._wake.wait()
                continue
            # A channel that closes instead has been noted by its callback, or another channel is to come.
            with contextlib.suppress(ChannelClosed):
                await self._channel.opened()
                break
        if self._is_channel_closed:
            return
        self._receiving.channel_opened()
        self._give_credit(0)

    def _arrived(self, message: Message | bytearray) -> None:
        if self._is_refused:
            return
        if isinstance(message, str):
            self._say(self._receiving.text_received(message))
        else:
            self._waiting.append(message)
            self.arrived_at = asyncio.get_running_loop().time()
            taken = self._receiving.bytes_received(len(message))
            self._is_overrun = self._waiting.bytes > _LARGEST_WAITING
            self._is_refused = not taken or self._is_overrun
        self._wake.set()

    async def _write_waiting(self) -> None:
        while self._waiting and not self._is_refused:
            messages = self._waiting.batch()
            length = sum(map(len, messages))
            await self._in_thread(self._store, messages)
            self._waiting.written(length)
            self._give_credit(length)

    async def _in_thread(self, work: Callable[..., None], *args: object) -> None:
        """Let the sink work in a thread; when cancelled, stop a stream, whose reader may never read again."""
        writing = asyncio.ensure_future(in_thread(work, *args))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            if isinstance(self._sink, StreamSink):
                self._sink.stop()
            await wait_out(writing)
            raise

    def _store(self, messages: list[Piece]) -> None:
        """Hash and write messages. This runs in a worker thread, so that the loop goes on meanwhile."""
        if not self._is_started:
            self._start()
        for message in messages:
            data = memoryview(message)
            if self._hash is not None:
                self._hash.update(data)
            self._sink.write(data)

    def _start(self) -> None:
        self._is_started = True
        continues = self._prefix is not None and self._receiving.offset == self._prefix.length
        if self._receiving.is_hashed:
            self._hash = self._prefix.sha256.copy() if continues and self._prefix else hashlib.sha256()
        self._sink.start(self._receiving.offset)

    @property
    def _ahead_allowed(self) -> int:
        return limits.KEPT_BYTES if self._is_over_tcp else credit_ahead(self._others())

    def _give_credit(self, written: int) -> None:
        self._say(self._receiving.bytes_written(written, self._ahead_allowed))

    def _say(self, text: str | None) -> None:
        if text is None or self._channel is None:
            return
        try:
            self._channel.send_now(text)
        except ChannelClosed:
            self._is_channel_closed = True


def _ignore(_: Message | bytearray) -> None:
    return None
