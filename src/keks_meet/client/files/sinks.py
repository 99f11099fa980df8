# SPDX-License-Identifier: AGPL-3.0-only
"""The sinks that received files are written to: the promise of all, and those without a name on the disk. Blocks.

This module owns no hashes and lengths, except those of what an earlier download left. The sink of a file is in
`keks_meet.client.files.file_sink`, that of a folder in `keks_meet.client.files.directory`.
"""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, InvalidStateError, wait
from pathlib import Path
from queue import SimpleQueue
from typing import BinaryIO, NamedTuple, Protocol, Self

from keks_meet.errors import SinkError

__all__ = ["Hash", "MemorySink", "Prefix", "Sink", "StreamSink"]


class Hash(Protocol):
    """A running hash of the standard library."""

    def update(self, data: bytes | memoryview, /) -> None:
        """Hash more bytes."""

    def copy(self) -> Self:
        """Return a second hash that has hashed the same bytes so far."""

    def hexdigest(self) -> str:
        """Return the hash of the bytes so far, in hexadecimal."""


class Prefix(NamedTuple):
    """The beginning of a file, as an interrupted download left it."""

    length: int
    """The length in bytes, more than 0."""
    sha256: Hash
    """The hash of these bytes, to go on with."""
    salt: str = ""
    """32 random bytes in lower-case hexadecimal, drawn for this request alone [F9]."""
    hmac: str = ""
    """The HMAC-SHA-256 of these bytes under the salt: the proof of a sender that has these bytes."""


class Sink(Protocol):
    """A sink of one download. Its methods are called one at a time: `prefix` (or not), `start`, `write`…, and an end.

    The ends are `finish`, `interrupt` and `discard`. After one of them without an error, the other two do nothing.
    After an error, the caller must still call `interrupt` or `discard`.
    """

    def prefix(self) -> Prefix | None:
        """Return the beginning that may be continued; None when there is none. Raises `SinkError` and `OSError`."""

    def start(self, offset: int, /) -> None:
        """Begin at the end of the prefix, or at 0 without the prefix. Raises `SinkError` and `OSError`."""

    def write(self, data: bytes | memoryview, /) -> None:
        """Append bytes. Raises `SinkError`, `ArchiveError` and `OSError`, among them those of a full disk."""

    def finish(self) -> Path | None:
        """Give a download that was found to be right its final name, and return that.

        Raises `TargetExists`, `ArchiveError` and `OSError`.
        """

    def interrupt(self) -> bool:
        """Stop, and keep what is here for a later download where that is possible; return whether anything is kept."""

    def discard(self) -> None:
        """Stop a download that is wrong, or not wanted, and keep nothing."""


class StreamSink:
    """A stream that somebody else reads, like standard output. What was written cannot be taken back.

    A reader that reads nothing holds a writer up for ever, and no thread that waits in the system can be stopped. So
    each sink waits in a thread of its own, which the end of the process does not wait for.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Write to a stream, which stays the caller's to close."""
        self._file = file
        self._stopped: Future[None] = Future()
        self._work: SimpleQueue[tuple[Callable[[], None], Future[None]] | None] = SimpleQueue()
        self._worker: threading.Thread | None = None

    def prefix(self) -> None:
        """Return None: nobody knows what became of an earlier stream."""
        return

    def start(self, offset: int, /) -> None:
        """Begin; ``offset`` must be 0."""
        if offset:
            msg = "a stream begins at its beginning"
            raise ValueError(msg)

    def write(self, data: bytes | memoryview, /) -> None:
        """Write bytes to the stream. Raises `OSError`, and `SinkError` when the sink was stopped.

        A `BrokenPipeError` says that nobody reads any more.
        """
        self._do(lambda: self._write(data))

    def finish(self) -> None:
        """Flush the stream. Raises `OSError`, and `SinkError` when the sink was stopped."""
        self._do(self._file.flush)
        self._work.put(None)

    def interrupt(self) -> bool:
        """Write no more, and return False: nothing is kept."""
        self._work.put(None)
        return False

    def discard(self) -> None:
        """Write no more."""
        self._work.put(None)

    def stop(self) -> None:
        """Let a thread that waits in `write` or `finish` go, from another thread: nobody knows what is written then."""
        with contextlib.suppress(InvalidStateError):
            self._stopped.set_result(None)

    def _do(self, work: Callable[[], None]) -> None:
        if self._worker is None:
            self._worker = threading.Thread(target=self._run, daemon=True)
            self._worker.start()
        done: Future[None] = Future()
        self._work.put((work, done))
        wait((done, self._stopped), return_when=FIRST_COMPLETED)
        if not done.done():
            msg = "writing was stopped"
            raise SinkError(msg)
        done.result()

    def _run(self) -> None:
        for work, done in iter(self._work.get, None):
            try:
                work()
            except Exception as error:  # the thread that waits raises it
                done.set_exception(error)
            else:
                done.set_result(None)

    def _write(self, data: bytes | memoryview) -> None:
        rest = memoryview(data)
        while rest:
            # An unbuffered stream may take a part only.
            written: int | None = self._file.write(rest)
            if written is None:
                msg = "the stream is set not to block"
                raise BlockingIOError(msg)
            rest = rest[written:]


class MemorySink:
    """A sink in memory, up to a limit. ``data`` is empty until the download is whole."""

    def __init__(self, limit: int) -> None:
        """Take up to ``limit`` bytes."""
        self.data = b""
        self._limit = limit
        self._written = bytearray()

    def prefix(self) -> None:
        """Return None: memory does not outlive its sink."""
        return

    def start(self, offset: int, /) -> None:
        """Begin; ``offset`` must be 0."""
        if offset:
            msg = "memory begins at its beginning"
            raise ValueError(msg)
        self._written.clear()

    def write(self, data: bytes | memoryview, /) -> None:
        """Append bytes. Raises `SinkError` beyond the limit."""
        if len(self._written) + len(data) > self._limit:
            msg = f"more than {self._limit} bytes"
            raise SinkError(msg)
        self._written += data

    def finish(self) -> None:
        """Hand out the bytes as ``data``."""
        self.data = bytes(self._written)

    def interrupt(self) -> bool:
        """Drop the bytes, and return False: nothing is kept."""
        self._written.clear()
        return False

    def discard(self) -> None:
        """Drop the bytes."""
        self._written.clear()
