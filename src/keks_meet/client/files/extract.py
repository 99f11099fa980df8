# SPDX-License-Identifier: AGPL-3.0-only
"""The extraction of an archive's members below one folder, and nowhere else. Blocks.

This module owns the promise that nothing outside of the folder is touched, whatever the archive holds. The promise
rests on three rules: every name is looked up in a folder that is held open, without following links; nothing is ever
replaced; and no link is made that leads outside. Python's own functions for that have known holes in 3.11 to 3.13.

The module owns as well that names show as they are [T1], and that nothing that Git or Mercurial would run arrives
unasked.
"""

import contextlib
import os
import re
import stat
from collections.abc import Sequence

from msgspec import Struct, structs

from keks_meet.client.blocking import write_all
from keks_meet.client.files.archives import ENCODING, ERRORS, MAX_DEPTH, climb
from keks_meet.client.files.hazards import BARE_HAZARDS, is_bare, is_hazard
from keks_meet.client.files.lost import TAKEN, Lost, has_name, why_impossible
from keks_meet.client.files.partial import empty_folder
from keks_meet.client.files.tar_read import Kind, Member
from keks_meet.errors import ArchiveError
from keks_meet.session.file_name import seen_only

__all__ = ["Tree"]

_LONGEST_NAME = 255
_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
# The most paths that are kept of what was left out; more are only counted.
_TOLD = 5
# The most folders with a HEAD or commondir in them: each is looked at again in the end.
_MAX_HEADS = 10_000
_NOT_TEXT = re.compile("([\udc80-\udcff]+)")
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


class _Folder(Struct):
    """A folder that is held open, with the time that it gets when it is left."""

    name: str
    fd: int
    mtime_ns: int | None


class _File(Struct):
    """The file that is being written."""

    fd: int
    left: int
    mtime_ns: int


class Tree:
    """Writes members below one folder. A tree that has raised an error takes no more members, but must be closed.

    Permissions are those of the members within the umask; set-id bits, and write permission for anybody but the owner,
    are dropped.
    """

    def __init__(self, top: int, *, keep_hooks: bool = False) -> None:
        """Prepare to write below an empty folder; ``top`` is its file descriptor, which stays the caller's to close.

        Without ``keep_hooks``, everything that Git or Mercurial would run is left out.
        """
        self.left_out: list[str] = []
        """The first paths that were left out."""
        self.left_out_count = 0
        self.lost = Lost()
        """What this file system cannot hold."""
        self._newest_left_out = ""
        self._keep_hooks = keep_hooks
        # Bytes that are still to come of a file that is left out.
        self._ignored = 0
        self._heads: set[tuple[str, ...]] = set()
        # The folders above the last member, held open: the next member is near, as archives list folder by folder.
        self._path = [_Folder("", top, None)]
        self._file: _File | None = None
        self._first_top: tuple[str, Kind] | None = None
        self._more_tops = False
        # Whether a link climbs to the top of the archive, and so may lead from one entry there to another.
        self._crosses = False

    @property
    def only_folder(self) -> str | None:
        """The name of the single top folder that holds everything and that no link leaves; None when there is none."""
        if self._first_top is None or self._more_tops or self._crosses:
            return None
        name, kind = self._first_top
        return name if kind is Kind.FOLDER else None

    def add(self, member: Member) -> None:
        """Make a member; the content of a file follows by `write`. Raises `ArchiveError` and `OSError`.

        One that this file system cannot hold is left out. What no honest archive has is refused: a name that is there
        twice, or a file that is a folder, too.
        """
        written, member = member.name, _harmless(member)
        names = _names(member)
        if self._is_hazard(names, member):
            self._ignored = member.size
            self._leave_out("/".join(names))
        elif self._is_lost(names, member):
            self._ignored = member.size
        elif names:
            try:
                self._make(names, member)
            except (OSError, UnicodeEncodeError) as error:
                self._lose(names, member, error, is_written_so=written == member.name)
                return
            self._note_top(names[0], member.kind if len(names) == 1 else Kind.FOLDER)
            self._note_head(names, member)
        elif member.kind is not Kind.FOLDER:
            raise _refused(member, "has no name")

    def write(self, data: memoryview) -> None:
        """Append to the file that was added last. Raises `OSError`."""
        if self._ignored:
            self._ignored -= len(data)
            return
        file = self._file
        if file is None:
            msg = "there is no file to write to"
            raise RuntimeError(msg)
        write_all(file.fd, data)
        file.left -= len(data)
        if file.left == 0:
            self._end_file(file)

    def finish(self) -> None:
        """Disarm repositories without a working copy, and set the times of the last folders.

        Raises `ArchiveError` when the content of a file is missing, and `OSError`.
        """
        if self._file is not None or self._ignored:
            msg = "the archive ends within a file"
            raise ArchiveError(msg)
        for head in sorted(self._heads):
            self._disarm(head)
        self._leave(1)

    def close(self) -> None:
        """Close the files and folders that are open. May be called again."""
        if self._file is not None:
            os.close(self._file.fd)
            self._file = None
        while len(self._path) > 1:
            os.close(self._path.pop().fd)

    def _is_hazard(self, names: Sequence[str], member: Member) -> bool:
        if self._keep_hooks or not names:
            return False
        source = _names(member, member.link) if member.kind is Kind.HARD_LINK else ()
        return is_hazard(names, is_folder=member.kind is Kind.FOLDER) or is_hazard(source, is_folder=False)

    def _is_lost(self, names: Sequence[str], member: Member) -> bool:
        """Tell whether a member belongs to what is left out, and leave out the second name of a file that is."""
        if member.kind is Kind.HARD_LINK and self.lost.has(_names(member, member.link)) and not self.lost.has(names):
            self.lost.note(names, "so is the file that it is a second name of")
        return self.lost.has(names)

    def _lose(
        self, names: Sequence[str], member: Member, error: OSError | UnicodeEncodeError, *, is_written_so: bool
    ) -> None:
        """Leave out what cannot be made in this file system. Raises `ArchiveError` and the error itself."""
        # What could not be made is in the folder that was entered last.
        lost, folder = names[: len(self._path)], self._path[-1].fd
        why = why_impossible(error, member.kind)
        if isinstance(error, OSError) and error.errno in TAKEN:
            if is_written_so and has_name(folder, lost[-1]):
                raise _refused(member, "is there twice, or below what is no folder") from error
            why = "another one has this name here"
        if why is None:
            raise error
        self._ignored = member.size
        self.lost.note(lost, why)

    def _leave_out(self, path: str) -> None:
        """Note a path as left out, unless it is in a folder that was noted just before."""
        if self._newest_left_out and path.startswith(f"{self._newest_left_out}/"):
            return
        self._newest_left_out = path
        self.left_out_count += 1
        if len(self.left_out) < _TOLD:
            self.left_out.append(path)

    def _note_head(self, names: Sequence[str], member: Member) -> None:
        """Note a folder that may turn out to be a repository without a working copy. Raises `ArchiveError`."""
        if self._keep_hooks or names[-1].casefold() not in {"head", "commondir"}:
            return
        if len(self._heads) == _MAX_HEADS:
            raise _refused(member, "is one repository too many")
        self._heads.add(tuple(names[:-1]))

    def _disarm(self, names: Sequence[str]) -> None:
        """Remove what Git would run from a folder that is a repository without a working copy. Raises `OSError`."""
        fd = self._enter(names)
        with os.scandir(fd) as found:
            entries = [entry.name for entry in found]
        if not is_bare(entries):
            return
        for entry in entries:
            if entry.casefold() in BARE_HAZARDS:
                _remove(entry, fd)
                self._leave_out("/".join([*names, entry]))

    def _note_top(self, name: str, kind: Kind) -> None:
        if self._first_top is None:
            self._first_top = (name, kind)
        self._more_tops |= self._first_top[0] != name

    def _make(self, names: Sequence[str], member: Member) -> None:
        parent, name = self._enter(names[:-1]), names[-1]
        match member.kind:
            case Kind.FOLDER:
                self._make_folder(name, member)
            case Kind.FILE:
                fd = os.open(name, _NEW_FILE, member.mode & 0o755 | 0o600, dir_fd=parent)
                self._file = _File(fd, member.size, member.mtime_ns)
                if member.size == 0:
                    self._end_file(self._file)
            case Kind.SYMLINK:
                self._judge_link(names, member)
                os.symlink(member.link, name, dir_fd=parent)
                times = (member.mtime_ns, member.mtime_ns)
                os.utime(name, ns=times, dir_fd=parent, follow_symlinks=False)
            case Kind.HARD_LINK:
                self._make_hard_link(name, member, parent)

    def _make_folder(self, name: str, member: Member) -> None:
        parent = self._path[-1].fd
        # Opening tells a folder that exists from something else of that name.
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, member.mode & 0o755 | 0o700, dir_fd=parent)
        self._open_folder(name, member.mtime_ns)

    def _make_hard_link(self, name: str, member: Member, parent: int) -> None:
        """Give a second name to a file of the same archive. Raises `ArchiveError` and `OSError`."""
        *folders, source = _names(member, member.link) or [""]
        fds = [self._path[0].fd]
        try:
            for folder in folders:
                fds.append(os.open(folder, _OPEN_FOLDER, dir_fd=fds[-1]))
            if not stat.S_ISREG(os.stat(source, dir_fd=fds[-1], follow_symlinks=False).st_mode):
                raise _refused(member, "is a second name of what is no file")
            os.link(source, name, src_dir_fd=fds[-1], dst_dir_fd=parent, follow_symlinks=False)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise _refused(member, "is a second name of what is not there") from error
        finally:
            for fd in fds[1:]:
                os.close(fd)

    def _judge_link(self, names: Sequence[str], member: Member) -> None:
        """Refuse a link that leads, or may lead, outside. Raises `ArchiveError`."""
        depth, up = len(names) - 1, climb(member.link)
        if up is None or up > depth:
            raise _refused(member, "is a link that leads outside")
        self._crosses |= up == depth > 0

    def _enter(self, names: Sequence[str]) -> int:
        """Go to a folder, making all folders on the way that are missing, and return its file descriptor."""
        same = 0
        while same < min(len(names), len(self._path) - 1) and self._path[same + 1].name == names[same]:
            same += 1
        self._leave(same + 1)
        for name in names[same:]:
            try:
                self._open_folder(name, None)
            except FileNotFoundError:
                os.mkdir(name, 0o755, dir_fd=self._path[-1].fd)
                self._open_folder(name, None)
        return self._path[-1].fd

    def _open_folder(self, name: str, mtime_ns: int | None) -> None:
        """Go to a folder within the one that was opened last. Without ``mtime_ns`` the folder keeps its time."""
        # A link instead of a folder raises NotADirectoryError, wherever the link leads.
        fd = os.open(name, _OPEN_FOLDER, dir_fd=self._path[-1].fd)
        self._path.append(_Folder(name, fd, os.fstat(fd).st_mtime_ns if mtime_ns is None else mtime_ns))

    def _leave(self, depth: int) -> None:
        """Go up until ``depth`` folders are open, the top among them; set the times of the folders that are left."""
        while len(self._path) > depth:
            folder = self._path.pop()
            try:
                if folder.mtime_ns is not None:
                    os.utime(folder.fd, ns=(folder.mtime_ns, folder.mtime_ns))
            finally:
                os.close(folder.fd)

    def _end_file(self, file: _File) -> None:
        self._file = None
        try:
            os.utime(file.fd, ns=(file.mtime_ns, file.mtime_ns))
        finally:
            os.close(file.fd)


def _remove(name: str, parent: int) -> None:
    if stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
        fd = os.open(name, _OPEN_FOLDER, dir_fd=parent)
        try:
            empty_folder(fd)
        finally:
            os.close(fd)
        os.rmdir(name, dir_fd=parent)
    else:
        os.unlink(name, dir_fd=parent)


def _harmless(member: Member) -> Member:
    """Return a member without the characters of its path and link that cannot be seen."""
    name, link = _seen_path(member.name), _seen_path(member.link)
    return member if (name, link) == (member.name, member.link) else structs.replace(member, name=name, link=link)


def _seen_path(path: str) -> str:
    if "\0" in path or (path.isascii() and path.isprintable()):
        return path
    return "/".join(_seen_name(name) if name else "" for name in path.split("/"))


def _seen_name(name: str) -> str:
    """Return a name without characters that cannot be seen. Bytes that are no text are no characters, and stay."""
    parts = _NOT_TEXT.split(name)
    return "".join(part if _NOT_TEXT.match(part) else seen_only(part) for part in parts) or "file"


def _names(member: Member, path: str | None = None) -> list[str]:
    """Return the names in ``path``, or else in the member's path.

    Raises `ArchiveError` when the path leads outside, is nested too deeply or has too long a name.
    """
    path = member.name if path is None else path
    names = [name for name in path.split("/") if name not in {"", "."}]
    if path.startswith("/") or ".." in names or "\0" in path:
        raise _refused(member, "leads outside")
    if len(names) > MAX_DEPTH:
        raise _refused(member, "is nested too deeply")
    if any(len(name.encode(ENCODING, ERRORS)) > _LONGEST_NAME for name in names):
        raise _refused(member, "has too long a name")
    return names


def _refused(member: Member, why: str) -> ArchiveError:
    return ArchiveError(f"the archive is refused: {member.name[:200]!a} {why}")
