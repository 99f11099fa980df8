# SPDX-License-Identifier: AGPL-3.0-only
"""The sources that files on offer are read from. Everything here blocks.

This module owns the promise that what is read is what was offered: exactly `Source.size` bytes come, or an error. It
owns no hashes, no positions of a continued transfer, and no names shown elsewhere. The source of a folder is in
`keks_meet.client.files.tar_write`.
"""

import contextlib
import io
import os
import select
import stat
import threading
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

from keks_meet.errors import SourceChanged, SourceError, SourceInterrupted
from keks_meet.session.limits import SHOWN_TEXT_BYTES

__all__ = ["FileSource", "Reader", "Source", "StreamSource", "TextSource", "is_gone", "label_of"]


class Reader(Protocol):
    """One pass over a source, from its beginning. Used by one thread at a time."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes (more than 0), and none only at the end.

        Raises `SourceChanged`, at the latest instead of returning the last bytes, `SourceInterrupted` and `OSError`.
        """

    def interrupt(self) -> None:
        """Let a `read` that waits for somebody slow raise `SourceInterrupted`, now and from now on.

        Unlike the other methods, `interrupt` may be called from another thread, and after `close`.
        """

    def close(self) -> None:
        """Close what is open. May be called again."""


class Source(Protocol):
    """A source on offer. It may be opened several times, also at once, unless ``once`` is true."""

    @property
    def label(self) -> str:
        """The name shown to peers: text that can be encoded, nothing else is promised."""

    @property
    def size(self) -> int | None:
        """The length in bytes; None when nobody knows the length."""

    @property
    def archive(self) -> Literal["tar"] | None:
        """The kind of archive, where the bytes stand for more than one file."""

    @property
    def once(self) -> bool:
        """True for a stream, which can be opened a single time."""

    def open(self) -> Reader:
        """Start a pass. Raises `OSError`, and `SourceError`, most often as `SourceChanged`."""


def label_of(path: Path, otherwise: str) -> str:
    """Return the last name of a path as text that can be encoded, or ``otherwise`` for a root."""
    name = Path(os.path.abspath(path)).name  # noqa: PTH100 - resolve() would follow links, and tell where they lead
    return os.fsencode(name).decode(errors="replace") or otherwise


def is_gone(path: str | os.PathLike[str]) -> bool:
    """Return whether nothing has this path any more. A path that only cannot be seen just now is not gone."""
    try:
        os.stat(path)  # noqa: PTH116 - a path may be text here
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


class FileSource:
    """A file, or a block device. It must not change after the construction."""

    archive: Literal["tar"] | None = None
    once = False

    def __init__(self, path: str | os.PathLike[str], label: str | None = None) -> None:
        """Check that the file can be read, and note its length and its time. Raises `SourceError`."""
        # The working folder may change before the last pass.
        self._path = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links, which may change
        self.label = label_of(self._path, "file") if label is None else label
        self.size: int | None
        try:
            with _open(Path(path)) as file:
                self._state = _state(file)
        except OSError as error:
            msg = f"{Path(path)} cannot be read: {error.strerror}"
            raise SourceError(msg) from error
        # A file that the system makes as it is read, as below /proc, has a length of 0 and content all the same.
        self.size = None if self._state[0] == 0 and _has_content(self._path) else self._state[0]

    def is_gone(self) -> bool:
        """Tell whether the file was deleted."""
        return is_gone(self._path)

    def open(self) -> Reader:
        """Start a pass over the file. Raises `SourceChanged` when the file has changed, `SourceError` and `OSError`."""
        file = _open(self._path)
        try:
            return _FileReader(file, self._path, self._state) if self.size is not None else _MadeFileReader(file)
        except BaseException:
            file.close()
            raise


class _FileReader:
    """One pass over a file that is ``state[0]`` bytes long."""

    def __init__(self, file: BinaryIO, path: Path, state: tuple[int, int]) -> None:
        self._file, self._path, self._state = file, path, state
        self._left = state[0]
        self._check()

    def read(self, size: int, /) -> bytes:
        data = self._file.read(min(size, self._left))
        self._left -= len(data)
        if self._left == 0:
            self._check()
        if not data and (self._left > 0 or self._file.read(1)):
            raise _changed(self._path)
        return data

    def interrupt(self) -> None:
        """Do nothing: reading a file waits for nobody."""

    def close(self) -> None:
        self._file.close()

    def _check(self) -> None:
        if _state(self._file) != self._state:
            raise _changed(self._path)


class _MadeFileReader:
    """One pass over a file that the system makes as it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int, /) -> bytes:
        return self._file.read(size)

    def interrupt(self) -> None:
        """Do nothing: reading a file waits for nobody."""

    def close(self) -> None:
        self._file.close()


class TextSource:
    """A text that receivers may show in place of storing it [F13]."""

    archive: Literal["tar"] | None = None
    once = False

    def __init__(self, text: str, label: str = "text.txt") -> None:
        """Offer a text. Raises `SourceError` for one with half a character, and for one that is empty or too long."""
        try:
            self._data = text.encode()
        except UnicodeEncodeError:
            msg = "the text has half a character"
            raise SourceError(msg) from None  # the cause would quote it
        if not 0 < len(self._data) <= SHOWN_TEXT_BYTES:
            msg = f"a text has 1 to {SHOWN_TEXT_BYTES} bytes: send more as a file"
            raise SourceError(msg)
        self.label = label
        self.size: int | None = len(self._data)

    def open(self) -> Reader:
        """Start a pass over the text."""
        return _MadeFileReader(io.BytesIO(self._data))


class StreamSource:
    """A stream that is being written while it is read, like a pipe: of unknown length, and gone once read."""

    archive: Literal["tar"] | None = None
    size: int | None = None
    once = True

    def __init__(self, file: BinaryIO, label: str) -> None:
        """Offer a stream, which is closed with its reader."""
        self._file: BinaryIO | None = file
        self.label = label

    def open(self) -> Reader:
        """Hand out the stream. Raises `SourceError` the second time."""
        file, self._file = self._file, None
        if file is None:
            msg = f"{self.label} is a stream, and somebody else has read it"
            raise SourceError(msg)
        with contextlib.suppress(OSError):
            # A stream that is set not to block would look as if it had ended when it is only empty.
            os.set_blocking(file.fileno(), True)
        return _StreamReader(file)


class _StreamReader:
    """The pass over a stream. Bytes that are there are returned at once, without waiting for more."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._read = getattr(file, "read1", file.read)
        # A pipe that tells of an interruption: closing one end wakes whoever polls the other end.
        self._alarm, self._interrupter = os.pipe()
        self._lock = threading.Lock()
        self._is_interrupted = False

    def read(self, size: int, /) -> bytes:
        self._wait()
        data: bytes = self._read(size)
        return data

    def interrupt(self) -> None:
        with self._lock:
            if not self._is_interrupted:
                self._is_interrupted = True
                os.close(self._interrupter)

    def close(self) -> None:
        self.interrupt()
        if not self._file.closed:
            self._file.close()
            os.close(self._alarm)

    def _wait(self) -> None:
        """Wait until the stream can be read without waiting, since nobody can stop a thread that reads.

        Raises `SourceInterrupted`.
        """
        try:
            awaited = self._file.fileno()
        except OSError:
            # A stream without a file descriptor is as fast as memory.
            return
        poll = select.poll()
        poll.register(awaited, select.POLLIN)
        poll.register(self._alarm, select.POLLIN)
        if self._alarm in {fd for fd, _ in poll.poll()}:
            msg = "reading was interrupted"
            raise SourceInterrupted(msg)


def _has_content(path: Path) -> bool:
    """Return whether a file has something to read. Raises `OSError` and `SourceError`."""
    with _open(path) as file:
        return bool(file.read(1))


def _open(path: Path) -> BinaryIO:
    """Open a file that has a length, without a buffer. Raises `SourceError` for anything else, and `OSError`."""
    # The look comes first: opening a pipe may wait for its other end, and closing the pipe would break that end.
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISBLK(mode):
        msg = f"{path} is not a file with a length"
        raise SourceError(msg)
    return path.open("rb", buffering=0)


def _state(file: BinaryIO) -> tuple[int, int]:
    """Return the length in bytes, and the time of the last change in ns."""
    found = os.fstat(file.fileno())
    if stat.S_ISREG(found.st_mode):
        return found.st_size, found.st_mtime_ns
    here = file.tell()
    size = file.seek(0, os.SEEK_END)
    file.seek(here)
    return size, found.st_mtime_ns


def _changed(path: Path) -> SourceChanged:
    return SourceChanged(f"{path} has changed since it was offered")
