# SPDX-License-Identifier: AGPL-3.0-only
"""Sends one file over one data channel: reads ahead, hashes, keeps to the credit, ends as [F8] and [F11] say."""

import asyncio
import contextlib
import hashlib
import hmac
from contextlib import AbstractAsyncContextManager
from typing import Final, TypeAlias

from keks_meet.client.blocking import in_thread, wait_out
from keks_meet.client.files.sources import FileSource, Reader, Source
from keks_meet.client.files.tar_write import DirectorySource
from keks_meet.client.files.transfers import Transfer
from keks_meet.client.rtc.channel import DataChannel, Message
from keks_meet.errors import ChannelClosed, SourceError, SourceInterrupted
from keks_meet.protocol.relay_messages import Provide
from keks_meet.session.effects import SendFile
from keks_meet.session.file_sending import SILENCE_MS, STORING_MS, FileSending

__all__ = ["FileSender", "OwnFile"]

_BLOCK: Final = 2_097_152
"""Read at once, in bytes."""
_CLOSE_PATIENCE: Final = 2.0
"""How long a receiver without `file-stored` may take to close after everything has gone out, in seconds.

The original's clients wait for this side to close. Closing a channel still delivers what is on its way."""
_SPOILING: Final = (SourceError, FileNotFoundError, NotADirectoryError, PermissionError)
"""What reading a file raises that will be so for the next one who asks for it."""
_Block: TypeAlias = bytes
"""A transfer counts its bytes under that name."""


class OwnFile:
    """A file on offer from here."""

    def __init__(self, info: Provide, source: Source) -> None:
        self.info = info
        self.source = source
        self.is_spoilt = False
        """Whether reading it failed in a way that stays, so that it has to be withdrawn."""
        self.is_gone = False
        """Whether nothing was there at the last look."""
        self._is_gone_for_good = False

    @property
    def is_over(self) -> bool:
        """Whether it has to be withdrawn: it is spoilt, or was not there at two looks in a row.

        A disk that is mounted again, and a file that is replaced, are away for a moment only.
        """
        return self.is_spoilt or self._is_gone_for_good

    def note(self, error: Exception | None) -> None:
        """Note what reading it raised. A stream that somebody has read is not spoilt for that one.

        Whatever else the system says, like too many open files or a disk that does not answer, may be over soon.
        """
        if isinstance(error, _SPOILING) and not self.source.once:
            self.is_spoilt = True
            # Of a folder it may be a file inside that is missed.
            self.is_gone |= isinstance(error, FileNotFoundError) and isinstance(self.source, FileSource)

    def look(self) -> None:
        """Note whether it was deleted. Blocks. Of other sources than files and folders nobody knows."""
        was_gone = self.is_gone
        self.is_gone = isinstance(self.source, FileSource | DirectorySource) and self.source.is_gone()
        self._is_gone_for_good = was_gone and self.is_gone


class FileSender(Transfer):
    """A file that goes out, over the channel that was opened for it."""

    def __init__(
        self, effect: SendFile, own: OwnFile, channel: DataChannel, comparing: AbstractAsyncContextManager[object]
    ) -> None:
        """Prepare to send a file as it was asked for.

        ``comparing``: the turn that is waited for before what the receiver has is compared.
        """
        super().__init__("out", effect.peer, own.info)
        self.own = own
        self._channel = channel
        self._source = own.source
        self._sending = FileSending(effect.features)
        self._resume = effect.resume
        self._comparing = comparing
        self._hash = hashlib.sha256() if self._sending.is_hashed or self._resume else None
        self._reader: Reader | None = None
        self._wake = asyncio.Event()
        self._offset = 0
        channel.on_message = self._heard
        channel.on_close = self._channel_closed

    @property
    def bytes(self) -> int:
        """Bytes of the file that the receiver has or will have, as far as is known here."""
        return self._offset + self._sending.sent

    @property
    def began_at(self) -> int:
        """The byte of the file that the transfer began at."""
        return self._offset

    @property
    def awaits_word(self) -> bool:
        """Whether there is nothing more to do than to hear that the file was stored."""
        return self._sending.awaits_word

    async def run(self) -> None:
        """Send the whole file and wait for the receiver's word, or for its end of the channel [F8] [F11].

        Raises what the source raises: `SourceChanged`, `OSError`. The source is left alone in any case. `end` closes
        the channel and says how it went.
        """
        try:
            await self._channel.opened()
            await in_thread(self._open)
            await self._begin()
            await self._send_all()
            await self._finish()
        except (ChannelClosed, SourceInterrupted):
            pass
        finally:
            await in_thread(self._close_reader)

    def end(self, error: BaseException | None) -> None:
        """Close the channel, and note how it ended; ``error`` is what `run` raised."""
        self._channel.close()
        if error is None:
            self.outcome = self._sending.verdict
        elif isinstance(error, asyncio.CancelledError):
            # A receiver that has everything may say that it wants it no longer before it closes the channel.
            self.outcome = "cancelled" if self._sending.verdict == "cut short" else self._sending.verdict
        else:
            # The source cannot be read any more; the receiver sees it cut short.
            self.outcome = "broken"
            self.error = error if isinstance(error, Exception) else None

    def _open(self) -> None:
        """Start a pass from the beginning."""
        self._close_reader()
        self._reader = self._source.open()

    def _close_reader(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            # What was read is right whatever this says, and what ended the transfer is told instead.
            with contextlib.suppress(OSError):
                reader.close()

    async def _begin(self) -> None:
        """Begin where the receiver left off, if what it has is what this file begins with [F9]."""
        resume = self._resume
        if resume is None or not resume.offset or resume.salt is None:
            return
        if self._can_prove(resume.offset):
            async with self._comparing:
                proof = await self._read_prefix(resume.offset, _Block.fromhex(resume.salt))
            self._channel.send_now(self._sending.prove(resume.offset, proof))
            while self._sending.offset is None:
                await self._heard_more()
        else:
            self._channel.send_now(self._sending.begin_anew())
        self._offset = self._sending.offset or 0
        if not self._offset:
            await self._start_over()

    def _can_prove(self, length: int) -> bool:
        """Tell whether there are so many bytes to compare. A stream can be read a single time: it begins at 0."""
        return not self._source.once and (self._source.size is None or length <= self._source.size)

    async def _start_over(self) -> None:
        if self._hash is not None and not self._source.once:
            await in_thread(self._open)
            self._hash = hashlib.sha256()

    async def _read_prefix(self, length: int, salt: _Block) -> str:
        """Read as much as the receiver has, or until it has closed, and return what proves that."""
        self._hash = hashlib.sha256()
        proof = hmac.new(salt, digestmod=hashlib.sha256)
        left = length
        while left > 0:
            if not self._channel.is_open:
                raise ChannelClosed("the receiver has closed")
            coming = asyncio.ensure_future(in_thread(self._read_also_into, proof, min(left, _BLOCK)))
            try:
                piece = await asyncio.shield(coming)
            except asyncio.CancelledError:
                await self._leave_alone(coming)
                raise
            if not piece:
                break
            left -= len(piece)
        return proof.hexdigest()

    def _read_also_into(self, proof: hmac.HMAC, size: int) -> _Block:
        piece = self._read(size)
        proof.update(piece)
        return piece

    async def _send_all(self) -> None:
        coming = asyncio.ensure_future(in_thread(self._read, _BLOCK))
        try:
            while block := await asyncio.shield(coming):
                # The disk is read while the network is written to.
                coming = asyncio.ensure_future(in_thread(self._read, _BLOCK))
                await self._send_block(memoryview(block))
        finally:
            await self._leave_alone(coming)

    async def _leave_alone(self, coming: "asyncio.Future[_Block]") -> None:
        """Let a reader that waits for somebody slow go, and wait until nothing is read: only then it may be closed."""
        if self._reader is not None:
            self._reader.interrupt()
        await wait_out(coming)

    def _read(self, size: int) -> _Block:
        block = self._reader.read(size) if self._reader else b""
        if self._hash is not None:
            self._hash.update(block)
        return block

    async def _send_block(self, block: memoryview) -> None:
        at = 0
        # Asked once a block: it is a long way to the engine.
        max_message = self._channel.max_message
        while at < len(block):
            length = self._sending.next_length(max_message)
            if length == 0:
                await self._heard_more()
                continue
            message = block[at : at + length]
            await self._channel.send(message)
            self._sending.message_sent(len(message))
            at += len(message)

    async def _heard_more(self) -> None:
        """Wait until the receiver says something. Raises `ChannelClosed`."""
        self._wake.clear()
        if not self._channel.is_open:
            raise ChannelClosed("the receiver has closed")
        await self._wake.wait()

    async def _finish(self) -> None:
        is_hashed = self._hash is not None and self._sending.is_hashed
        await self._channel.drained()
        for text in self._sending.end(self._hash.hexdigest() if self._hash and is_hashed else None):
            self._channel.send_now(text)
        if self._sending.is_confirmed:
            await self._stored()
            return
        await self._channel.drained()
        try:
            async with asyncio.timeout(_CLOSE_PATIENCE):
                await self._channel.closed()
        except TimeoutError:
            pass

    async def _stored(self) -> None:
        """Wait for the receiver's word, as long as it says anything [F11]. Raises `ChannelClosed`."""
        try:
            async with asyncio.timeout(STORING_MS / 1000):
                while not self._sending.is_stored:
                    async with asyncio.timeout(SILENCE_MS / 1000):
                        await self._heard_more()
        except TimeoutError:
            pass

    def _channel_closed(self) -> None:
        """Nobody waits for the next bytes, so neither does the reader."""
        self._wake.set()
        if self._reader is not None:
            self._reader.interrupt()

    def _heard(self, message: Message) -> None:
        if isinstance(message, str):
            self._sending.text_received(message)
            self._wake.set()
