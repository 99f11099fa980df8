# SPDX-License-Identifier: AGPL-3.0-only
"""TCP connections over data channels, one channel each [P1] to [P3]."""

import asyncio
import contextlib
import json
from collections.abc import Collection
from typing import Final

from keks_meet.client.rtc import DataChannel
from keks_meet.client.spool import Spool
from keks_meet.errors import ChannelClosed, SpoolFull

__all__ = ["Tunnel"]

_READ: Final = 65_536
"""Read from a TCP connection at once, in bytes."""
_MESSAGE: Final = 32_768
"""Bytes of a message that every client takes."""
_SPOOLED: Final = 1 << 30
"""Bytes that may wait for the slow end of one connection."""
_EOF: Final = '{"eof": true}'


class Tunnel:
    """One data channel and, once there is one, the TCP connection that it is for."""

    def __init__(self, channel: DataChannel, features: Collection[str]) -> None:
        """Begin to keep what the channel brings; ``features`` are those of both ends."""
        self._channel = channel
        self._knows_eof = "port-eof" in features
        self._spool = Spool(_SPOOLED)
        self._wake = asyncio.Event()
        self._is_ended = False
        self._is_closed = False
        self._failure: Exception | None = None
        channel.on_message = self._arrived
        channel.on_close = self._closed

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry bytes both ways until both ways have ended, or one has broken; closes both in any case.

        Half-closes go across between ends with `port-eof` [P2]; otherwise the end of one ends the other, once
        everything has been passed on.
        """
        try:
            await self._channel.opened()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._carry_out(reader))
                tasks.create_task(self._carry_in(writer))
        except* (ChannelClosed, OSError, SpoolFull):
            pass
        finally:
            self.close()
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def close(self) -> None:
        """Close the channel, and forget what waits."""
        self._channel.close()
        self._spool.close()
        self._is_closed = True

    async def _carry_out(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(_READ):
            view = memoryview(data)
            for at in range(0, len(view), _MESSAGE):
                await self._channel.send(view[at : at + _MESSAGE])
        await self._channel.drained()
        if self._knows_eof:
            self._channel.send_now(_EOF)
        else:
            self._channel.close()

    async def _carry_in(self, writer: asyncio.StreamWriter) -> None:
        """Pass on what the channel brings, however slowly the connection takes it."""
        while True:
            if self._failure is not None:
                raise self._failure
            if data := self._spool.take():
                writer.write(data)
                await writer.drain()
            elif self._is_ended:
                break
            else:
                self._wake.clear()
                await self._wake.wait()
        if self._is_closed:
            raise ChannelClosed("the data channel is closed")
        if writer.can_write_eof():
            writer.write_eof()

    def _arrived(self, message: bytes | str) -> None:
        if self._is_ended:
            return
        if isinstance(message, str):
            if self._knows_eof:
                self._text_arrived(message)
                return
            # The original writes texts into the stream too [P3].
            message = message.encode()
        try:
            self._spool.put(message)
        except (SpoolFull, OSError) as error:
            self._failure = error
        self._wake.set()

    def _text_arrived(self, message: str) -> None:
        with contextlib.suppress(ValueError):
            if len(message) < 64 and json.loads(message) == {"eof": True}:
                self._end()

    def _closed(self) -> None:
        self._is_closed = True
        self._end()

    def _end(self) -> None:
        self._is_ended = True
        self._wake.set()
