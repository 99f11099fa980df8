# SPDX-License-Identifier: AGPL-3.0-only
"""One client's WebSocket: what goes out, and how it ends. The frames are aiohttp's.

Who sends never waits: frames wait in a queue, and one that does not fit is the sign of a client that reads too slowly.
"""

import asyncio
from collections import deque
from typing import Final, TypeAlias

from aiohttp import WSCloseCode, WSMsgType, web

from keks_meet.protocol.limits import CLOSE_GRACE_SECONDS, CLOSE_REASON_BYTES, QUEUED_FRAME_BYTES, Limits
from keks_meet.server.tcp import gather_writes

__all__ = ["Connection", "Frame", "Socket"]

Frame: TypeAlias = tuple[bytes, WSMsgType]
"""A payload, and the kind of frame that it goes out as."""

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

    __slots__ = ("_limit", "_queue", "_queued_bytes", "_socket", "_transport", "_writing", "closing", "heard")

    def __init__(self, socket: Socket, transport: asyncio.Transport, limits: Limits, now: float) -> None:
        """Write to a prepared socket, which is on ``transport``; ``now`` counts as the first sign of life."""
        self._socket = socket
        self._transport = transport
        self._limit = limits.queued_bytes
        self._queue: deque[Frame] = deque()
        self._queued_bytes = 0
        self._writing: asyncio.Task[None] | None = None
        self.closing = False
        self.heard = now
        """When the last packet came."""

    def send(self, frame: Frame) -> bool:
        """Send a frame; False when too much waits already. What is closing takes no more, and that is no failure."""
        if self.closing:
            return True
        waiting = self._queued_bytes + self._transport.get_write_buffer_size()
        if waiting + len(frame[0]) + QUEUED_FRAME_BYTES > self._limit:
            return False
        self._put(frame)
        return True

    def close(self, code: int, reason: str) -> None:
        """Say why [S10], give the client a moment to read it, then hang up whether it has or not."""
        if self.closing:
            return
        self.closing = True
        text = reason.encode()[:CLOSE_REASON_BYTES].decode(errors="ignore")
        self._put((code.to_bytes(2, "big") + text.encode(), WSMsgType.CLOSE))
        asyncio.get_running_loop().call_later(CLOSE_GRACE_SECONDS, self._transport.abort)

    def close_for_violation(self, code: int) -> None:
        """Say what aiohttp found wrong with a frame [S10]."""
        self.close(code, _TELLING.get(code, "not WebSocket as RFC 6455 has it"))

    async def part(self, lost: asyncio.Event, *, hang_up: bool) -> None:
        """Give the client a moment to hang up, or do so as soon as all is written; see to it that it happens.

        ``lost`` tells when the connection has ended.
        """
        try:
            async with asyncio.timeout(CLOSE_GRACE_SECONDS):
                if hang_up:
                    if self._writing is not None:
                        await asyncio.wait([self._writing])
                    self._transport.close()
                await lost.wait()
        except TimeoutError:
            self._transport.abort()

    def _put(self, frame: Frame) -> None:
        self._queue.append(frame)
        self._queued_bytes += len(frame[0]) + QUEUED_FRAME_BYTES
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        """Hand over what waits; aiohttp makes this wait while the transport's buffer is full."""
        is_burst = len(self._queue) > 1
        if is_burst:
            gather_writes(self._transport, until_told=True)
        try:
            while self._queue:
                payload, kind = self._queue.popleft()
                self._queued_bytes -= len(payload) + QUEUED_FRAME_BYTES
                await self._socket.send_frame(payload, kind)
        except ConnectionError:  # the client is gone, as the reader is told as well
            self.closing = True
            self._queue.clear()
        finally:
            self._writing = None
            if is_burst:
                gather_writes(self._transport, until_told=False)
