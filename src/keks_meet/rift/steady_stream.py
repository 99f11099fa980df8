# SPDX-License-Identifier: AGPL-3.0-only
"""Standard streams that never fail: a terminal that was closed must not end a transfer."""

import os
import sys
from contextlib import suppress
from typing import TextIO

__all__ = ["SteadyStream"]


class SteadyStream:
    """Writes text to a stream, and to nowhere once that is gone. What the stream cannot encode is escaped."""

    def __init__(self, stream: TextIO | None) -> None:
        """Take a stream; None, as programs without a console have it, is nowhere."""
        self._stream = stream
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            with suppress(OSError, ValueError):
                reconfigure(errors="backslashreplace")

    @property
    def encoding(self) -> str:
        """The stream's own."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    def isatty(self) -> bool:
        """Tell whether a person is looking."""
        try:
            return self._stream is not None and self._stream.isatty()
        except ValueError:  # closed
            return False

    def fileno(self) -> int:
        """Return the descriptor below. Raises `OSError` when there is none."""
        if self._stream is None:
            msg = "no stream"
            raise OSError(msg)
        return self._stream.fileno()

    def write(self, text: str) -> int:
        """Write and flush; never raises."""
        stream = self._stream
        if stream is None:
            return len(text)
        try:
            stream.write(text)
            stream.flush()
        except BlockingIOError:
            pass  # somebody made it non-blocking, and it is full: some text is lost, and that is all
        except (OSError, ValueError):
            self._give_up(stream)
        return len(text)

    def flush(self) -> None:
        """Do nothing: all is flushed as it is written."""

    def write_now(self, data: bytes) -> None:
        """Write past every buffer and lock, as the handler of a signal must; never raises."""
        with suppress(OSError, ValueError):
            os.write(self.fileno(), data)

    def _give_up(self, stream: TextIO) -> None:
        """Lead the stream into nothing, or Python would fail once more to flush what it still holds as it exits."""
        self._stream = None
        if stream not in {sys.__stdout__, sys.__stderr__}:
            return
        with suppress(OSError, ValueError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, stream.fileno())
            os.close(null)
