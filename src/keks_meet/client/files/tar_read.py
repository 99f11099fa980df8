# SPDX-License-Identifier: AGPL-3.0-only
"""A tar stream, cut into members and their content. Pure: bytes in, members and content out.

This module owns the framing of an archive, as the archive comes and in bounded memory. The standard library reads the
headers. Its reader of whole archives is not used: that reader wants to pull, remembers all members, and lets a hostile
header take any amount of memory. `keks_meet.client.files.extract` judges what a member may do.
"""

import tarfile
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum, auto

from msgspec import Struct

from keks_meet.client.files.archives import ENCODING, ERRORS, MAX_MEMBERS
from keks_meet.errors import ArchiveError

__all__ = ["Kind", "Member", "Unpacker"]

# The most bytes of an extended header, which holds long names and attributes.
_MAX_EXTENSION = 1024 * 1024
# The latest time, in seconds: far beyond what any file system keeps, and within what the system calls take.
_LATEST = 2**40
_LONGEST_NUMBER = 40
_NS = 1_000_000_000
_EXTENSIONS = frozenset({tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK})
# The keys of an extended header that are heeded.
_HEEDED = frozenset({"path", "linkpath", "size", "mtime"})


class Kind(Enum):
    """The kind of a member."""

    FILE = auto()
    FOLDER = auto()
    SYMLINK = auto()
    HARD_LINK = auto()


_KINDS = {
    tarfile.REGTYPE: Kind.FILE,
    tarfile.AREGTYPE: Kind.FILE,
    tarfile.CONTTYPE: Kind.FILE,
    tarfile.DIRTYPE: Kind.FOLDER,
    tarfile.SYMTYPE: Kind.SYMLINK,
    tarfile.LNKTYPE: Kind.HARD_LINK,
}


class Member(Struct, frozen=True):
    """A member of an archive, as hostile as it came. The content of a file follows in pieces."""

    kind: Kind
    name: str
    link: str
    # The length of the content in bytes; 0 for anything but a file.
    size: int
    mode: int
    mtime_ns: int


class Unpacker:
    """Reads an archive in pieces of any length. After an `ArchiveError`, an unpacker must not be used any more."""

    def __init__(self) -> None:
        """Start before the first member."""
        self._block = bytearray()
        self._wanted = tarfile.BLOCKSIZE
        # The kind and the length of the extended header that is being read; None in a plain header.
        self._extension: tuple[bytes, int] | None = None
        self._extended: dict[str, str] = {}
        self._content = 0
        self._ignored = 0
        self._members = 0
        self._ended = False

    @property
    def is_whole(self) -> bool:
        """True once the mark at the end has come; all that follows it is ignored."""
        return self._ended

    def feed(self, data: bytes | memoryview) -> Iterator[Member | memoryview]:
        """Yield the members and the pieces of content that the next bytes hold. Raises `ArchiveError`.

        Each piece of content is a part of ``data``, is not empty, and belongs to the member before it.
        """
        rest = memoryview(data)
        while rest and not self._ended:
            if self._content:
                piece, rest = rest[: self._content], rest[self._content :]
                self._content -= len(piece)
                yield piece
            elif self._ignored:
                skipped = min(self._ignored, len(rest))
                self._ignored -= skipped
                rest = rest[skipped:]
            else:
                missing = self._wanted - len(self._block)
                self._block += rest[:missing]
                rest = rest[missing:]
                if len(self._block) == self._wanted:
                    yield from self._block_complete()

    def _block_complete(self) -> Iterator[Member]:
        block = bytes(self._block)
        self._block.clear()
        self._wanted = tarfile.BLOCKSIZE
        if self._extension is None:
            yield from self._header(block)
        else:
            kind, length = self._extension
            self._extension = None
            self._extend(kind, block[:length])

    def _header(self, block: bytes) -> Iterator[Member]:
        """Take in a header: a member, the beginning of an extended header, or the end. Raises `ArchiveError`."""
        try:
            info = tarfile.TarInfo.frombuf(block, ENCODING, ERRORS)
        except tarfile.HeaderError as error:
            self._ended = not any(block)
            if self._ended:
                return
            msg = f"not a tar archive: {error}"
            raise ArchiveError(msg) from error
        if info.size < 0:
            msg = "a member with less than no content"
            raise ArchiveError(msg)
        if info.type in _EXTENSIONS:
            self._begin_extension(info)
        elif info.type == tarfile.XGLTYPE:
            # A header for all members holds a comment, or nothing that matters here.
            self._ignored = _padded(info.size)
        else:
            yield self._member(info)

    def _begin_extension(self, info: tarfile.TarInfo) -> None:
        if not 0 < info.size <= _MAX_EXTENSION:
            msg = "an extended header of a strange length"
            raise ArchiveError(msg)
        self._extension = (info.type, info.size)
        self._wanted = _padded(info.size)

    def _extend(self, kind: bytes, content: bytes) -> None:
        """Keep what an extended header says of the next member. Raises `ArchiveError`."""
        if kind == tarfile.GNUTYPE_LONGNAME:
            self._extended["path"] = _text(content.partition(b"\0")[0])
        elif kind == tarfile.GNUTYPE_LONGLINK:
            self._extended["linkpath"] = _text(content.partition(b"\0")[0])
        else:
            self._extended |= _pax_records(content)

    def _member(self, info: tarfile.TarInfo) -> Member:
        extended, self._extended = self._extended, {}
        kind = _KINDS.get(info.type)
        if kind is None:
            msg = f"{info.name!a} is neither a file nor a folder nor a link"
            raise ArchiveError(msg)
        self._members += 1
        if self._members > MAX_MEMBERS:
            msg = f"more than {MAX_MEMBERS} members"
            raise ArchiveError(msg)
        size = _size(info, extended) if kind is Kind.FILE else 0
        self._content, self._ignored = size, _padded(size) - size
        name, link = extended.get("path", info.name), extended.get("linkpath", info.linkname)
        return Member(kind, name, link, size, info.mode, _mtime_ns(info, extended))


def _pax_records(content: bytes) -> dict[str, str]:
    """Return the heeded records of an extended header. Raises `ArchiveError`.

    A record is its length, a space, key=value, and a new line.
    """
    records = {}
    at = 0
    while at < len(content):
        digits, space, _ = content[at : at + 10].partition(b" ")
        # int() alone would take signs and underscores, too.
        end = at + int(digits) if digits.isdigit() else at
        key, equals, value = content[at + len(digits) + 1 : end - 1].partition(b"=")
        if not (space and equals and content[end - 1 : end] == b"\n"):
            msg = "a malformed extended header"
            raise ArchiveError(msg)
        if key.startswith(b"GNU.sparse."):
            msg = "a file with holes, packed in a way of its own"
            raise ArchiveError(msg)
        if key.decode(errors="replace") in _HEEDED:
            records[key.decode()] = _text(value)
        at = end
    return records


def _size(info: tarfile.TarInfo, extended: Mapping[str, str]) -> int:
    text = extended.get("size")
    if text is None:
        return info.size
    if not (text.isascii() and text.isdigit() and len(text) < _LONGEST_NUMBER):
        msg = "a malformed size"
        raise ArchiveError(msg)
    return int(text)


def _mtime_ns(info: tarfile.TarInfo, extended: Mapping[str, str]) -> int:
    text = extended.get("mtime", "")
    try:
        mtime = Decimal(text[:_LONGEST_NUMBER] or info.mtime)
        if -_LATEST < mtime < _LATEST:
            return int(mtime * _NS)
    except ArithmeticError:
        pass  # the text is no number
    msg = "a time that cannot be"
    raise ArchiveError(msg)


def _padded(size: int) -> int:
    return size + -size % tarfile.BLOCKSIZE


def _text(data: bytes) -> str:
    return data.decode(ENCODING, ERRORS)
