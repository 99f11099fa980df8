# SPDX-License-Identifier: AGPL-3.0-only
"""One client's WebSocket: what goes out, and how it ends. The frames are aiohttp's.

Nobody waits here: frames wait in a queue, and each is accounted to the client that caused it [S11]. Whether a sender
has room in it is asked before, by `signaling`.
"""

import asyncio
from collections import deque
from typing import Final, TypeAlias

from aiohttp import WSCloseCode, WSMsgType, web

from keks_meet.protocol.limits import (
    CLOSE_GRACE_SECONDS,
    CLOSE_REASON_BYTES,
    QUEUED_FRAME_BYTES,
    SLOWEST_READER,
    Limits,
)
from keks_meet.server.backlog import Backlog
from keks_meet.server.blame import Reading
from keks_meet.server.metrics.counts import LOST, NO_CODE, Closer
from keks_meet.server.tcp import gather_writes

__all__ = ["Connection", "Frame", "Socket"]

Frame: TypeAlias = tuple[bytes, WSMsgType]
"""A payload, and the kind of frame that it goes out as."""

_LOOK_SECONDS: Final = 1.0
"""The time between two looks whether who has to wait is still there."""
_LOST: Final[tuple[int, Closer]] = (LOST, "nobody")
_TELLING: Final[dict[int, str]] = {
    WSCloseCode.INVALID_TEXT: "text that is not UTF-8",
    WSCloseCode.MESSAGE_TOO_BIG: "a frame larger than the server takes",
}


class Socket(web.WebSocketResponse):
    """aiohttp's WebSocket, which leaves it to the connection to say goodbye."""

    def __init__(self, limits: Limits) -> None:
        """Take frames up to the limit, uncompressed: sealed data does not shrink."""
        super().__init__(
            # aiohttp refuses from this size on, not above it.
            max_msg_size=limits.message_bytes + 1,
            heartbeat=limits.heartbeat_seconds,
            compress=False,
            # Each frame waits until the transport has room for more: see `Connection._waiting`.
            writer_limit=0,
            autoping=False,
            autoclose=False,
        )

    async def close(self, *, code: int = WSCloseCode.OK, message: bytes = b"", drain: bool = True) -> bool:
        """End the connection when aiohttp finds that it must, unless the client has yet to be told why.

        aiohttp would hang up with the close frame. As long as input is unread, our kernel would then reset the
        connection, and the client's could throw the reason away.
        """
        if code != WSCloseCode.OK:
            return True
        return await super().close(code=code, message=message, drain=drain)


class Connection:
    """Sends frames in order, within a limit of what may wait. A task writes them while there are any."""

    __slots__ = (
        "_backlog",
        "_limit",
        "_put_bytes",
        "_queue",
        "_queued_bytes",
        "_reading",
        "_socket",
        "_transport",
        "_waiters",
        "_writing",
        "closing",
        "ending",
        "heard",
        "id",
    )

    def __init__(self, id_: int, socket: Socket, transport: asyncio.Transport, limits: Limits, now: float) -> None:
        """Write to a prepared socket, which is on ``transport``; ``now`` counts as the first sign of life."""
        self.id = id_
        self._socket = socket
        self._transport = transport
        self._limit = limits.queued_bytes
        self._queue: deque[tuple[Frame, int]] | None = None
        self._queued_bytes = 0
        self._put_bytes = 0
        self._backlog = Backlog(limits.queued_bytes)
        self._reading = Reading(limits.stalled_seconds, SLOWEST_READER)
        self._writing: asyncio.Task[None] | None = None
        self._waiters: set[asyncio.Future[None]] | None = None
        self.closing = False
        self.ending = _LOST
        """The code that ends the connection, and who said it."""
        self.heard = now
        """The time when the last packet came."""

    def send(self, frame: Frame, sender: int) -> bool:
        """Send a frame that ``sender`` caused; False when too much waits.

        A closing connection takes no more, and that is no failure.
        """
        if self.closing:
            return True
        if self._waiting() + len(frame[0]) + QUEUED_FRAME_BYTES > self._limit:
            return False
        self._put(frame, sender)
        return True

    def has_room(self, sender: int, size: int, *, relayed: bool) -> bool:
        """Tell whether a sender may cause a frame of ``size`` bytes [S11]. A closing connection has room for all."""
        if self.closing:
            return True
        has_room = self._backlog.has_room if relayed else self._backlog.has_share
        return has_room(sender, size + QUEUED_FRAME_BYTES, self._waiting())

    async def changed(self, seconds: float) -> None:
        """Wait until a frame has been taken, or none ever will, or this time is over."""
        waiter = asyncio.get_running_loop().create_future()
        waiters = self._waiters = self._waiters or set()
        waiters.add(waiter)
        try:
            await asyncio.wait([waiter], timeout=seconds)
        finally:
            waiters.discard(waiter)
            if not waiters:
                self._waiters = None

    async def stays_for(self, seconds: float) -> bool:
        """Wait this long, but hardly longer than the connection lives; tell whether it still does."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while (left := until - loop.time()) > 0 and not self._is_over():  # noqa: ASYNC110 - transports tell nobody else
            await asyncio.sleep(min(left, _LOOK_SECONDS))
        return not self._is_over()

    @property
    def is_lost(self) -> bool:
        """Whether the client is gone, or hung up on."""
        return self._transport.is_closing()

    def _is_over(self) -> bool:
        return self.closing or self.is_lost

    def is_too_slow(self, now: float) -> bool:
        """Tell whether the client takes less than it must [S11]."""
        waiting = self.queued_bytes
        return not self.closing and self._reading.is_too_slow(waiting, self._put_bytes - waiting, now)

    @property
    def queued_bytes(self) -> int:
        """The bytes that the client has yet to read, as far as they are known here."""
        # asyncio's own TLS transports do not answer this any more once they were told twice to close.
        held = 0 if self._transport.is_closing() else self._transport.get_write_buffer_size()
        return self._queued_bytes + held

    def _waiting(self) -> int:
        """Return how many bytes wait; while nothing is being written, not even the little that the transport holds.

        So whoever has to wait for room is woken: by the next frame that is written, or by the last.
        """
        return 0 if self._writing is None else self.queued_bytes

    def close(self, code: int, reason: str) -> None:
        """Say why [S10], give the client a moment to read it, then hang up whether it has or not."""
        if self.closing:
            return
        self.closing = True
        self.ending = (code, "server")
        text = reason.encode()[:CLOSE_REASON_BYTES].decode(errors="ignore")
        self._put((code.to_bytes(2, "big") + text.encode(), WSMsgType.CLOSE), self.id)
        self._wake()
        asyncio.get_running_loop().call_later(CLOSE_GRACE_SECONDS, self._transport.abort)

    def answer_goodbye(self, code: int | None) -> None:
        """Answer the client's close frame, which may have no code."""
        if not self.closing:
            self.close(code or WSCloseCode.OK, "")
            self.ending = (code or NO_CODE, "client")

    def close_for_violation(self, code: int) -> None:
        """Say what aiohttp found wrong with a frame [S10]."""
        self.close(code, _TELLING.get(code, "not WebSocket as RFC 6455 has it"))

    async def part(self, lost: asyncio.Future[None], *, hang_up: bool) -> None:
        """Give the client a moment to hang up, or do so as soon as all is written; see to it that it happens.

        ``lost`` is done when the connection has ended.
        """
        try:
            async with asyncio.timeout(CLOSE_GRACE_SECONDS):
                if hang_up:
                    if self._writing is not None:
                        await asyncio.wait([self._writing])
                    if not self._transport.is_closing():  # told twice, asyncio's TLS would not abort any more
                        self._transport.close()
                await asyncio.wait([lost])
        except TimeoutError:
            self._transport.abort()

    def _put(self, frame: Frame, sender: int) -> None:
        size = len(frame[0]) + QUEUED_FRAME_BYTES
        if self._queue is None:
            self._queue = deque()
        self._queue.append((frame, sender))
        self._queued_bytes += size
        self._put_bytes += size
        self._backlog.add(sender, size)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        """Hand over the frames that wait; aiohttp makes this wait while the transport's buffer is full."""
        queue = self._queue or deque()
        is_burst = len(queue) > 1
        if is_burst:
            gather_writes(self._transport, until_told=True)
        try:
            while queue:
                await self._write_next(*queue.popleft())
        except ConnectionError:  # the client is gone, as the reader is told as well
            self.closing = True
        except BaseException:
            # What this client should have heard is lost, so it has to come anew.
            self.closing = True
            self._transport.abort()
            raise
        finally:
            # An idle connection has none: an empty one takes 760 bytes, of so many connections.
            self._queue = self._writing = None
            self._wake()
            if is_burst:
                gather_writes(self._transport, until_told=False)

    async def _write_next(self, frame: Frame, sender: int) -> None:
        """Write a frame, which counts for its sender until the transport has taken it, too."""
        payload, kind = frame
        size = len(payload) + QUEUED_FRAME_BYTES
        self._queued_bytes -= size
        await self._socket.send_frame(payload, kind)
        self._backlog.remove(sender, size)
        if self._waiters:
            self._wake()

    def _wake(self) -> None:
        """Let those look again who wait for room here."""
        for waiter in self._waiters or ():
            if not waiter.done():
                waiter.set_result(None)
