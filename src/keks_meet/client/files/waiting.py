# SPDX-License-Identifier: AGPL-3.0-only
"""What has come of a file and waits to be written."""

from collections import deque
from typing import Final, TypeAlias

__all__ = ["Piece", "Waiting"]

Piece: TypeAlias = bytes | bytearray
_LARGEST_BATCH: Final = 4_194_304
"""The size from which on a batch for the writing thread takes no more pieces, in bytes."""
_SMALL: Final = 4096
"""The size up to which pieces are put together as they come, in bytes: one by one they would take far more room."""


class Waiting:
    """Pieces in the order in which they came; false when there are none."""

    def __init__(self) -> None:
        self._pieces: deque[Piece] = deque()
        self.bytes = 0
        """The bytes that are not written yet, those of batches that are being written included."""

    def __len__(self) -> int:
        """Return the number of pieces that nobody has taken."""
        return len(self._pieces)

    def append(self, data: Piece) -> None:
        """Take what has come."""
        self.bytes += len(data)
        last = self._pieces[-1] if self._pieces else None
        if isinstance(last, bytearray) and len(last) < _LARGEST_BATCH and len(data) <= _SMALL:
            last += data
        elif data:
            self._pieces.append(bytearray(data) if len(data) <= _SMALL else data)

    def batch(self) -> list[Piece]:
        """Take the next pieces out: a thread that gets several at once is called less often."""
        pieces = [self._pieces.popleft()]
        length = len(pieces[0])
        while self._pieces and length < _LARGEST_BATCH:
            length += len(self._pieces[0])
            pieces.append(self._pieces.popleft())
        return pieces

    def written(self, length: int) -> None:
        """Count bytes of a batch as written."""
        self.bytes -= length
