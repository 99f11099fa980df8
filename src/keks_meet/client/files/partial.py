# SPDX-License-Identifier: AGPL-3.0-only
"""Partial files and folders: the hidden, temporary names beside the target of a download. Blocks.

This module owns the form of the names, and that one receiver at a time writes under each, in whatever process. A
receiver holds a lock on the file or folder, and takes another name where somebody else holds the lock. A link that was
planted under such a name is never followed. A record beside a partial file says which file it belongs to.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from keks_meet.errors import SinkError, TargetExists
from keks_meet.protocol.relay_messages import Provide

__all__ = [
    "Part",
    "PartRecord",
    "check_folder",
    "check_replaceable",
    "check_target",
    "claim_file",
    "claim_folder",
    "empty_folder",
    "kept_file",
]

_LONGEST_NAME = 255
_ENDING = ".rift-part"
_RECORD_ENDING = ".rift-info"
_FOLDER_ENDING = ".rift-tree"
_RECORD_BYTES = 16_384
_MOST = 100
_FILE = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

# A function that opens a file or folder, or makes it. It returns the file descriptor, and whether it made anything.
_Open = Callable[[Path], tuple[int, bool]]


class PartRecord(Struct, frozen=True, omit_defaults=True):
    """The file that a partial file belongs to, as its sender announced it [F9]."""

    size: int | None
    label: str | None
    id: str

    @classmethod
    def of(cls, offer: Provide) -> "PartRecord":
        """Return the record of an offer."""
        return cls(offer.size, offer.label, offer.id)

    def may_be_continued_by(self, offer: "PartRecord") -> bool:
        """Return whether an offer is of the same file. Ids do not count: a sender that was started again has others."""
        return (self.size, self.label) == (offer.size, offer.label)


class Part(Struct, frozen=True):
    """A partial file or folder that a receiver has locked: nobody else writes to it until ``fd`` is closed."""

    path: Path
    fd: int

    @property
    def has_content(self) -> bool:
        """Whether an earlier receiver left content. Raises `OSError`."""
        return os.fstat(self.fd).st_size > 0

    def read_record(self) -> PartRecord | None:
        """Return the record of the partial file; None when there is none that can be trusted."""
        try:
            fd = os.open(self._record_path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            found = os.fstat(fd)
            if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
                return None
            return msgspec.json.decode(os.read(fd, _RECORD_BYTES), type=PartRecord)
        except (OSError, msgspec.MsgspecError, UnicodeError):
            return None
        finally:
            os.close(fd)

    def write_record(self, record: PartRecord) -> None:
        """Write the record of the partial file, in place of an earlier one. Raises `OSError`."""
        self.remove_record()
        fd = os.open(self._record_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.write(fd, msgspec.json.encode(record))
        finally:
            os.close(fd)

    def remove_record(self) -> None:
        """Remove the record of the partial file, if there is one. Raises `OSError`."""
        self._record_path.unlink(missing_ok=True)

    @property
    def _record_path(self) -> Path:
        stem, _, number = self.path.name.rpartition(_ENDING)
        return self.path.with_name(f"{stem}{_RECORD_ENDING}{number}")


def check_folder(folder: Path) -> None:
    """Check that something can be made in a folder. Raises `SinkError`."""
    if not os.path.isdir(folder):  # noqa: PTH112 - a folder that cannot be seen counts as missing
        msg = f"there is no folder {folder}"
        raise SinkError(msg)
    if not os.access(folder, os.W_OK | os.X_OK):
        msg = f"nothing can be written to the folder {folder}"
        raise SinkError(msg)


def check_target(target: Path, *, overwrite: bool) -> None:
    """Check that a file or folder of this name can be made. Raises `SinkError` and `TargetExists`."""
    name, parent = target.name, target.parent
    if name in {"", ".."} or "\0" in name or not _is_name(name):
        msg = f"{target} cannot be the name of a file or folder"
        raise SinkError(msg)
    check_folder(parent)
    if not overwrite and os.path.lexists(target):
        msg = f"{target} exists already"
        raise TargetExists(msg)


def check_replaceable(target: Path) -> None:
    """Refuse to put something in the place of a device, a pipe or a socket, or of a link to one. Raises `SinkError`."""
    with contextlib.suppress(OSError):
        mode = target.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            msg = f"{target} is a device, a pipe or a socket, which nothing replaces"
            raise SinkError(msg)


def _is_name(name: str) -> bool:
    """Tell whether the system takes a name: one that is too long it does not, or with what its encoding lacks."""
    try:
        return len(os.fsencode(name)) <= _LONGEST_NAME
    except UnicodeEncodeError:
        return False


def claim_file(target: Path) -> Part:
    """Open and lock a partial file that nobody needs: one with content and a record stays. Raises `SinkError`."""
    for part in _parts(_names(target, _ENDING), _open_file):
        if part.read_record() is None or not part.has_content:
            return part
        os.close(part.fd)
    raise _crowded(target)


def kept_file(target: Path, record: PartRecord) -> Part | None:
    """Open and lock the partial file that was kept of the file in ``record``; return None when there is none.

    Of several, take the one that was written last: an older one may be of another file that nobody here has any more.
    Make nothing.
    """
    for path in sorted(filter(os.path.lexists, _names(target, _ENDING)), key=_time_written, reverse=True):
        with contextlib.suppress(OSError, SinkError):
            fd = _open_locked(path, _open_file)
            if fd is None:
                continue
            part = Part(path, fd)
            if _is_of(part, record):
                return part
            os.close(fd)
    return None


def _is_of(part: Part, record: PartRecord) -> bool:
    """Tell whether a partial file has content of the file in ``record``; one that cannot be read has none."""
    with contextlib.suppress(OSError):
        found = part.read_record()
        return found is not None and found.may_be_continued_by(record) and part.has_content
    return False


def _time_written(path: Path) -> int:
    """Return the time of the last write to a file, in ns; 0 for a file that cannot be seen."""
    try:
        return path.lstat().st_mtime_ns
    except OSError:
        return 0


def claim_folder(target: Path) -> Part:
    """Open, lock and empty a partial folder. Raises `SinkError`."""
    part = next(_parts(_names(target, _FOLDER_ENDING), _open_folder), None)
    if part is None:
        raise _crowded(target)
    try:
        empty_folder(part.fd)
    except OSError as error:
        os.close(part.fd)
        raise _unusable(part.path, error.strerror) from error
    return part


def empty_folder(fd: int) -> None:
    """Remove all that is in a folder which is the user's own. Raises `OSError`."""
    with os.scandir(fd) as found:
        entries = list(found)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            os.chmod(entry.name, 0o700, dir_fd=fd)
            inner = os.open(entry.name, _FOLDER, dir_fd=fd)
            try:
                empty_folder(inner)
            finally:
                os.close(inner)
            os.rmdir(entry.name, dir_fd=fd)
        else:
            os.unlink(entry.name, dir_fd=fd)


def _parts(names: Iterable[Path], open_: _Open) -> Iterator[Part]:
    """Open, lock and yield the files or folders of these names, except those that others hold. Raises `SinkError`."""
    for path in names:
        try:
            fd = _open_locked(path, open_)
        except OSError as error:
            raise _unusable(path, error.strerror) from error
        if fd is not None:
            yield Part(path, fd)


def _crowded(target: Path) -> SinkError:
    return SinkError(f"too many receivers write to {target}")


def _open_locked(path: Path, open_: _Open) -> int | None:
    """Return the locked file descriptor of a path; None when somebody else has it. Raises `OSError`, `SinkError`."""
    fd, is_new = open_(path)
    try:
        found = os.fstat(fd)
        _judge(path, found, is_new=is_new)
        is_ours = _lock(fd) and _is_at(path, fd)
        if is_ours and not _is_shared(fd):
            os.fchmod(fd, 0o700 if stat.S_ISDIR(found.st_mode) else 0o600)
            return fd
    except BaseException:
        os.close(fd)
        raise
    if is_ours:
        path.unlink()
    os.close(fd)
    return _open_locked(path, open_) if is_ours else None


def _judge(path: Path, found: os.stat_result, *, is_new: bool) -> None:
    """Refuse a path that may be a trap. Raises `SinkError`."""
    if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
        raise _unusable(path, "it is not a file")
    if not is_new and found.st_uid != os.geteuid():
        raise _unusable(path, "it belongs to somebody else")


def _is_shared(fd: int) -> bool:
    """Return whether a partial file has another name as well.

    Such a file was left by a download that ended right before the hidden name was removed, or is a trap. Either way the
    file must stay as it is, and the hidden name is not needed.
    """
    found = os.fstat(fd)
    return stat.S_ISREG(found.st_mode) and found.st_nlink > 1


def _open_file(path: Path) -> tuple[int, bool]:
    try:
        return os.open(path, _FILE | os.O_CREAT | os.O_EXCL, 0o600), True
    except FileExistsError:
        return os.open(path, _FILE), False


def _open_folder(path: Path) -> tuple[int, bool]:
    try:
        path.mkdir(0o700)
    except FileExistsError:
        return os.open(path, _FOLDER), False
    return os.open(path, _FOLDER), True


def _unusable(path: Path, why: str | None) -> SinkError:
    return SinkError(f"{path}, which is needed for a time, cannot be used: {why}")


def _lock(fd: int) -> bool:
    """Take the lock, which lasts until the file is closed; return False when somebody else has the lock."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS}:
            raise  # a file system without locks is no error: it has to do
    return True


def _is_at(path: Path, fd: int) -> bool:
    """Return whether ``fd`` still has its name: its last receiver may have ended between opening and locking."""
    try:
        return os.path.samestat(path.lstat(), os.fstat(fd))
    except FileNotFoundError:
        return False


def _names(target: Path, ending: str) -> Iterator[Path]:
    """Yield the names that a partial file or folder may have, the usual one first."""
    for number in range(1, _MOST + 1):
        numbered = ending if number == 1 else f"{ending}-{number}"
        yield target.with_name(_fit(target.name, _LONGEST_NAME - 1 - len(numbered), numbered))


def _fit(name: str, most: int, ending: str) -> str:
    """Return a hidden name; cut one of more than ``most`` bytes, and tell it from its like by a hash."""
    stem = name
    if len(os.fsencode(name)) > most:
        tag = hashlib.sha256(os.fsencode(name)).hexdigest()[:8]
        while len(os.fsencode(stem)) > most - len(tag):
            stem = stem[:-1]
        stem += tag
    return f".{stem}{ending}"
