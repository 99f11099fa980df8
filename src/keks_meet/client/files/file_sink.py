# SPDX-License-Identifier: AGPL-3.0-only
"""A received file, and the names that it can get. Everything here blocks.

This module owns that no file looks whole before it is, that nothing is replaced unasked, and that nothing is written
elsewhere. It chooses no names, except for the next free one.
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
from keks_meet.client.files.partial import (
    Part,
    PartRecord,
    check_replaceable,
    check_target,
    claim_file,
    kept_file,
)
from keks_meet.client.files.sinks import Prefix
from keks_meet.client.files.space import check_space
from keks_meet.errors import SinkError, TargetExists
from keks_meet.protocol.relay_messages import Provide

__all__ = ["FileSink", "free_names"]

_READ: Final = 1_048_576
"""Bytes that are read at once."""
_SYNC_STEP: Final = 32 * 1_048_576
"""Bytes that are flushed to the disk together while more come, so that not all of them are left for the end."""
_umask_lock = threading.Lock()


class FileSink:
    """A received file. Until it is whole, it is a partial file: hidden beside the target, and for the user alone.

    With ``free_name``, the file gets the first name that is free, as in browsers. Where one of these names has a file
    with the very same content, that file is taken for the received one, which gets no copy.
    """

    def __init__(self, target: Path, *, overwrite: bool, offer: Provide | None = None, free_name: bool = False) -> None:
        """Check that the target can be written; make nothing yet. Raises `SinkError` and `TargetExists`.

        ``offer``: the file on offer; without it no partial file is continued, or kept for later.
        """
        self.kept = 0
        """Bytes that `interrupt` has kept for later."""
        self.began_at = 0
        """Bytes that were there before the download, of an earlier one or under one of the file's names."""
        self._has_free_name = free_name and not overwrite
        check_target(target, overwrite=overwrite or self._has_free_name)
        if not self._has_free_name and stat.S_ISDIR(_mode(target)):
            msg = f"{target} is a folder, which a file does not replace"
            raise SinkError(msg)
        if overwrite:
            check_replaceable(target)
        self._target = target
        self._overwrite = overwrite
        self._record = PartRecord.of(offer) if offer is not None else None
        self._part: Part | None = None
        self._prefix_length = 0
        # A file under one of the names that may already be the one on offer.
        self._there: Path | None = None
        self._is_started = False
        self._syncer = ThreadPoolExecutor(1, "keks-meet sync")
        self._syncing: Future[None] | None = None
        self._unsynced = 0

    def prefix(self) -> Prefix | None:
        """Hash the partial file of an interrupted download, or else a whole file that may be the one on offer.

        The partial file comes first: a whole file may be an older one of the same name and size. Raises `SinkError`,
        also when the disk has no room for the file, and `OSError`.
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
        self.began_at = offset
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
        """Append bytes, without a buffer. Raises `OSError`."""
        fd = self._claimed().fd
        write_all(fd, data)
        self._unsynced += len(data)
        if self._unsynced >= _SYNC_STEP and (self._syncing is None or self._syncing.done()):
            self._synced()
            self._unsynced = 0
            self._syncing = self._syncer.submit(os.fsync, fd)

    def finish(self) -> Path:
        """Flush the file to the disk, give it its final name, and return that. Raises `TargetExists` and `OSError`."""
        if not self._is_started:
            # The partial file is then one of an earlier download.
            msg = "the download has not started"
            raise RuntimeError(msg)
        if self._part is not None:
            self._synced()
            os.fsync(self._part.fd)
            os.fchmod(self._part.fd, 0o666 & ~_umask())
            self._rename(self._part)
            part = self._part
            # The file is in its place: whatever fails now, no part is there to go on with.
            self._close()
            with contextlib.suppress(OSError):
                part.remove_record()
            sync_folder(self._target.parent)
        elif self._there is not None:
            self._target = self._there
            with _opened_file(self._target) as fd:
                if fd is not None:
                    os.fsync(fd)
        self._close()
        return self._target

    def interrupt(self) -> bool:
        """Keep a partial file that has content and an offer, else remove it; return True if kept. Raises `OSError`."""
        try:
            if self._part is not None:
                self.kept = os.fstat(self._part.fd).st_size if self._record is not None else 0
                if not self.kept:
                    self.discard()
        finally:
            self._close()
        return bool(self.kept)

    def discard(self) -> None:
        """Remove the partial file. Raises `OSError`."""
        try:
            if self._part is not None:
                self._part.path.unlink(missing_ok=True)
                self._part.remove_record()
        finally:
            self._close()

    def _whole_target(self) -> Prefix | None:
        """Return a file under one of the names as a prefix of its whole length, if it may be the file on offer.

        The first file of the offered size is taken: a sender proves only once what it has. An empty file needs no
        proof, and is no prefix.
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
        """Claim the partial file that a download of the same file left, and return it as a prefix."""
        self._part = part = kept_file(self._target, self._record) if self._record is not None else None
        return _hashed(part.fd) if part is not None else None

    def _leave_part(self) -> None:
        """Leave a partial file that another sender may still finish, and claim a new one. Raises `SinkError`."""
        part, self._part = self._part, claim_file(self._target)
        self._prefix_length = 0
        if part is not None:
            os.close(part.fd)

    def _check_space(self) -> None:
        """Refuse a file that would not fit on the disk, before anything is sent. Raises `SinkError`."""
        size = self._record.size if self._record else None
        if size is not None and self._there is None:
            check_space(self._target, size - self._prefix_length)

    def _claimed(self) -> Part:
        if self._part is None:
            self._part = claim_file(self._target)
        return self._part

    def _synced(self) -> None:
        """Wait for the flush that is under way. Raises its `OSError`: the system tells of a lost page only once."""
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
    """Yield the target, then the names to use when it is taken: ``report (2).txt``, ``report (3).txt`` and so on."""
    stem, ending = target.stem, target.suffix
    if stem.endswith(".tar") and stem != ".tar":
        stem, ending = stem.removesuffix(".tar"), f".tar{ending}"
    yield target
    for number in itertools.count(2):
        yield target.with_name(f"{stem} ({number}){ending}")


@contextlib.contextmanager
def _opened_file(path: Path) -> Iterator[int | None]:
    """Open a file for reading; give None for anything that is no file, or that cannot be read."""
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
    """Return whether the target is a file with the content that was received. Raises `OSError`."""
    with _opened_file(target) as fd:
        if fd is None or os.fstat(fd).st_size != os.fstat(part).st_size:
            return False
        return _hashed(fd).sha256.hexdigest() == _hashed(part).sha256.hexdigest()


def _rename_to_new(path: Path, target: Path) -> bool:
    """Rename a file, unless the target exists; return whether it was renamed. Raises `OSError`."""
    try:
        # Unlike a rename, a link never replaces anything.
        os.link(path, target, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError:
        # On a file system without links, somebody may take the name between the look and the rename.
        if os.path.lexists(target):
            return False
        path.rename(target)
        return True
    path.unlink()
    return True


def _hashed(fd: int) -> Prefix:
    """Hash a whole file, and make the proof that a sender gives who has the same file. Raises `OSError`."""
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
    """Return the type and permissions of what a path names; 0 when nothing is there, or can be seen."""
    try:
        return path.lstat().st_mode
    except OSError:
        return 0


def _umask() -> int:
    """Return the permissions that new files go without. The umask cannot be read without setting it."""
    with _umask_lock:
        # A file that another thread makes meanwhile is for the user alone, rather than for everybody.
        umask = os.umask(0o077)
        os.umask(umask)
    return umask
