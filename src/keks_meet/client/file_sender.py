# SPDX-License-Identifier: AGPL-3.0-only
"""Sends one file over one data channel: reads ahead, hashes, keeps to the credit, ends as [F8] says."""

import asyncio
import hashlib
from typing import Final

from keks_meet.client.rtc import DataChannel
from keks_meet.client.sources import Reader, Source
from keks_meet.client.threads import in_thread
from keks_meet.errors import ChannelClosed, SourceInterrupted
from keks_meet.protocol.relay_messages import Request
from keks_meet.session.file_sending import FileSending

__all__ = ["FileSender"]

_BLOCK: Final = 2_097_152
"""Read at once, in bytes."""
_CLOSE_PATIENCE: Final = 60.0
"""How long a receiver may take to close after everything has gone out, in seconds."""


class FileSender:
    """One transfer, out."""

    def __init__(self, channel: DataChannel, source: Source, sending: FileSending, resume: Request | None) -> None:
        self._channel = channel
        self._source = source
        self._sending = sending
        self._resume = resume
        self._hash = hashlib.sha256() if sending.is_hashed or resume else None
        self._reader: Reader | None = None
        self._wake = asyncio.Event()
        self.offset = 0
        """The byte of the file that the transfer began at."""
        channel.on_message = self._heard
        channel.on_close = self._channel_closed

    @property
    def sent(self) -> int:
        """Bytes of the file that the receiver has or will have, as far as is known here."""
        return self.offset + self._sending.sent

    @property
    def is_all_out(self) -> bool:
        """Whether everything has been sent, down to the end [F8]."""
        return self._sending.is_whole

    async def run(self) -> bool:
        """Send the whole file and wait for the receiver to close.

        Returns whether it went out whole. Raises what the source raises: `SourceChanged`, `OSError`. The source is
        left alone in any case; the channel is closed by `close`.
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
        return self._sending.is_whole

    def close(self) -> None:
        """Close the channel."""
        self._channel.close()

    def _open(self) -> None:
        """Start a pass from the beginning."""
        self._close_reader()
        self._reader = self._source.open()

    def _close_reader(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    async def _begin(self) -> None:
        """Begin where the receiver left off, if what it has is what this file begins with [F9]."""
        resume = self._resume
        # A stream can be read a single time: it begins at its beginning.
        if resume is not None and resume.offset and not self._source.once:
            if await self._skips_prefix(resume):
                self.offset = resume.offset
            else:
                await in_thread(self._open)
                self._hash = hashlib.sha256()
        for text in self._sending.begin(self.offset):
            self._channel.send_now(text)

    async def _skips_prefix(self, resume: Request) -> bool:
        """Read as much as the receiver has, or until it has closed; return whether it is the same."""
        sha256 = self._hash = hashlib.sha256()
        left = resume.offset or 0
        while left > 0:
            if not self._channel.is_open:
                raise ChannelClosed("the receiver has closed")
            piece = await in_thread(self._read, min(left, _BLOCK))
            if not piece:
                return False
            left -= len(piece)
        return sha256.hexdigest() == resume.prefix_sha256

    async def _send_all(self) -> None:
        coming = asyncio.ensure_future(in_thread(self._read, _BLOCK))
        try:
            while block := await coming:
                # The disk is read while the network is written to.
                coming = asyncio.ensure_future(in_thread(self._read, _BLOCK))
                await self._send_block(memoryview(block))
        finally:
            await self._leave_alone(coming)

    async def _leave_alone(self, coming: "asyncio.Future[bytes]") -> None:
        """Wait until nothing is read any more: only then the reader may be closed."""
        if self._reader is not None:
            self._reader.interrupt()
        await asyncio.wait([coming])
        if not coming.cancelled():
            coming.exception()

    def _read(self, size: int) -> bytes:
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
                await self._more_credit()
                continue
            message = block[at : at + length]
            await self._channel.send(message)
            self._sending.message_sent(len(message))
            at += len(message)

    async def _more_credit(self) -> None:
        self._wake.clear()
        if not self._channel.is_open:
            raise ChannelClosed("the receiver has closed")
        await self._wake.wait()

    async def _finish(self) -> None:
        is_hashed = self._hash is not None and self._sending.is_hashed
        await self._channel.drained()
        for text in self._sending.end(self._hash.hexdigest() if self._hash and is_hashed else None):
            self._channel.send_now(text)
        try:
            async with asyncio.timeout(_CLOSE_PATIENCE):
                await self._channel.closed()
        except TimeoutError:
            pass

    def _channel_closed(self) -> None:
        """Nobody waits for the next bytes, so neither does the reader."""
        self._wake.set()
        if self._reader is not None:
            self._reader.interrupt()

    def _heard(self, message: bytes | str) -> None:
        if isinstance(message, str):
            self._sending.text_received(message)
            self._wake.set()
