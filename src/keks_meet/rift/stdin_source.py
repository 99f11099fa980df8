# SPDX-License-Identifier: AGPL-3.0-only
"""Standard input on offer. Waiting for it can be ended, so that Ctrl+C need not wait for whoever writes to it."""

import os
import select
from typing import Literal

from keks_meet.client.sources import Reader
from keks_meet.errors import SourceError

__all__ = ["StdinSource"]


class StdinSource:
    """A source that can be read once."""

    label = "stdin"
    size: int | None = None
    archive: Literal["tar"] | None = None
    once = True

    def __init__(self, fd: int = 0) -> None:
        self._fd = fd
        self._is_taken = False
        self._woken, self._wake = os.pipe()

    def open(self) -> Reader:
        """Start the only pass. Raises `SourceError` the second time."""
        if self._is_taken:
            raise SourceError("stdin has been sent already")
        self._is_taken = True
        return self

    def read(self, size: int, /) -> bytes:
        """Return what is there, waiting for something; nothing at the end. Raises `SourceError` when ended."""
        ready, _, _ = select.select([self._fd, self._woken], [], [])
        if self._woken in ready:
            raise SourceError("it was ended")
        return os.read(self._fd, size)

    def close(self) -> None:
        """Do nothing: stdin is the process's."""

    def end(self) -> None:
        """End the waiting for input, if there is any."""
        os.write(self._wake, b"\0")
