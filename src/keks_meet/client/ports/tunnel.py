# SPDX-License-Identifier: AGPL-3.0-only
"""TCP connections over data channels, one channel each [P1] to [P3]."""

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import Collection
from typing import Final

from keks_meet.client.ports.spool import Allowance, Spool
from keks_meet.client.rtc.channel import DataChannel, Message
from keks_meet.errors import ChannelClosed, SpoolFull

__all__ = ["Tunnel", "end_connection"]

_READ: Final = 65_536
"""Bytes that are read from a TCP connection at once."""
_MESSAGE: Final = 32_768
"""Bytes of a message that every client takes."""
_SPOOLED: Final = 1 << 30
"""Bytes that may wait for the slow end of one connection."""
_UNADMITTED: Final = 2 * 1_048_576
"""Bytes that may wait while nobody has said whether the peer may connect; no disk is filled for a stranger."""
_EOF: Final = '{"eof": true}'
_LONGEST_CONTROL: Final = 64
_RESET: Final = struct.pack("ii", 1, 0)
"""SO_LINGER: on, for no time. Closing tells the other end that something is missing."""


class Tunnel:
    """One data channel and, once there is one, the TCP connection that it is for."""

    def __init__(
        self, channel: DataChannel, features: Collection[str], allowance: Allowance, *, is_admitted: bool = True
    ) -> None:
        """Begin to keep what the channel brings, only a little until it is admitted.

        ``features``: those of both ends.
        ``allowance``: the bytes that all connections with this peer may keep together.
        """
        self._channel = channel
        self._knows_eof = "port-eof" in features
        self._spool = Spool(_SPOOLED if is_admitted else _UNADMITTED, allowance, self._spool_failed)
        self._wake = asyncio.Event()
        self._is_ended = False
        self._failure: Exception | None = None
        self._writer: asyncio.StreamWriter | None = None
        self.is_closed = False
        """Whether the channel is closed, or will be in a moment."""
        self.is_refused = False
        """Whether the other end closed the channel before anything came through it."""
        self._has_arrived = False
        channel.on_message = self._arrived
        channel.on_close = self._closed

    async def opened(self) -> None:
        """Wait until the channel is open. Raises `ChannelClosed` if it closes instead."""
        await self._channel.opened()

    def admit(self) -> None:
        """Keep as much as the slow end of a connection may need."""
        self._spool.limit = _SPOOLED

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry bytes both ways until both ways have ended, or one has broken; closes both in any case.

        Half-closes go across between ends with `port-eof` [P2]; otherwise the end of one ends the other, once
        everything has been passed on [P3]. A connection that was cut short is reset, lest it look whole.
        """
        is_whole = False
        self._writer = writer
        try:
            async with asyncio.TaskGroup() as tasks:
                out = tasks.create_task(self._carry_out(reader))
                out.add_done_callback(lambda _: self._wake.set())
                await self._carry_in(writer)
                await self._wait_for(out)
            is_whole = True
        except* (ChannelClosed, OSError, SpoolFull):
            pass
        finally:
            self.close()
            await end_connection(writer, is_whole=is_whole)

    def close(self) -> None:
        """Close the channel, and forget what waits."""
        self.is_closed = True
        self._channel.close()
        self._spool.close()

    async def _carry_out(self, reader: asyncio.StreamReader) -> None:
        await self.opened()
        while data := await reader.read(_READ):
            view = memoryview(data)
            for at in range(0, len(view), _MESSAGE):
                await self._channel.send(view[at : at + _MESSAGE])
        if self._knows_eof:
            self._channel.send_now(_EOF)
        await self._channel.drained()
        if not self._knows_eof:
            self._channel.close()

    async def _carry_in(self, writer: asyncio.StreamWriter) -> None:
        """Pass on what the channel brings, however slowly the connection takes it."""
        while True:
            if self._failure is not None:
                raise self._failure
            if data := await self._spool.take():
                writer.write(data)
                await writer.drain()
            elif self._is_ended:
                break
            elif self.is_closed:
                if self._knows_eof:
                    raise ChannelClosed("the data channel was closed before the end of what it brings")
                break
            else:
                await self._woken()
        if writer.can_write_eof():
            writer.write_eof()

    async def _wait_for(self, out: asyncio.Task[None]) -> None:
        """Wait until nothing more goes out: without a channel, nobody would hear it."""
        while not out.done():
            if self.is_closed and self._knows_eof:
                raise ChannelClosed("the data channel was closed before the end of what goes out")
            if self.is_closed:
                out.cancel()
            await self._woken()

    async def _woken(self) -> None:
        self._wake.clear()
        await self._wake.wait()

    def _arrived(self, message: Message) -> None:
        self._has_arrived = True
        if self._is_ended or self.is_closed or self._failure is not None:
            return
        if isinstance(message, str):
            if self._knows_eof:
                self._is_ended = _is_eof(message)
                self._wake.set()
                return
            # The original writes texts into the stream too [P3].
            message = message.encode(errors="replace")
        try:
            self._spool.put(message)
        except (SpoolFull, OSError) as error:
            self._spool_failed(error)
        self._wake.set()

    def _spool_failed(self, error: SpoolFull | OSError) -> None:
        self._failure = error
        if self._writer is not None:
            # An end that reads nothing would never hear of the failure.
            _reset(self._writer)
        else:
            self.close()
        self._wake.set()

    def _closed(self) -> None:
        self.is_refused = not self.is_closed and not self._has_arrived
        self.is_closed = True
        self._wake.set()


async def end_connection(writer: asyncio.StreamWriter, *, is_whole: bool) -> None:
    """Close a TCP connection, once everything has gone out; one that is not whole at once, and with a reset."""
    if not is_whole:
        _reset(writer)
    try:
        writer.close()
        await writer.wait_closed()
    except OSError:
        pass
    finally:
        # A task that is cancelled does not wait for somebody who reads nothing.
        writer.transport.abort()


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a TCP connection at once, so that the other end sees that something is missing."""
    with contextlib.suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()


def _is_eof(message: str) -> bool:
    try:
        return len(message) < _LONGEST_CONTROL and json.loads(message) == {"eof": True}
    except ValueError:
        return False
