# SPDX-License-Identifier: AGPL-3.0-only
"""Bytes on their way to somebody slow: a little in memory, the rest in a temporary file.

A data channel cannot be told to wait, so what it brings must go somewhere, and memory is not to grow.
"""

import tempfile
from collections import deque
from typing import IO, Final

from keks_meet.errors import SpoolFull

__all__ = ["Spool"]

_IN_MEMORY: Final = 2 * 1_048_576
"""Bytes."""
_PIECE: Final = 262_144
"""Read from the file at once, in bytes."""


class Spool:
    """First in, first out. Not for several threads."""

    def __init__(self, limit: int) -> None:
        """Make one for at most ``limit`` bytes at a time."""
        self._limit = limit
        self._memory: deque[bytes] = deque()
        self._in_memory = 0
        self._file: IO[bytes] | None = None
        self._in_file = 0
        self._read_at = 0

    def __len__(self) -> int:
        """Return how many bytes wait."""
        return self._in_memory + self._in_file

    def put(self, data: bytes) -> None:
        """Append. Raises `SpoolFull`, and `OSError` when the disk is."""
        if len(self) + len(data) > self._limit:
            raise SpoolFull("what waits for a slow connection has become too much")
        if self._in_file == 0 and self._in_memory + len(data) <= _IN_MEMORY:
            self._memory.append(data)
            self._in_memory += len(data)
        else:
            self._put_into_file(data)

    def take(self) -> bytes:
        """Return the next bytes; none when there are none."""
        if self._memory:
            data = self._memory.popleft()
            self._in_memory -= len(data)
            return data
        return self._take_from_file() if self._in_file else b""

    def close(self) -> None:
        """Forget everything."""
        self._memory.clear()
        self._in_memory = self._in_file = 0
        if self._file is not None:
            self._file.close()
            self._file = None

    def _put_into_file(self, data: bytes) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="keks-meet-")  # noqa: SIM115 - closed by `close`
        self._file.seek(0, 2)
        self._file.write(data)
        self._in_file += len(data)

    def _take_from_file(self) -> bytes:
        if self._file is None:
            return b""
        self._file.seek(self._read_at)
        data = self._file.read(_PIECE)
        self._read_at += len(data)
        self._in_file -= len(data)
        if self._in_file == 0:
            # Empty again: the next one begins anew, so that the file never holds what was taken already.
            self._file.truncate(0)
            self._read_at = 0
        return data
