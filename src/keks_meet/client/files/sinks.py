# SPDX-License-Identifier: AGPL-3.0-only
"""What a received file is written to: what all sinks promise, and those without a name on the disk. Blocks.

Does not own hashes and lengths, except those of what an earlier download left. Files are in
`keks_meet.client.files.file_sink`, folders in `keks_meet.client.files.directory`.
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
    """A hash of the standard library that goes on."""

    def update(self, data: bytes | memoryview, /) -> None:
        """Append to what is hashed."""

    def copy(self) -> Self:
        """Return another one that has hashed the same so far."""

    def hexdigest(self) -> str:
        """Return the hash so far."""


class Prefix(NamedTuple):
    """What an interrupted download left."""

    length: int
    """In bytes, more than 0."""
    sha256: Hash
    """Over these bytes."""
    salt: str = ""
    """32 random bytes in lower-case hexadecimal, drawn for this time alone [F9]."""
    hmac: str = ""
    """HMAC-SHA-256 of these bytes under the salt: what a sender that has them can say."""


class Sink(Protocol):
    """One download. Its methods are called one at a time: `prefix` (or not), `start`, `write`…, and one of the ends.

    After one of `finish`, `interrupt` and `discard` without an error, the other two do nothing. After an error the
    caller must still call `interrupt` or `discard`.
    """

    def prefix(self) -> Prefix | None:
        """Return what may be continued; None when there is nothing. Raises `SinkError` and `OSError`."""

    def start(self, offset: int, /) -> None:
        """Begin at the end of the prefix, or at 0, which drops what was left. Raises `SinkError` and `OSError`."""

    def write(self, data: bytes | memoryview, /) -> None:
        """Append. Raises `SinkError`, `ArchiveError` and `OSError`, among them those of a full disk."""

    def finish(self) -> Path | None:
        """Give the download, which was found to be right, its final name, and return that.

        Raises `TargetExists`, `ArchiveError` and `OSError`.
        """

    def interrupt(self) -> bool:
        """Stop: what is here stays for a later continuation where that is possible. Otherwise nothing stays.

        Returns whether something stays.
        """

    def discard(self) -> None:
        """Stop: it is wrong, or not wanted. Nothing stays."""


class StreamSink:
    """A stream that somebody else reads, like standard output. What was written cannot be taken back.

    A reader that reads nothing holds a writer up for ever, and no thread that waits in the system can be stopped: so
    the waiting is done by one of its own, which the end of the process does not wait for.
    """

    def __init__(self, file: BinaryIO) -> None:
        """Write to a stream, which stays the caller's to close."""
        self._file = file
        self._stopped: Future[None] = Future()
        self._work: SimpleQueue[tuple[Callable[[], None], Future[None]] | None] = SimpleQueue()
        self._worker: threading.Thread | None = None

    def prefix(self) -> None:
        """Return nothing: nobody knows what became of an earlier stream."""
        return

    def start(self, offset: int, /) -> None:
        """Begin, at 0."""
        if offset:
            msg = "a stream begins at its beginning"
            raise ValueError(msg)

    def write(self, data: bytes | memoryview, /) -> None:
        """Pass on. Raises `OSError`, of which `BrokenPipeError` says that nobody reads any more, and `SinkError`."""
        self._do(lambda: self._write(data))

    def finish(self) -> None:
        """Flush. Raises `OSError`, and `SinkError` when it was stopped."""
        self._do(self._file.flush)
        self._work.put(None)

    def interrupt(self) -> bool:
        """Do no more."""
        self._work.put(None)
        return False

    def discard(self) -> None:
        """Do no more."""
        self._work.put(None)

    def stop(self) -> None:
        """Let whoever waits in `write` or `finish` go, from another thread: what is written then, nobody knows."""
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
            except Exception as error:  # whoever waits raises it
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
    """Memory, up to a limit. ``data`` is empty until the download is whole."""

    def __init__(self, limit: int) -> None:
        """Take up to ``limit`` bytes."""
        self.data = b""
        self._limit = limit
        self._written = bytearray()

    def prefix(self) -> None:
        """Return nothing: nothing outlives a sink."""
        return

    def start(self, offset: int, /) -> None:
        """Begin, at 0."""
        if offset:
            msg = "memory begins at its beginning"
            raise ValueError(msg)
        self._written.clear()

    def write(self, data: bytes | memoryview, /) -> None:
        """Append. Raises `SinkError` beyond the limit."""
        if len(self._written) + len(data) > self._limit:
            msg = f"more than {self._limit} bytes"
            raise SinkError(msg)
        self._written += data

    def finish(self) -> None:
        """Hand out the data."""
        self.data = bytes(self._written)

    def interrupt(self) -> bool:
        """Drop what is there."""
        self._written.clear()
        return False

    def discard(self) -> None:
        """Drop what is there."""
        self._written.clear()
