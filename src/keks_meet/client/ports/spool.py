# SPDX-License-Identifier: AGPL-3.0-only
"""Bytes on their way to somebody slow: a little in memory, the rest in temporary files.

A data channel cannot be told to wait, so what it brings must go somewhere, and memory is not to grow.
"""

import asyncio
import os
import tempfile
import threading
from collections import deque
from collections.abc import Callable
from typing import Final

from keks_meet.client.blocking import in_thread, write_all
from keks_meet.errors import SpoolFull
from keks_meet.session.limits import CREDIT_AHEAD_BYTES

__all__ = ["Allowance", "Spool"]

_IN_MEMORY: Final = CREDIT_AHEAD_BYTES
"""Bytes that are kept in memory: no writer that waits for credit brings more [P4]."""
_ALL_IN_MEMORY: Final = 16 * 1_048_576
"""Bytes that all spools of one peer may keep in memory together."""
_OVERFLOW: Final = 1_048_576
"""Bytes that may wait for the disk while it is busy with others."""
_PIECE: Final = 262_144
"""Bytes that are taken at once."""
_LASTING: Final = 16 * 1_048_576
"""The size up to which a file that is being read is written to, in bytes; then there is another file."""


class Allowance:
    """Bytes that several spools may hold together. The spools of one peer share one allowance, a part of the room's."""

    def __init__(self, limit: int, part_of: "Allowance | None" = None) -> None:
        self._left = limit
        self._memory_left = _ALL_IN_MEMORY
        self._whole = part_of

    def take(self, size: int) -> None:
        """Take so many bytes of the allowance. Raises `SpoolFull`."""
        if size > self._left:
            raise SpoolFull("what waits for slow connections has become too much")
        if self._whole is not None:
            self._whole.take(size)
        self._left -= size

    def take_memory(self, size: int) -> bool:
        """Keep so many bytes in memory, if there is room for them there; return whether there is."""
        has_room = size <= self._memory_left
        self._memory_left -= size if has_room else 0
        return has_room

    def give_memory_back(self, size: int) -> None:
        """Keep so many bytes in memory no more."""
        self._memory_left += size

    def give_back(self, size: int) -> None:
        """Give so many bytes back."""
        self._left += size
        if self._whole is not None:
            self._whole.give_back(size)


class Spool:
    """A queue of bytes for one reader at a time. Disks block, so files are written and read in threads.

    There are two files at most: one that is read from, and one that is written to. Where the reader lags behind for
    ever, but never stops, this is what gives back the space of what was read.
    """

    def __init__(
        self, limit: int, allowance: Allowance | None = None, failed: Callable[[OSError], None] = lambda _: None
    ) -> None:
        """Make a spool for at most ``limit`` bytes at a time, and at most what is left of an allowance.

        ``failed`` is told when the disk is full. Some bytes are lost then, so the spool is of no more use.
        """
        self.limit = limit
        self._allowance = allowance or Allowance(limit)
        self._failed = failed
        self._size = 0
        # The memory is one piece rather than many: tiny messages take no more than their bytes.
        self._memory = bytearray()
        # Bytes that came when the memory was full: waiting for a thread, given to one, and how many one has written.
        self._overflow = bytearray()
        self._unwritten: deque[bytes] = deque()
        self._overflowed = 0
        self._written = 0
        self._writing: asyncio.Task[None] | None = None
        self._has_written = asyncio.Event()
        self._error: OSError | None = None
        self._files: deque[_File] = deque()
        # A lock on the files and on the bytes to write: a writer, a reader and whoever closes may be three threads.
        self._lock = threading.Lock()
        self._is_closed = False

    def __len__(self) -> int:
        """Return how many bytes wait."""
        return self._size

    @property
    def in_memory(self) -> int:
        """The waiting bytes that are in memory."""
        return len(self._memory) + self._late

    @property
    def _late(self) -> int:
        """Bytes that are not in a file yet and belong into one."""
        return self._overflowed - self._written

    def put(self, data: bytes | bytearray) -> None:
        """Append bytes. Raises `SpoolFull`, and `OSError` when the disk is full."""
        if self._size + len(data) > self.limit:
            raise SpoolFull("what waits for a slow connection has become too much")
        self._allowance.take(len(data))
        self._size += len(data)
        if self._has_memory_for(len(data)):
            self._memory += data
            return
        self._overflow += data
        self._overflowed += len(data)
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write_overflow())
        elif len(self._overflow) > _OVERFLOW:
            # Everything waits where the disk is slower than what comes, rather than that memory grows.
            self._hand_over()
            self._write()
            self._has_written.set()

    def _has_memory_for(self, size: int) -> bool:
        is_next = not self._files and not self._late
        return is_next and len(self._memory) + size <= _IN_MEMORY and self._allowance.take_memory(size)

    async def take(self) -> bytes:
        """Return the next bytes; empty when there are none. Raises `OSError`."""
        data = await self._take()
        if not self._is_closed:
            self._size -= len(data)
            self._allowance.give_back(len(data))
        return data

    def close(self) -> None:
        """Forget everything."""
        self._is_closed = True
        self._allowance.give_back(self._size)
        self._size = 0
        self._allowance.give_memory_back(len(self._memory))
        self._memory.clear()
        self._overflow.clear()
        with self._lock:
            self._unwritten.clear()
            while self._files:
                self._files.popleft().close()
        self._overflowed = self._written

    async def _take(self) -> bytes:
        if self._memory:
            data = _cut(self._memory)
            self._allowance.give_memory_back(len(data))
            return data
        while self._unwritten and not self._files and not self._error:
            self._has_written.clear()
            await self._has_written.wait()
        if self._error:
            raise self._error
        if self._files:
            return await in_thread(self._take_from_file)
        data = _cut(self._overflow)
        self._overflowed -= len(data)
        return data

    def _take_from_file(self) -> bytes:
        with self._lock:
            if not self._files:
                return b""
            data = self._files[0].take()
            if not self._files[0].left:
                self._files.popleft().close()
            return data

    async def _write_overflow(self) -> None:
        try:
            while self._overflow:
                self._hand_over()
                await in_thread(self._write)
                self._has_written.set()
        except OSError as error:
            self._error = error
            self._failed(error)
        finally:
            self._writing = None
            self._has_written.set()

    def _hand_over(self) -> None:
        """Give the waiting bytes to the writer."""
        self._unwritten.append(bytes(self._overflow))
        self._overflow.clear()

    def _write(self) -> None:
        """Write the bytes that were handed over, in order."""
        with self._lock:
            while self._unwritten:
                data = self._unwritten[0]
                self._file().append(data)
                self._written += len(data)
                self._unwritten.popleft()

    def _file(self) -> "_File":
        """Return the file to write to."""
        if not self._files or self._files[-1].is_outworn:
            self._files.append(_File())
        return self._files[-1]


def _cut(memory: bytearray) -> bytes:
    """Take the first piece out of the memory."""
    with memoryview(memory) as view:
        data = bytes(view[:_PIECE])
    del memory[: len(data)]
    return data


class _File:
    """A temporary file, written at its end and read from its beginning."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="keks-meet-", buffering=0)  # noqa: SIM115 - closed by `close`
        self._written = 0
        self._taken = 0

    @property
    def left(self) -> int:
        """Bytes of the file that nobody took yet."""
        return self._written - self._taken

    @property
    def is_outworn(self) -> bool:
        """Whether to go on in another file, so that this one ends when all of it was read."""
        return self._taken > 0 and self._written >= _LASTING

    def append(self, data: bytes) -> None:
        write_all(self._file.fileno(), data)
        self._written += len(data)

    def take(self) -> bytes:
        data = os.pread(self._file.fileno(), min(_PIECE, self.left), self._taken)
        if not data:
            raise OSError("a temporary file has become shorter")
        self._taken += len(data)
        return data

    def close(self) -> None:
        self._file.close()
