# SPDX-License-Identifier: AGPL-3.0-only
"""Frames that wait for a slow server, up to a limit."""

import asyncio
from collections import deque
from typing import Final

__all__ = ["OutgoingFrames"]

_QUEUED_BYTES: Final = 64 * 1_048_576
"""Bytes that may wait for a slow server before the connection counts as lost."""


class OutgoingFrames:
    """A queue that counts its bytes."""

    def __init__(self) -> None:
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._taken_bytes = 0
        self._filled = asyncio.Event()
        self._overflowed = asyncio.Event()
        self._unsent = 0
        self._emptied = asyncio.Event()
        self._emptied.set()

    def put(self, frame: bytes) -> None:
        """Append a frame. When it is too much, the connection is at its end, and everything is to be said anew."""
        if self._bytes + len(frame) > _QUEUED_BYTES:
            self._overflowed.set()
            return
        self._frames.append(frame)
        self._bytes += len(frame)
        self._unsent += 1
        self._emptied.clear()
        self._filled.set()

    async def take(self) -> bytes:
        """Wait for the next frame."""
        while not self._frames:
            self._filled.clear()
            await self._filled.wait()
        frame = self._frames.popleft()
        self._bytes -= len(frame)
        self._taken_bytes = len(frame)
        return frame

    @property
    def unsent_bytes(self) -> int:
        """Bytes that wait, or are just being sent."""
        return self._bytes + self._taken_bytes

    def sent(self) -> None:
        """Note that a frame which was taken has been sent, or never will be."""
        self._unsent -= 1
        self._taken_bytes = 0
        if self._unsent <= 0:
            self._emptied.set()

    async def all_sent(self) -> None:
        """Wait until no frame is left to be sent."""
        await self._emptied.wait()

    async def overflow(self) -> None:
        """Wait until there were too many frames."""
        await self._overflowed.wait()

    def clear(self) -> None:
        """Forget all frames."""
        self._frames.clear()
        self._bytes = self._taken_bytes = self._unsent = 0
        self._emptied.set()
        self._overflowed.clear()
