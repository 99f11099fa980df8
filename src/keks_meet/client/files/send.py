# SPDX-License-Identifier: AGPL-3.0-only
"""The sender of one file over one data channel: reads ahead, hashes, keeps to the credit, ends by [F8] and [F11]."""

import asyncio
import contextlib
import hashlib
import hmac
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Final, TypeAlias

from keks_meet.client.blocking import in_thread, wait_out
from keks_meet.client.direct.sending_line import SendingLine
from keks_meet.client.files.own_file import OwnFile
from keks_meet.client.files.transfers import Transfer
from keks_meet.client.rtc.channel import Message
from keks_meet.errors import ChannelClosed, SourceInterrupted
from keks_meet.session.effects import SendFile
from keks_meet.session.file_sending import SENT_CLOSE_MS, SILENCE_MS, STORING_MS, FileSending
from keks_meet.session.limits import DIRECT_FROM_BYTES

if TYPE_CHECKING:
    from keks_meet.client.files.sources import Reader

__all__ = ["FileSender"]

_BLOCK: Final = 2_097_152
"""Bytes that are read at once."""
_Block: TypeAlias = bytes
"""A name of its own for this type: `bytes` is a property of a transfer."""


class FileSender(Transfer):
    """The upload of one file, over the channel that was opened for it."""

    def __init__(
        self, effect: SendFile, own: OwnFile, channel: SendingLine, comparing: AbstractAsyncContextManager[object]
    ) -> None:
        """Prepare to send a file as it was asked for.

        ``comparing``: the turn to wait for before the beginning that the receiver has is compared.
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
        """Bytes of the file that the receiver had before, and that were sent since."""
        return self._offset + self._sending.sent

    @property
    def began_at(self) -> int:
        """The byte of the file that the transfer began at."""
        return self._offset

    @property
    def is_direct(self) -> bool:
        """Whether bytes have gone over TCP."""
        return self._channel.was_direct

    @property
    def awaits_word(self) -> bool:
        """Whether the sender only waits to hear that the file was stored."""
        return self._sending.awaits_word

    async def run(self) -> None:
        """Send the whole file, and wait for the receiver's word or for the end of the channel [F8] [F11].

        Raises what the source raises: `SourceError`, most often as `SourceChanged`, and `OSError`. The reader is closed
        in any case. `end` closes the channel and notes the outcome.
        """
        try:
            await self._channel.opened()
            if self._source.size is None or self._source.size >= DIRECT_FROM_BYTES:
                # Said before the first byte, it waits behind none.
                self._channel.look_for_direct()
            await in_thread(self._open)
            await self._begin()
            await self._send_all()
            await self._finish()
        except (ChannelClosed, SourceInterrupted):
            pass
        finally:
            await in_thread(self._close_reader)

    def end(self, error: BaseException | None) -> None:
        """Close the channel, and note the outcome of the transfer; ``error`` is what `run` raised."""
        self._channel.close()
        if error is None:
            self.outcome = self._sending.verdict
        elif isinstance(error, asyncio.CancelledError):
            # A receiver that has the whole file may say that it wants no more before it closes the channel.
            self.outcome = "cancelled" if self._sending.verdict == "cut short" else self._sending.verdict
        else:
            # The source cannot be read any more; the receiver sees a transfer that is cut short.
            self.outcome = "broken"
            self.error = error if isinstance(error, Exception) else None

    def _open(self) -> None:
        """Start a pass over the source, from its beginning. Raises `SourceError` and `OSError`."""
        self._close_reader()
        self._reader = self._source.open()

    def _close_reader(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            # An error of closing does not matter: what was read is right, and the reason for the end is told instead.
            with contextlib.suppress(OSError):
                reader.close()

    async def _begin(self) -> None:
        """Begin where the receiver left off, if both sides have the same beginning of the file [F9]."""
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
        """Return whether ``length`` bytes can be compared. Those of a stream cannot, since it can be read only once."""
        return not self._source.once and (self._source.size is None or length <= self._source.size)

    async def _start_over(self) -> None:
        if self._hash is not None and not self._source.once:
            await in_thread(self._open)
            self._hash = hashlib.sha256()

    async def _read_prefix(self, length: int, salt: _Block) -> str:
        """Read as many bytes as the receiver has, and return the proof that this side has them.

        Raises `ChannelClosed` when the receiver closes meanwhile, and what the source raises.
        """
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
                # The next block is read while this one is sent.
                coming = asyncio.ensure_future(in_thread(self._read, _BLOCK))
                await self._send_block(memoryview(block))
        finally:
            await self._leave_alone(coming)

    async def _leave_alone(self, coming: "asyncio.Future[_Block]") -> None:
        """Interrupt the reader, and wait until nothing is read any more: only then may the reader be closed."""
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
        limit = self.own.limit
        # Asked once a block, since a call of the engine takes long.
        max_message = self._channel.max_message
        if limit is not None:
            max_message = min(max_message, limit.piece)
        while at < len(block):
            length = self._sending.next_length(max_message, is_direct=self._channel.is_direct)
            if length == 0:
                await self._heard_more()
                continue
            message = block[at : at + length]
            if limit is not None:
                await limit.wait(len(message), lambda: self._channel.is_open)
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
            # Closing a channel still delivers what is on its way.
            async with asyncio.timeout(SENT_CLOSE_MS / 1000):
                await self._channel.closed()
        except TimeoutError:
            pass

    async def _stored(self) -> None:
        """Wait to hear that the file is stored, as long as the receiver says anything [F11]. Raises `ChannelClosed`."""
        try:
            async with asyncio.timeout(STORING_MS / 1000):
                while not self._sending.is_stored:
                    async with asyncio.timeout(SILENCE_MS / 1000):
                        await self._heard_more()
        except TimeoutError:
            pass

    def _channel_closed(self) -> None:
        """Interrupt the reader, since nobody waits for the next bytes any more."""
        self._wake.set()
        if self._reader is not None:
            self._reader.interrupt()

    def _heard(self, message: Message) -> None:
        if isinstance(message, str):
            self._sending.text_received(message)
            self._wake.set()
