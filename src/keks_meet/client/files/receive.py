# SPDX-License-Identifier: AGPL-3.0-only
"""Receives one file: from its data channel into a sink, in order, hashed on the way."""

import asyncio
import contextlib
import hashlib
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from keks_meet.client.files.sinks import Hash, Prefix, Sink, StreamSink
from keks_meet.client.rtc import DataChannel
from keks_meet.client.threads import in_thread
from keks_meet.errors import ChannelClosed, SpoolFull
from keks_meet.session.file_receiving import REPEAT_MS, FileOutcome, FileReceiving

__all__ = ["FileReceiver"]

_LARGEST_BATCH: Final = 4_194_304
"""Bytes that the thread is given at once, when so many wait."""
_GATHER_SECONDS: Final = 0.02
_LARGEST_WAITING: Final = 256 * 1_048_576
"""Bytes that may wait for the disk. Only senders without `file-credit` can get here."""
_SMALL: Final = 4096
"""Messages of up to this size, in bytes, are put together as they come: one by one they would take far more."""


_CLOSE_PATIENCE: Final = 10.0
"""How long a sender may take to close once it was told that the file is stored, in seconds [F11]."""
_T = TypeVar("_T")


class FileReceiver:
    """One transfer, in. The channel comes later than the receiver, or never."""

    def __init__(self, sink: Sink, receiving: FileReceiving, prefix: Prefix | None) -> None:
        self.sink = sink
        self._receiving = receiving
        self._prefix = prefix
        self._hash: Hash | None = None
        self._is_started = False
        self._waiting: deque[bytes | bytearray] = deque()
        self._waiting_bytes = 0
        self._wake = asyncio.Event()
        self._channel: DataChannel | None = None
        self._is_channel_closed = False
        self._is_refused = False
        self._is_overrun = False
        self._is_done = False

    @property
    def received(self) -> int:
        """Bytes of the file that are on the disk, an earlier transfer's included."""
        return self._receiving.offset + self._receiving.written

    @property
    def offset(self) -> int:
        """Bytes of the file that an earlier transfer left, and that are not sent again [F9]."""
        return self._receiving.offset

    @property
    def is_attached(self) -> bool:
        """Whether there is a channel."""
        return self._channel is not None

    def attach(self, channel: DataChannel) -> bool:
        """Take the channel that the providing side opened; a second one, or one that comes late, is not wanted."""
        if self._channel is not None or self._is_done:
            return False
        self._channel = channel
        channel.on_message = self._arrived
        channel.on_close = self._channel_closed
        self._wake.set()
        return True

    def cut_short(self) -> None:
        """Note that the channel will not come, or has ended with its connection."""
        self._receiving.connection_lost()
        self._is_channel_closed = True
        self._wake.set()

    def _channel_closed(self) -> None:
        if self._channel is not None and self._channel.is_abandoned:
            self._receiving.connection_lost()
        self._is_channel_closed = True
        self._wake.set()

    async def run(self) -> FileOutcome:
        """Write everything that comes, and return how it ended; raises what the sink raises.

        Raises `SpoolFull` when more waits for the sink than is kept, from a sender that cannot be told to wait. Neither
        finishes nor discards the sink, nor closes the channel: `close` does.
        """
        try:
            await self._give_credit_first()
            while not self._is_settled:
                if not self._waiting:
                    self._wake.clear()
                    await self._wake.wait()
                if self._is_more_coming:
                    # A little later there is more for the thread, and asking it costs.
                    await asyncio.sleep(_GATHER_SECONDS)
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

    async def while_living(self, work: Awaitable[_T]) -> _T:
        """Wait for the file to be written and stored, and tell the sender meanwhile that this side lives [F11]."""
        living = asyncio.ensure_future(self._repeat_sign_of_life())
        try:
            return await work
        finally:
            living.cancel()

    def say_stored(self) -> None:
        """Tell the sender that the file is stored, where it knows what that means [F11]."""
        self._say(self._receiving.stored)

    async def closed(self) -> None:
        """Leave closing to a sender that was told [F11], but not for long."""
        if self._channel is None or self._receiving.stored is None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_PATIENCE):
                await self._channel.closed()

    def close(self) -> None:
        """Close the channel, if there is one."""
        self._is_done = True
        if self._channel is not None:
            self._channel.close()

    @property
    def _outcome(self) -> FileOutcome:
        return self._receiving.outcome(self._hash.hexdigest() if self._hash else None)

    @property
    def _is_kept(self) -> bool:
        """Whether nothing came, and that is the whole file."""
        return self._receiving.is_over or self._outcome == "unknown"

    async def _repeat_sign_of_life(self) -> None:
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
        return is_open and self._waiting_bytes < _LARGEST_BATCH

    async def _give_credit_first(self) -> None:
        while self._channel is None:
            if self._is_channel_closed:
                return
            self._wake.clear()
            await self._wake.wait()
        try:
            await self._channel.opened()
        except ChannelClosed:
            return
        self._receiving.channel_opened()
        self._give_credit(0)

    def _arrived(self, message: bytes | str) -> None:
        if self._is_refused:
            return
        if isinstance(message, str):
            self._say(self._receiving.text_received(message))
        else:
            self._keep(message)
            taken = self._receiving.bytes_received(len(message))
            self._is_overrun = self._waiting_bytes > _LARGEST_WAITING
            self._is_refused = not taken or self._is_overrun
        self._wake.set()

    def _keep(self, data: bytes) -> None:
        """Put bytes where they wait to be written."""
        self._waiting_bytes += len(data)
        last = self._waiting[-1] if self._waiting else None
        if isinstance(last, bytearray) and len(last) < _LARGEST_BATCH and len(data) <= _SMALL:
            last += data
        elif data:
            self._waiting.append(bytearray(data) if len(data) <= _SMALL else data)

    async def _write_waiting(self) -> None:
        while self._waiting and not self._is_refused:
            messages = self._next_waiting()
            length = sum(map(len, messages))
            await self._in_thread(self._store, messages)
            self._waiting_bytes -= length
            self._give_credit(length)

    async def _in_thread(self, work: Callable[..., None], *args: object) -> None:
        """Wait for a sink; who is cancelled meanwhile does not wait for somebody who reads nothing."""
        writing = asyncio.ensure_future(in_thread(work, *args))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            if isinstance(self.sink, StreamSink):
                self.sink.stop()
            await asyncio.wait([writing])
            if not writing.cancelled():
                writing.exception()
            raise

    def _next_waiting(self) -> list[bytes | bytearray]:
        """Return the next messages: a thread that takes several at once is asked less often."""
        messages = [self._waiting.popleft()]
        length = len(messages[0])
        while self._waiting and length < _LARGEST_BATCH:
            length += len(self._waiting[0])
            messages.append(self._waiting.popleft())
        return messages

    def _store(self, messages: list[bytes | bytearray]) -> None:
        """Write in a worker thread; hashing and writing leave the others alone."""
        if not self._is_started:
            self._start()
        for message in messages:
            data = memoryview(message)
            if self._hash is not None:
                self._hash.update(data)
            self.sink.write(data)

    def _start(self) -> None:
        self._is_started = True
        continues = self._prefix is not None and self._receiving.offset == self._prefix.length
        if self._receiving.is_hashed:
            self._hash = self._prefix.sha256.copy() if continues and self._prefix else hashlib.sha256()
        self.sink.start(self._receiving.offset)

    def _give_credit(self, written: int) -> None:
        self._say(self._receiving.bytes_written(written))

    def _say(self, text: str | None) -> None:
        if text is None or self._channel is None:
            return
        try:
            self._channel.send_now(text)
        except ChannelClosed:
            self._is_channel_closed = True


def _ignore(_: bytes | str) -> None:
    return None
