# SPDX-License-Identifier: AGPL-3.0-only
"""A folder on offer: a tar stream that is made while it is read. Blocks.

This module owns what goes into the archive, and in which order, and that nothing from outside of the folder does. The
standard library makes the headers. A folder is walked once to learn the length, and again for each pass, so that no
list of its files is ever held. Everything below the top is looked up in a folder that is held open, without following
links: nobody gains anything by swapping a subfolder for a link meanwhile.
"""

import contextlib
import os
import stat
import tarfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Literal

from msgspec import Struct

from keks_meet.client.files.archives import ENCODING, ERRORS, MAX_DEPTH, MAX_MEMBERS, climb
from keks_meet.client.files.sources import Reader, is_gone, label_of
from keks_meet.errors import SourceChanged, SourceError

__all__ = ["DirectorySource"]

# Bytes that are read from a file at once.
_PIECE = 256 * 1024
# The limits below which a header is one block for certain: the characters of all names; the bytes, and the seconds.
_PLAIN_TEXTS = 100
_PLAIN_NUMBER = 8**11
_NS = 1_000_000_000
_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
# Opening does not block, since it would wait for a pipe that has taken the place of a file.
_OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_UNFIT = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class _Entry(Struct):
    """A member of the archive to be. ``parent`` is the open folder that holds it, until the next entry comes."""

    name: str
    parent: int
    state: os.stat_result
    link: str = ""

    @property
    def base(self) -> str:
        """The name of the entry in its folder."""
        return self.name.rpartition("/")[2]


# A function that is told of something left out: the path inside the folder, and the reason.
_Skip = Callable[[str, str], None]
# A function that tells whether a path inside the folder is left out on purpose; that of a folder ends with a slash.
_Excludes = Callable[[str], bool]


class _Rules(Struct):
    """What is to be done with entries that are left out."""

    skip: _Skip
    excludes: _Excludes


class DirectorySource:
    """A folder as a tar archive with one folder at its top. Owners and groups stay untold, times are in seconds.

    Links that lead outside, special files, and files that cannot be read are left out and told in ``skipped``: pairs of
    a path inside the folder and a reason. A pass takes the folder as it is by then, and raises `SourceChanged` when the
    archive would have another length.

    ``excludes`` leaves out more, as a program wishes: it is called, in a thread, with each path inside the folder, and
    that of a folder ends with a slash. It has to answer the same each time. ``excluded`` counts what it left out.
    """

    archive: Literal["tar"] | None = "tar"
    once = False

    def __init__(self, path: str | os.PathLike[str], excludes: Callable[[str], bool] = lambda _: False) -> None:
        """Walk the folder, to learn the length of its archive. Raises `SourceError`."""
        # The working folder may change before the last pass.
        self._path = os.path.abspath(path)  # noqa: PTH100 - resolve() would follow links, and tell where they lead
        self._name = os.path.basename(self._path) or "folder"  # noqa: PTH119 - a path is text here, for speed
        self.label = f"{label_of(Path(path), 'folder')}.tar"
        self.skipped: list[tuple[str, str]] = []
        self.excluded = 0
        self._excludes = excludes
        try:
            self._identity = _identity(os.stat(self._path))  # noqa: PTH116 - a path is text here
            self._content_size = self._measure()
        except OSError as error:
            msg = f"{path} cannot be read: {error.strerror}"
            raise SourceError(msg) from error
        self.size = self._content_size + len(_end(self._content_size))

    def is_gone(self) -> bool:
        """Tell whether the folder was deleted."""
        return is_gone(self._path)

    def open(self) -> Reader:
        """Start a pass over the folder."""
        return _TarReader(self._pieces(), self.size, self._path)

    def _measure(self) -> int:
        """Return the length of all members in bytes, and note what is left out. Raises `SourceError` and `OSError`."""
        size = 0

        def excludes(path: str) -> bool:
            is_excluded = self._excludes(path)
            self.excluded += is_excluded
            return is_excluded

        rules = _Rules(lambda *skipped: self.skipped.append(skipped), excludes)
        with contextlib.closing(self._entries(rules)) as entries:
            for count, entry in enumerate(entries):
                if count == MAX_MEMBERS:
                    msg = f"{self._path} holds more than {MAX_MEMBERS} files"
                    raise SourceError(msg)
                length = _length(entry)
                size += _header_length(entry) + length + _padding(length, tarfile.BLOCKSIZE)
        return size

    def _entries(self, rules: _Rules) -> Generator[_Entry]:
        # The person named the top, so it may be a link, but that link must still lead to the same folder.
        top = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY)
        state = os.fstat(top)
        if _identity(state) != self._identity:
            os.close(top)
            raise _changed(self._path)
        yield from _walk(_Entry(self._name, top, state), top, 1, rules)

    def _pieces(self) -> Generator[bytes]:
        """Yield the archive in pieces. Raises `SourceChanged` and `OSError`."""
        left = self._content_size
        with contextlib.closing(self._entries(_Rules(lambda *_: None, self._excludes))) as entries:
            for entry in entries:
                header, length = _header(entry), _length(entry)
                padding = bytes(_padding(length, tarfile.BLOCKSIZE))
                left -= len(header) + length + len(padding)
                if left < 0:
                    raise _changed(self._path)
                yield header
                if length:
                    yield from _content(entry, length)
                    yield padding
        if left:
            raise _changed(self._path)
        yield _end(self._content_size)


class _TarReader:
    """One pass over a folder: cuts the pieces of its archive into the sizes that are asked for."""

    def __init__(self, pieces: Generator[bytes], size: int, path: str) -> None:
        self._pieces = pieces
        # Bytes still to come: pieces that run out early, after an error or a close, must not look like the end.
        self._left = size
        self._path = path
        self._buffer = bytearray()

    def read(self, size: int, /) -> bytes:
        while len(self._buffer) < size:
            piece = next(self._pieces, None)
            if piece is None:
                if self._left:
                    raise _changed(self._path)
                break
            self._left -= len(piece)
            self._buffer += piece
        data = bytes(memoryview(self._buffer)[:size])
        del self._buffer[:size]
        return data

    def interrupt(self) -> None:
        """Do nothing: reading a folder waits for nobody."""

    def close(self) -> None:
        self._pieces.close()


def _walk(folder: _Entry, fd: int, depth: int, rules: _Rules) -> Generator[_Entry]:
    """Yield a folder and all that is in it, sorted, and close ``fd``. Raises `OSError` when listing fails."""
    try:
        with os.scandir(fd) as found:
            names = sorted(child.name for child in found)
        yield folder
        for name in names:
            entry = _Entry(f"{folder.name}/{name}", fd, folder.state)
            try:
                yield from _walk_child(entry, depth, rules)
            except OSError as error:
                rules.skip(_inside(entry), f"cannot be read: {error.strerror}")
    finally:
        os.close(fd)


def _walk_child(entry: _Entry, depth: int, rules: _Rules) -> Generator[_Entry]:
    """Yield the entries that one name of a folder stands for. Raises `OSError` for a name that cannot be looked at."""
    entry.state = os.stat(entry.base, dir_fd=entry.parent, follow_symlinks=False)
    is_folder = stat.S_ISDIR(entry.state.st_mode)
    if rules.excludes(f"{_inside(entry)}/" if is_folder else _inside(entry)):
        return
    reason = _unfitness(entry, depth)
    if reason:
        rules.skip(_inside(entry), reason)
    elif is_folder:
        # The folder that is opened counts, whatever was there at the look before; a link by now is an error.
        fd = os.open(entry.base, _OPEN_FOLDER, dir_fd=entry.parent)
        entry.state = os.fstat(fd)
        yield from _walk(entry, fd, depth + 1, rules)
    else:
        yield entry


def _unfitness(entry: _Entry, depth: int) -> str:
    """Return the reason to leave out an entry at this depth, or no text, and note where a link leads."""
    kind = stat.S_IFMT(entry.state.st_mode)
    if depth >= MAX_DEPTH:
        return "nested too deeply"
    if kind == stat.S_IFLNK:
        entry.link = os.readlink(entry.base, dir_fd=entry.parent)
        up = climb(entry.link)
        # The top folder gets another name, so a link to it by name would lead nowhere.
        return "" if up is not None and up < depth else "a link that leads outside"
    if kind == stat.S_IFREG and not os.access(entry.base, os.R_OK, dir_fd=entry.parent):
        return "cannot be read: no permission"
    return _UNFIT.get(kind, "")


def _inside(entry: _Entry) -> str:
    return entry.name.partition("/")[2]


def _length(entry: _Entry) -> int:
    return entry.state.st_size if stat.S_ISREG(entry.state.st_mode) else 0


def _header(entry: _Entry) -> bytes:
    mode = entry.state.st_mode
    info = tarfile.TarInfo(entry.name)
    info.mode = mode & 0o777
    # Fractions of a second would take a kibibyte a file.
    info.mtime = entry.state.st_mtime_ns // _NS
    info.size = _length(entry)
    if stat.S_ISDIR(mode):
        info.type = tarfile.DIRTYPE
    elif stat.S_ISLNK(mode):
        info.type = tarfile.SYMTYPE
        info.linkname = entry.link
    return info.tobuf(tarfile.PAX_FORMAT, ENCODING, ERRORS)


def _header_length(entry: _Entry) -> int:
    """Return the length of a header, in bytes.

    Most headers are plain, and are not made for this: making headers is what takes longest in a walk.
    """
    texts = entry.name + entry.link
    mtime = entry.state.st_mtime
    is_plain = texts.isascii() and len(texts) < _PLAIN_TEXTS and _length(entry) < _PLAIN_NUMBER and mtime >= 0
    return tarfile.BLOCKSIZE if is_plain and mtime < _PLAIN_NUMBER else len(_header(entry))


def _content(entry: _Entry, left: int) -> Iterator[bytes]:
    """Yield the content of a file. Raises `SourceChanged` unless it is as it was at the look, and `OSError`."""
    fd = os.open(entry.base, _OPEN_FILE, dir_fd=entry.parent)
    try:
        _check(fd, entry)
        while left:
            data = os.read(fd, min(left, _PIECE))
            if not data:
                raise _changed(_inside(entry))
            left -= len(data)
            if left == 0:
                _check(fd, entry)
            yield data
    finally:
        os.close(fd)


def _check(fd: int, entry: _Entry) -> None:
    now, then = os.fstat(fd), entry.state
    if (*_identity(now), now.st_size, now.st_mtime_ns) != (*_identity(then), then.st_size, then.st_mtime_ns):
        raise _changed(_inside(entry))


def _identity(state: os.stat_result) -> tuple[int, int]:
    return state.st_dev, state.st_ino


def _padding(length: int, unit: int) -> int:
    return -length % unit


def _end(size: int) -> bytes:
    """Return the end of an archive with ``size`` bytes of members: two blocks of zeros, and the rest of a record."""
    blocks = 2 * tarfile.BLOCKSIZE
    return bytes(blocks + _padding(size + blocks, tarfile.RECORDSIZE))


def _changed(path: str) -> SourceChanged:
    return SourceChanged(f"{path} has changed since it was offered")
