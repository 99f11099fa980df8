# SPDX-License-Identifier: AGPL-3.0-only
"""One client's WebSocket: what goes out, and how it ends.

What waits for a client waits in its transport's buffer: writing never waits itself, the buffer is counted before each
frame, and a frame that does not fit is the sign of a client that reads too slowly. So nobody waits for anybody.
"""

import asyncio
from typing import Final

from aiohttp import WSCloseCode, web

from keks_meet.protocol.close_codes import CloseCode
from keks_meet.protocol.limits import CLOSE_GRACE_SECONDS, Limits
from keks_meet.server.frames import close_frame

__all__ = ["Connection", "Socket", "part"]

_VIOLATIONS: Final[dict[int, str]] = {
    WSCloseCode.PROTOCOL_ERROR: "not WebSocket as RFC 6455 has it",
    WSCloseCode.INVALID_TEXT: "text that is not UTF-8",
    WSCloseCode.MESSAGE_TOO_BIG: "a frame larger than the server takes",
}


class Connection:
    """Writes whole frames to a transport, within a limit of what may wait there."""

    __slots__ = ("_limit", "_pending", "_pending_bytes", "_transport", "closing", "heard")

    def __init__(self, transport: asyncio.Transport, limits: Limits, now: float) -> None:
        """Write to ``transport``; ``now`` counts as the first sign of life."""
        self._transport = transport
        self._limit = limits.queued_bytes
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self.closing = False
        self.heard = now
        """When the last packet came."""

    def send(self, frame: bytes) -> bool:
        """Send a frame; False when too much waits already. What is closing takes no more, and that is no failure.

        Frames are handed to the transport together, once the loop has handled what it has read: a burst from one client
        is one system call for each that hears it.
        """
        if self.closing or self._transport.is_closing():
            return True
        size = self._pending_bytes + len(frame)
        if self._transport.get_write_buffer_size() + size > self._limit:
            return False
        if not self._pending:
            asyncio.get_running_loop().call_soon(self._flush)
        self._pending.append(frame)
        self._pending_bytes = size
        return True

    def _flush(self) -> None:
        frames, self._pending, self._pending_bytes = self._pending, [], 0
        if frames and not self._transport.is_closing():
            self._transport.writelines(frames)

    def close(self, code: CloseCode, reason: str) -> None:
        """Say why [S10], give the client a moment to read it, then hang up whether it has or not."""
        if self.closing:
            return
        self.closing = True
        self._flush()
        if not self._transport.is_closing():
            self._transport.write(close_frame(code, reason))
            asyncio.get_running_loop().call_later(CLOSE_GRACE_SECONDS, self._transport.abort)

    def finish(self, code: int) -> None:
        """Answer the client's own close frame and hang up."""
        self._flush()
        if not self.closing and not self._transport.is_closing():
            self._transport.write(close_frame(code))
        self.closing = True
        self._transport.close()


class Socket(web.WebSocketResponse):
    """aiohttp's WebSocket, reading only: writing is the connection's."""

    def __init__(self, limits: Limits, transport: asyncio.Transport) -> None:
        """Take frames up to the limit, uncompressed: sealed data does not shrink."""
        super().__init__(
            # aiohttp refuses from this size on, not above it.
            max_msg_size=limits.message_bytes + 1,
            heartbeat=limits.heartbeat_seconds,
            timeout=CLOSE_GRACE_SECONDS,
            compress=False,
            autoping=False,
            autoclose=False,
        )
        self._transport = transport

    async def close(self, *, code: int = WSCloseCode.OK, message: bytes = b"", drain: bool = True) -> bool:
        """End the connection when aiohttp finds that it must.

        After a violation of the WebSocket protocol the client is told the reason, and the reader of this gives it a
        moment: hanging up at once, with input unread, would make its kernel throw the reason away.
        """
        reason = _VIOLATIONS.get(code)
        if reason is None:
            return await super().close(code=code, message=message, drain=False)
        if not self._transport.is_closing():
            self._transport.write(close_frame(code, reason))
        return True


async def part(transport: asyncio.Transport, lost: asyncio.Event) -> None:
    """Give the other side a moment to hang up, then do it. ``lost`` tells when the connection has ended."""
    try:
        await asyncio.wait_for(lost.wait(), CLOSE_GRACE_SECONDS)
    except TimeoutError:
        transport.abort()
