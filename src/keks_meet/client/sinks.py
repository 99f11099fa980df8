# SPDX-License-Identifier: AGPL-3.0-only
"""What a received file is written to. Everything here blocks.

Owns that nothing looks whole which is not, that nothing is replaced unasked, and that nothing is written elsewhere.
Does not own hashes and lengths, except those of what an earlier download left, and does not choose names. Folders are
in `keks_meet.client.directory_sink`.
"""

import contextlib
import hashlib
import os
import stat
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, InvalidStateError, ThreadPoolExecutor, wait
from pathlib import Path
from queue import SimpleQueue
from typing import BinaryIO, Final, NamedTuple, Protocol, Self

from keks_meet.client.parts import Part, check_target, claim_file
from keks_meet.client.trees import write_all
from keks_meet.errors import SinkError, TargetExists

__all__ = ["FileSink", "Hash", "MemorySink", "Prefix", "Sink", "StreamSink"]

_READ = 1024 * 1024
_SYNC_STEP: Final = 32 * 1_048_576
"""So many bytes are put on the disk together while more come: then the last ones do not wait for all of them."""
_umask_lock = threading.Lock()


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

    def interrupt(self) -> None:
        """Stop: what is here stays for a later continuation where that is possible. Otherwise nothing stays."""

    def discard(self) -> None:
        """Stop: it is wrong, or not wanted. Nothing stays."""


class FileSink:
    """A file, under a hidden name beside the target and for the user alone until it is whole."""

    def __init__(self, target: Path, *, overwrite: bool) -> None:
        """See whether the target can be written; nothing is made yet. Raises `SinkError` and `TargetExists`."""
        check_target(target, overwrite=overwrite)
        if stat.S_ISDIR(_mode(target)):
            msg = f"{target} is a folder, which a file does not replace"
            raise SinkError(msg)
        self._target = target
        self._overwrite = overwrite
        self._part: Part | None = None
        self._prefix_length = 0
        self._syncer = ThreadPoolExecutor(1, "keks-meet sync")
        self._syncing: Future[None] | None = None
        self._unsynced = 0

    def prefix(self) -> Prefix | None:
        """Hash what an interrupted download left. Raises `SinkError` and `OSError`."""
        part = self._claimed()
        length = os.fstat(part.fd).st_size
        if length == 0 or not part.is_first:
            return None
        found = _hashed(part.fd)
        self._prefix_length = found.length
        return found

    def start(self, offset: int, /) -> None:
        """Begin at 0, or at the end of the prefix. Raises `SinkError` and `OSError`."""
        fd = self._claimed().fd
        if offset not in {0, self._prefix_length}:
            msg = "a download begins at 0, or at the end of the prefix"
            raise ValueError(msg)
        os.ftruncate(fd, offset)
        os.lseek(fd, offset, os.SEEK_SET)

    def write(self, data: bytes | memoryview, /) -> None:
        """Append, without a buffer. Raises `OSError`."""
        fd = self._claimed().fd
        write_all(fd, data)
        self._unsynced += len(data)
        if self._unsynced >= _SYNC_STEP and (self._syncing is None or self._syncing.done()):
            self._synced()
            self._unsynced = 0
            self._syncing = self._syncer.submit(os.fsync, fd)

    def finish(self) -> Path:
        """Put the file on the disk, and give it its final name. Raises `TargetExists` and `OSError`."""
        if self._part is not None:
            self._synced()
            os.fsync(self._part.fd)
            os.fchmod(self._part.fd, 0o666 & ~_umask())
            self._rename(self._part.path)
            self._close()
        return self._target

    def interrupt(self) -> None:
        """Keep what is there, unless it is nothing. Raises `OSError`."""
        part = self._part
        if part is not None and (not part.is_first or os.fstat(part.fd).st_size == 0):
            self.discard()
        self._close()

    def discard(self) -> None:
        """Remove what is there. Raises `OSError`."""
        try:
            if self._part is not None:
                self._part.path.unlink(missing_ok=True)
        finally:
            self._close()

    def _claimed(self) -> Part:
        if self._part is None:
            self._part = claim_file(self._target)
        return self._part

    def _synced(self) -> None:
        """Wait for what is being put on the disk. Raises `OSError`: the system tells of a lost page only once."""
        syncing, self._syncing = self._syncing, None
        if syncing is not None:
            syncing.result()

    def _close(self) -> None:
        self._syncer.shutdown()
        part, self._part = self._part, None
        if part is not None:
            os.close(part.fd)

    def _rename(self, path: Path) -> None:
        if self._overwrite:
            path.replace(self._target)
            return
        try:
            # Unlike a rename, this never replaces anything.
            os.link(path, self._target, follow_symlinks=False)
        except FileExistsError as error:
            raise self._exists() from error
        except OSError:
            # A file system without links: then there is a moment between looking and renaming.
            if os.path.lexists(self._target):
                raise self._exists() from None
            path.rename(self._target)
        else:
            path.unlink()

    def _exists(self) -> TargetExists:
        return TargetExists(f"{self._target} exists already")


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

    def interrupt(self) -> None:
        """Do no more."""
        self._work.put(None)

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

    def interrupt(self) -> None:
        """Drop what is there."""
        self._written.clear()

    def discard(self) -> None:
        """Drop what is there."""
        self._written.clear()


def _hashed(fd: int) -> Prefix:
    """Hash a file from its beginning to its end."""
    os.lseek(fd, 0, os.SEEK_SET)
    sha256 = hashlib.sha256()
    length = 0
    while data := os.read(fd, _READ):
        sha256.update(data)
        length += len(data)
    return Prefix(length, sha256)


def _mode(path: Path) -> int:
    """Return what is there, and its permissions; 0 when there is nothing, or nothing that can be seen."""
    try:
        return path.lstat().st_mode
    except OSError:
        return 0


def _umask() -> int:
    """Return the permissions that new files go without. There is no way to read it but to set it."""
    with _umask_lock:
        # Whoever makes a file meanwhile gets it for the user alone, rather than for everybody.
        umask = os.umask(0o077)
        os.umask(umask)
    return umask
