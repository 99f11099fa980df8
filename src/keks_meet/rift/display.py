# SPDX-License-Identifier: AGPL-3.0-only
"""The display: takes the events of a run, and writes them for whoever started it. Its streams never fail."""

import errno
import os
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Final, Literal, Self, TextIO, TypeAlias

from keks_meet.rift.events import Event, TextReceived

__all__ = ["Display", "SteadyStream", "Verbosity"]

_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""How a disk refuses to take more. Terminals and readers that went away are no faults."""
Verbosity: TypeAlias = Literal["quiet", "normal", "verbose"]


class Display(ABC):
    """Writes events. A context manager that leaves the terminal tidy.

    Saying something is cheap, and raises nothing because the terminal went away. Each way of writing knows by itself
    how often it shows progress.
    """

    @abstractmethod
    def say(self, event: Event) -> None:
        """Write an event."""

    @property
    @abstractmethod
    def lost(self) -> OSError | None:
        """Why something that was written to the standard stream of this display is not on the disk, if that is so."""

    @abstractmethod
    def show(self, event: TextReceived) -> None:
        """Write a text, from any thread, and wait until it is written. Raises `OSError` when the stream takes nothing.

        So who sent it hears that it has been shown only when it has.
        """

    def restore_terminal(self) -> None:  # noqa: B027 - most displays leave the terminal as it is
        """Undo what the display did to the terminal, without waiting for anything: the process is about to end."""

    def close(self) -> None:  # noqa: B027
        """Take away what moves; more can be said nevertheless."""

    def __enter__(self) -> Self:
        """Return the display."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()


class SteadyStream:
    """Writes text to a stream, and to nowhere once that is gone: a terminal that was closed must not end a transfer.

    What the stream cannot encode is escaped.
    """

    def __init__(self, current: Callable[[], TextIO | None]) -> None:
        """Take what returns the stream, since a prompt puts another one into its place while it is shown.

        None, as programs without a console have it, is nowhere.
        """
        self._current = current
        self._is_gone = False
        self.lost: OSError | None = None
        """How the disk refused what was written, if it did."""
        self._lock = threading.RLock()
        reconfigure = getattr(current(), "reconfigure", None)
        if reconfigure is not None:
            with suppress(OSError, ValueError):
                reconfigure(errors="backslashreplace")

    @property
    def encoding(self) -> str:
        """The stream's own."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    @property
    def _stream(self) -> TextIO | None:
        return None if self._is_gone else self._current()

    def isatty(self) -> bool:
        """Tell whether a person is looking."""
        stream = self._stream
        try:
            return stream is not None and stream.isatty()
        except ValueError:  # closed
            return False

    def fileno(self) -> int:
        """Return the descriptor below. Raises `OSError` when there is none."""
        stream = self._stream
        if stream is None:
            msg = "no stream"
            raise OSError(msg)
        return stream.fileno()

    def write(self, text: str) -> int:
        """Write and flush; never raises."""
        stream = self._stream
        if stream is None:
            return len(text)
        try:
            with self._lock:
                stream.write(text)
                stream.flush()
        except BlockingIOError:
            pass  # somebody made it non-blocking, and it is full: some text is lost, and that is all
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno in _FULL:
                self.lost = error
            self._give_up(stream)
        return len(text)

    def deliver(self, text: str) -> None:
        """Write from any thread, and wait until all is written. Raises `OSError` when it cannot be."""
        stream = self._stream
        if stream is None or stream.closed:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
        is_own = stream in {sys.__stdout__, sys.__stderr__}
        with self._lock:
            if not is_own:
                stream.write(text)
                stream.flush()
                return
            # Past the buffer, whose lock a writer that nobody reads would hold to the end.
            rest = memoryview(text.encode(self.encoding, "backslashreplace"))
            while rest:
                rest = rest[os.write(stream.fileno(), rest) :]

    def flush(self) -> None:
        """Do nothing: all is flushed as it is written."""

    def write_now(self, data: bytes) -> None:
        """Write past every buffer and lock, as the handler of a signal must; never raises."""
        with suppress(OSError, ValueError):
            os.write(self.fileno(), data)

    def _give_up(self, stream: TextIO) -> None:
        """Lead the stream into nothing, or Python would fail once more to flush what it still holds as it exits."""
        self._is_gone = True
        if stream not in {sys.__stdout__, sys.__stderr__}:
            return
        with suppress(OSError, ValueError):
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, stream.fileno())
            os.close(null)
