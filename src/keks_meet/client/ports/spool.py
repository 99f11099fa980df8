# SPDX-License-Identifier: AGPL-3.0-only
"""Bytes on their way to somebody slow: a little in memory, the rest in temporary files.

A data channel cannot be told to wait, so what it brings must go somewhere, and memory is not to grow.
"""

import os
import tempfile
from collections import deque
from typing import Final

from keks_meet.client.files.extract import write_all
from keks_meet.errors import SpoolFull

__all__ = ["Allowance", "Spool"]

_IN_MEMORY: Final = 2 * 1_048_576
"""Bytes."""
_PIECE: Final = 262_144
"""Taken at once, in bytes."""
_LASTING: Final = 16 * 1_048_576
"""A file that is being read is written to up to this size, in bytes; then there is another one."""


class Allowance:
    """What several spools may hold together, in bytes; spools of one peer share one, which is part of the room's."""

    def __init__(self, limit: int, part_of: "Allowance | None" = None) -> None:
        self._left = limit
        self._whole = part_of

    def take(self, size: int) -> None:
        """Take so much of it. Raises `SpoolFull`."""
        if size > self._left:
            raise SpoolFull("what waits for slow connections has become too much")
        if self._whole is not None:
            self._whole.take(size)
        self._left -= size

    def give_back(self, size: int) -> None:
        """Give so much back."""
        self._left += size
        if self._whole is not None:
            self._whole.give_back(size)


class Spool:
    """First in, first out. Not for several threads.

    There are two files at most: one that is read from, and one that is written to. Where the reader lags behind for
    ever, but never stops, this is what gives back the space of what was read.
    """

    def __init__(self, limit: int, allowance: Allowance | None = None) -> None:
        """Make one for at most ``limit`` bytes at a time, and at most what is left of an allowance."""
        self.limit = limit
        self._allowance = allowance or Allowance(limit)
        # One piece rather than many: tiny messages take no more than their bytes.
        self._memory = bytearray()
        self._files: deque[_File] = deque()

    def __len__(self) -> int:
        """Return how many bytes wait."""
        return self.in_memory + sum(file.left for file in self._files)

    @property
    def in_memory(self) -> int:
        """How many of them are in memory."""
        return len(self._memory)

    def put(self, data: bytes) -> None:
        """Append. Raises `SpoolFull`, and `OSError` when the disk is."""
        if len(self) + len(data) > self.limit:
            raise SpoolFull("what waits for a slow connection has become too much")
        self._allowance.take(len(data))
        if not self._files and len(self._memory) + len(data) <= _IN_MEMORY:
            self._memory += data
            return
        try:
            self._file().append(data)
        except OSError:
            self._allowance.give_back(len(data))
            raise

    def take(self) -> bytes:
        """Return the next bytes; none when there are none. Raises `OSError`."""
        data = self._take()
        self._allowance.give_back(len(data))
        return data

    def _take(self) -> bytes:
        if self._memory:
            data = bytes(self._memory[:_PIECE])
            del self._memory[: len(data)]
            return data
        if not self._files:
            return b""
        data = self._files[0].take()
        if not self._files[0].left:
            self._files.popleft().close()
        return data

    def close(self) -> None:
        """Forget everything."""
        self._allowance.give_back(len(self))
        self._memory.clear()
        while self._files:
            self._files.popleft().close()

    def _file(self) -> "_File":
        """Return the file to write to."""
        if not self._files or self._files[-1].is_outworn:
            self._files.append(_File())
        return self._files[-1]


class _File:
    """A temporary file, written at its end and read from its beginning."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="keks-meet-", buffering=0)  # noqa: SIM115 - closed by `close`
        self._written = 0
        self._taken = 0

    @property
    def left(self) -> int:
        """Bytes that nobody took yet."""
        return self._written - self._taken

    @property
    def is_outworn(self) -> bool:
        """Whether to go on in another one, so that this one ends when all of it was read."""
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
