# SPDX-License-Identifier: AGPL-3.0-only
"""A received file, and the names that it can get. Everything here blocks.

Owns that nothing looks whole which is not, that nothing is replaced unasked, and that nothing is written elsewhere.
Does not choose names, but for the next free one.
"""

import contextlib
import hashlib
import hmac
import itertools
import os
import secrets
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

from keks_meet.client.blocking import write_all
from keks_meet.client.files.durability import sync_folder
from keks_meet.client.files.partial import Part, PartRecord, check_target, claim_file, kept_file
from keks_meet.client.files.sinks import Prefix
from keks_meet.errors import SinkError, TargetExists
from keks_meet.protocol.relay_messages import Provide

__all__ = ["FileSink", "free_names"]

_READ: Final = 1_048_576
"""Read at once, in bytes."""
_SYNC_STEP: Final = 32 * 1_048_576
"""So many bytes are put on the disk together while more come: then the last ones do not wait for all of them."""
_umask_lock = threading.Lock()


class FileSink:
    """A file, under a hidden name beside the target and for the user alone until it is whole.

    With ``free_name``, a file is put under the first name that is free, as browsers do. Where one of these names has
    the very same content, that is the file, and it gets no copy.
    """

    def __init__(self, target: Path, *, overwrite: bool, offer: Provide | None = None, free_name: bool = False) -> None:
        """See whether the target can be written; nothing is made yet. Raises `SinkError` and `TargetExists`.

        ``offer``: what is received; without it nothing is continued, nor kept for later.
        """
        self.kept = 0
        """Bytes that `interrupt` has kept for later."""
        self._has_free_name = free_name and not overwrite
        check_target(target, overwrite=overwrite or self._has_free_name)
        if not self._has_free_name and stat.S_ISDIR(_mode(target)):
            msg = f"{target} is a folder, which a file does not replace"
            raise SinkError(msg)
        self._target = target
        self._overwrite = overwrite
        self._record = PartRecord.of(offer) if offer is not None else None
        self._part: Part | None = None
        self._prefix_length = 0
        # A file that may be the one on offer already.
        self._there: Path | None = None
        self._is_started = False
        self._syncer = ThreadPoolExecutor(1, "keks-meet sync")
        self._syncing: Future[None] | None = None
        self._unsynced = 0

    def prefix(self) -> Prefix | None:
        """Hash what an interrupted download left, or what is there already. Raises `SinkError` and `OSError`.

        What was left comes first: a file that is there may be an older one of the same name and size.
        """
        found = self._kept_part() or self._whole_target()
        if self._record is not None and self._part is None and self._there is None:
            self._part = claim_file(self._target)
        self._prefix_length = found.length if found else 0
        self._check_space()
        return found

    def start(self, offset: int, /) -> None:
        """Begin at 0, or at the end of the prefix. Raises `SinkError` and `OSError`."""
        if offset not in {0, self._prefix_length}:
            msg = "a download begins at 0, or at the end of the prefix"
            raise ValueError(msg)
        self._is_started = True
        if self._there is not None and offset == self._prefix_length:
            return
        self._there = None
        if self._prefix_length and not offset:
            self._leave_part()
        part = self._claimed()
        os.ftruncate(part.fd, offset)
        os.lseek(part.fd, offset, os.SEEK_SET)
        if self._record is not None:
            part.write_record(self._record)

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
        if not self._is_started:
            # What is there then is an older part.
            msg = "the download has not started"
            raise RuntimeError(msg)
        if self._part is not None:
            self._synced()
            os.fsync(self._part.fd)
            os.fchmod(self._part.fd, 0o666 & ~_umask())
            self._rename(self._part)
            self._part.remove_record()
            sync_folder(self._target.parent)
        elif self._there is not None:
            self._target = self._there
            with _opened_file(self._target) as fd:
                if fd is not None:
                    os.fsync(fd)
        self._close()
        return self._target

    def interrupt(self) -> bool:
        """Keep what is there, unless it is nothing, or nobody would go on with it. Raises `OSError`."""
        try:
            if self._part is not None:
                self.kept = os.fstat(self._part.fd).st_size if self._record is not None else 0
                if not self.kept:
                    self.discard()
        finally:
            self._close()
        return bool(self.kept)

    def discard(self) -> None:
        """Remove what is there. Raises `OSError`."""
        try:
            if self._part is not None:
                self._part.path.unlink(missing_ok=True)
                self._part.remove_record()
        finally:
            self._close()

    def _whole_target(self) -> Prefix | None:
        """Return what has one of the names as a prefix of its whole length, if it may be the file on offer.

        That is the first one of its size: a sender proves only once what it has.
        """
        if not self._has_free_name or self._record is None or self._record.size is None:
            return None
        for target in itertools.takewhile(os.path.lexists, free_names(self._target)):
            with _opened_file(target) as fd:
                if fd is not None and os.fstat(fd).st_size == self._record.size:
                    self._there = target
                    return _hashed(fd) if self._record.size else None
        return None

    def _kept_part(self) -> Prefix | None:
        """Return what a download of the same file left."""
        self._part = part = kept_file(self._target, self._record) if self._record is not None else None
        return _hashed(part.fd) if part is not None else None

    def _leave_part(self) -> None:
        """Let a part be that somebody else may still finish, and take another one."""
        part, self._part = self._part, claim_file(self._target)
        self._prefix_length = 0
        if part is not None:
            os.close(part.fd)

    def _check_space(self) -> None:
        """Say before anything is sent that it would not fit. Raises `SinkError`."""
        size = self._record.size if self._record else None
        if size is None or self._there is not None:
            return
        found = os.statvfs(self._target.parent)
        free = found.f_bavail * found.f_frsize
        if size - self._prefix_length > free:
            msg = f"{self._target} would take {size - self._prefix_length} bytes, and {free} are free"
            raise SinkError(msg)

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

    def _rename(self, part: Part) -> None:
        if self._overwrite:
            part.path.replace(self._target)
            return
        for target in free_names(self._target) if self._has_free_name else (self._target,):
            is_there = self._has_free_name and _has_same_content(part.fd, target)
            if is_there:
                part.path.unlink()
            if is_there or _rename_to_new(part.path, target):
                self._target = target
                return
        msg = f"{self._target} exists already"
        raise TargetExists(msg)


def free_names(target: Path) -> Iterator[Path]:
    """Return the name, and those to take when it is taken: ``report (2).txt``, ``report (3).txt`` and so on."""
    stem, ending = target.stem, target.suffix
    if stem.endswith(".tar") and stem != ".tar":
        stem, ending = stem.removesuffix(".tar"), f".tar{ending}"
    yield target
    for number in itertools.count(2):
        yield target.with_name(f"{stem} ({number}){ending}")


@contextlib.contextmanager
def _opened_file(path: Path) -> Iterator[int | None]:
    """Open a file for reading; what is none, or cannot be read, gives None."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        yield None
        return
    try:
        yield fd if stat.S_ISREG(os.fstat(fd).st_mode) else None
    finally:
        os.close(fd)


def _has_same_content(part: int, target: Path) -> bool:
    """Tell whether a file is there with what was received. Raises `OSError`."""
    with _opened_file(target) as fd:
        if fd is None or os.fstat(fd).st_size != os.fstat(part).st_size:
            return False
        return _hashed(fd).sha256.hexdigest() == _hashed(part).sha256.hexdigest()


def _rename_to_new(path: Path, target: Path) -> bool:
    """Rename, unless something has the name; return whether it was renamed. Raises `OSError`."""
    try:
        # Unlike a rename, this never replaces anything.
        os.link(path, target, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError:
        # A file system without links: then there is a moment between looking and renaming.
        if os.path.lexists(target):
            return False
        path.rename(target)
        return True
    path.unlink()
    return True


def _hashed(fd: int) -> Prefix:
    """Hash a file from its beginning to its end, and make what proves that somebody has it, too."""
    os.lseek(fd, 0, os.SEEK_SET)
    sha256 = hashlib.sha256()
    salt = secrets.token_bytes(32)
    proof = hmac.new(salt, digestmod=hashlib.sha256)
    length = 0
    while data := os.read(fd, _READ):
        sha256.update(data)
        proof.update(data)
        length += len(data)
    return Prefix(length, sha256, salt.hex(), proof.hexdigest())


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
