# SPDX-License-Identifier: AGPL-3.0-only
"""A received folder: its archive is extracted as it comes, into a hidden folder beside the target. Blocks."""

import contextlib
import errno
import itertools
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from keks_meet.client.files.durability import sync_file_system, sync_folder
from keks_meet.client.files.extract import Tree
from keks_meet.client.files.file_sink import free_names
from keks_meet.client.files.lost import Lost
from keks_meet.client.files.partial import Part, check_replaceable, check_target, claim_folder, empty_folder
from keks_meet.client.files.space import check_space
from keks_meet.client.files.tar_read import Member, Unpacker
from keks_meet.errors import ArchiveError, TargetExists

__all__ = ["DirectorySink"]

# The name of the new folder within the hidden folder, which nobody else may enter.
_NEW = "new"
_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_TAKEN = frozenset({errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR})


class DirectorySink:
    """A folder with the content of the archive's single top folder, or else with all that the archive holds.

    With ``overwrite``, the folder takes the place of the old target. The old target is neither merged nor removed, but
    gets ``.old`` behind its name: a peer that chooses a name must not choose what is lost. With ``free_name``, the
    folder gets the first free name where the target is taken. An interrupted download starts anew. Files are not
    flushed to the disk one by one, which would take longer than everything else: the whole file system is flushed
    once, before the folder gets its name.
    """

    def __init__(
        self,
        target: Path,
        *,
        overwrite: bool,
        free_name: bool = False,
        keep_hooks: bool = False,
        size: int | None = None,
    ) -> None:
        """Check that the target can be written; make nothing yet. Raises `SinkError` and `TargetExists`.

        ``size`` is the length of the archive, as its sender announced it, if it did.

        Hooks and settings that Git or Mercurial would run are extracted only with ``keep_hooks``.
        """
        self.left_out: list[str] = []
        """The first paths of hooks and settings that were left out; known at the end."""
        self.left_out_count = 0
        self.lost = Lost()
        """What the file system here could not hold, and was left out; known at the end."""
        self._size = size
        self._keep_hooks = keep_hooks
        self._has_free_name = free_name and not overwrite
        check_target(target, overwrite=overwrite or self._has_free_name)
        if overwrite:
            check_replaceable(target)
        self._target = target
        self._overwrite = overwrite
        self._part: Part | None = None
        self._unpacker = Unpacker()
        self._new = -1
        self._tree: Tree | None = None

    def prefix(self) -> None:
        """Return None: nobody knows how far an earlier archive was extracted.

        Raises `SinkError` when the disk has no room for the folder, and `OSError`.
        """
        check_space(self._target, self._size)

    def start(self, offset: int, /) -> None:
        """Begin with an empty folder; ``offset`` must be 0. Raises `SinkError` and `OSError`."""
        if offset:
            msg = "a folder begins at its beginning"
            raise ValueError(msg)
        self._part = claim_folder(self._target)
        os.mkdir(_NEW, dir_fd=self._part.fd)
        self._new = os.open(_NEW, _OPEN_FOLDER, dir_fd=self._part.fd)
        self._tree = Tree(self._new, keep_hooks=self._keep_hooks)

    def write(self, data: bytes | memoryview, /) -> None:
        """Extract the next bytes of the archive. Raises `ArchiveError` and `OSError`."""
        tree = self._started()
        for item in self._unpacker.feed(data):
            if isinstance(item, Member):
                tree.add(item)
            else:
                tree.write(item)

    def finish(self) -> Path:
        """Give the folder its final name, and return its path.

        Raises `ArchiveError`, also for a missing end, `TargetExists`, `OSError`.
        """
        if self._part is not None:
            tree = self._started()
            if not self._unpacker.is_whole:
                msg = "the archive has no end"
                raise ArchiveError(msg)
            tree.finish()
            self.left_out, self.left_out_count = tree.left_out, tree.left_out_count
            self.lost = tree.lost
            # One flush serves all files: a folder that is reported as stored outlives a loss of power.
            sync_file_system(self._part.fd)
            only = tree.only_folder
            self._rename(self._part.fd, f"{_NEW}/{only}" if only else _NEW)
            # The folder is in its place, even if the hidden folder cannot be removed.
            with contextlib.suppress(OSError):
                self.discard()
            sync_folder(self._target.parent)
        return self._target

    def interrupt(self) -> bool:
        """Remove the hidden folder, as `discard` does, and return False: nothing is kept. Raises `OSError`."""
        self.discard()
        return False

    def discard(self) -> None:
        """Remove the hidden folder, with all that is in it. Raises `OSError`."""
        if self._tree is not None:
            self._tree.close()
            self._tree = None
        if self._new >= 0:
            os.close(self._new)
            self._new = -1
        part, self._part = self._part, None
        if part is not None:
            try:
                empty_folder(part.fd)
                part.path.rmdir()
            finally:
                os.close(part.fd)

    def _started(self) -> Tree:
        if self._tree is None:
            msg = "the download has not started"
            raise RuntimeError(msg)
        return self._tree

    def _rename(self, part: int, name: str) -> None:
        if self._overwrite:
            self._replace(part, name)
            return
        for target in free_names(self._target) if self._has_free_name else (self._target,):
            if _move_to_new(target, partial(os.rename, name, target, src_dir_fd=part)):
                self._target = target
                return
        msg = f"{self._target} exists already"
        raise TargetExists(msg)

    def _replace(self, part: int, name: str) -> None:
        """Put the old target aside, and rename the new folder; put the old one back on an error. Raises `OSError`."""
        old = _put_aside(self._target)
        try:
            os.rename(name, self._target, src_dir_fd=part)
        except OSError:
            if old is not None:
                old.rename(self._target)
            raise


def _move_to_new(target: Path, move: Callable[[], None]) -> bool:
    """Move a folder to a target, unless that exists; return whether it was moved. Raises `OSError`."""
    try:
        # A folder that is renamed replaces only an empty folder, so nothing of somebody else's is lost.
        target.mkdir()
    except FileExistsError:
        return False
    try:
        move()
    except OSError as error:
        with contextlib.suppress(OSError):
            target.rmdir()
        if error.errno not in _TAKEN:
            raise
        if os.path.lexists(target):
            return False
        # Some file systems rename a folder to a new name alone, and not even over an empty folder.
        move()
    return True


def _put_aside(path: Path) -> Path | None:
    """Give the file or folder at a path another name, and return its new path. Raises `OSError`.

    Return None when nothing is there, or an empty folder, which a rename replaces.
    """
    is_folder = path.is_dir() and not path.is_symlink()
    if not os.path.lexists(path) or (is_folder and not any(path.iterdir())):
        return None
    for number in itertools.count(1):
        old = path.with_name(f"{path.name}.old{number if number > 1 else ''}")
        if is_folder:
            if _move_to_new(old, partial(os.rename, path, old)):
                return old
            continue
        # Linking replaces nothing.
        with contextlib.suppress(FileExistsError):
            os.link(path, old, follow_symlinks=False)
            path.unlink()
            return old
    raise AssertionError("there is no end of numbers")
