# SPDX-License-Identifier: AGPL-3.0-only
"""Sends one file over one data channel: reads ahead, hashes, keeps to the credit, ends as [F8] says."""

import asyncio
import hashlib
from typing import Final

from keks_meet.client.rtc import DataChannel
from keks_meet.client.sources import Reader, Source
from keks_meet.client.threads import in_thread
from keks_meet.errors import ChannelClosed
from keks_meet.protocol.relay_messages import Request
from keks_meet.session.file_sending import FileSending

__all__ = ["FileSender"]

_BLOCK: Final = 1_048_576
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
        self._wake = asyncio.Event()
        self.offset = 0
        """The byte of the file that the transfer began at."""
        channel.on_message = self._heard
        channel.on_close = self._wake.set

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

        Returns whether it went out whole. Raises what the source raises: `SourceChanged`, `OSError`. The channel is
        closed in any case.
        """
        reader: Reader | None = None
        try:
            await self._channel.opened()
            reader = await in_thread(self._source.open)
            reader = await self._start(reader)
            await self._send_all(reader)
            await self._finish()
        except ChannelClosed:
            pass
        finally:
            self._channel.close()
            if reader is not None:
                await in_thread(reader.close)
        return self._sending.is_whole

    async def _start(self, reader: Reader) -> Reader:
        """Begin where the receiver left off, if what it has is what this file begins with [F9]."""
        if self._resume is not None and self._resume.offset:
            if await in_thread(self._skips_prefix, reader, self._resume):
                self.offset = self._resume.offset
            else:
                await in_thread(reader.close)
                reader = await in_thread(self._source.open)
                self._hash = hashlib.sha256()
        for text in self._sending.begin(self.offset):
            self._channel.send_now(text)
        return reader

    def _skips_prefix(self, reader: Reader, resume: Request) -> bool:
        left = resume.offset or 0
        if self._hash is None or self._source.once:
            return False
        while left > 0:
            piece = reader.read(min(left, _BLOCK))
            if not piece:
                return False
            self._hash.update(piece)
            left -= len(piece)
        return self._hash.hexdigest() == resume.prefix_sha256

    async def _send_all(self, reader: Reader) -> None:
        coming = asyncio.create_task(in_thread(self._read, reader))
        try:
            while block := await coming:
                # The disk is read while the network is written to.
                coming = asyncio.create_task(in_thread(self._read, reader))
                await self._send_block(memoryview(block))
        finally:
            # The reader must be left alone before it is closed.
            await asyncio.wait([coming])
            if not coming.cancelled():
                coming.exception()

    def _read(self, reader: Reader) -> bytes:
        block = reader.read(_BLOCK)
        if self._hash is not None:
            self._hash.update(block)
        return block

    async def _send_block(self, block: memoryview) -> None:
        at = 0
        # Asked once a block: it is a long way to the engine.
        largest = self._channel.max_message
        while at < len(block):
            length = min(self._sending.next_length, largest)
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

    def _heard(self, message: bytes | str) -> None:
        if isinstance(message, str):
            self._sending.text_received(message)
            self._wake.set()
