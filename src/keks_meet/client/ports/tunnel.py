# SPDX-License-Identifier: AGPL-3.0-only
"""TCP connections over data channels, one channel each [P1] to [P5]."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Collection
from typing import Final

from keks_meet.client.ports.port_line import PortLine
from keks_meet.client.ports.spool import Allowance, Spool
from keks_meet.client.rtc.channel import Message
from keks_meet.errors import ChannelClosed, SpoolFull
from keks_meet.protocol.port_texts import decode_port_text

__all__ = ["READ_BYTES", "Tunnel", "end_connection"]

READ_BYTES: Final = 262_144
"""Bytes that are read from a TCP connection at once; asyncio keeps twice as many."""
_SPOOLED: Final = 1 << 30
"""Bytes that may wait for the slow end of one connection, of a writer that knows no credit."""
_UNADMITTED: Final = 2 * 1_048_576
"""Bytes that may wait while nobody has said whether the peer may connect; no disk is filled for a stranger."""
_RESET: Final = struct.pack("ii", 1, 0)
"""SO_LINGER: on, for no time. Closing tells the other end that something is missing."""


class Tunnel:
    """One line and, once there is one, the TCP connection that it is for."""

    def __init__(
        self, line: PortLine, features: Collection[str], allowance: Allowance, *, is_admitted: bool = True
    ) -> None:
        """Begin to keep what the line brings, only a little until it is admitted.

        ``features``: those of both ends.
        ``allowance``: the bytes that all connections with this peer may keep together.
        """
        self._line = line
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
        line.may_be_direct = is_admitted
        line.on_message = self._arrived
        line.on_close = self._closed

    @property
    def ahead(self) -> int:
        """By how many bytes the other end may be ahead of what was passed on, over the channel."""
        return 0 if self.is_closed else self._line.ahead

    async def opened(self) -> None:
        """Wait until the channel is open. Raises `ChannelClosed` if it closes instead."""
        await self._line.opened()

    def admit(self) -> None:
        """Keep as much as the slow end of a connection may need."""
        self._spool.limit = _SPOOLED
        self._line.may_be_direct = True

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
        self._line.close()
        self._spool.close()

    async def _carry_out(self, reader: asyncio.StreamReader) -> None:
        await self.opened()
        self._line.passed_on(0)
        # No more is read than may be sent, so that the connection holds its other end back.
        while data := await reader.read(await self._line.room(READ_BYTES)):
            await self._line.send(memoryview(data))
        if self._knows_eof:
            await self._line.send_eof()
        await self._line.drained()
        if not self._knows_eof:
            self._line.close()

    async def _carry_in(self, writer: asyncio.StreamWriter) -> None:
        """Pass on what the channel brings, however slowly the connection takes it."""
        while True:
            if self._failure is not None:
                raise self._failure
            if data := await self._spool.take():
                writer.write(data)
                await writer.drain()
                self._line.passed_on(len(data))
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

    def _arrived(self, message: Message | bytearray) -> None:
        self._has_arrived = True
        if self._is_ended or self.is_closed or self._failure is not None:
            return
        if isinstance(message, str):
            if self._knows_eof:
                self._is_ended = decode_port_text(message) == "eof"
                if self._is_ended:
                    self._line.ended()
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
