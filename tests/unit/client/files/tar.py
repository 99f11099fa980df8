# SPDX-License-Identifier: AGPL-3.0-only
"""What the tests of archives share: archives of any kind, and folders as they can be compared."""

import os
import stat
import tarfile
from pathlib import Path
from typing import Any

FORMAT = {"format": tarfile.PAX_FORMAT, "encoding": "utf-8", "errors": "surrogateescape"}
END = bytes(2 * tarfile.BLOCKSIZE)


def member(name: str, content: bytes = b"", *, kind: bytes = tarfile.REGTYPE, **fields: Any) -> bytes:
    """Return a member; its mode is 0o644 and its time 0, unless ``fields`` say otherwise."""
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, len(content)
    form = FORMAT | fields.pop("form", {})
    for field, value in fields.items():
        setattr(info, field, value)
    return info.tobuf(**form) + content + bytes(-len(content) % tarfile.BLOCKSIZE)


def folder(name: str, **fields: Any) -> bytes:
    return member(name, kind=tarfile.DIRTYPE, **{"mode": 0o755} | fields)


def symlink(name: str, link: str) -> bytes:
    return member(name, kind=tarfile.SYMTYPE, linkname=link)


def hard_link(name: str, link: str) -> bytes:
    return member(name, kind=tarfile.LNKTYPE, linkname=link)


def contents(top: Path, *, times: bool = True) -> dict[bytes, tuple[Any, ...]]:
    """Return all that is in a folder and how it is: kind, permissions, time in seconds, content."""
    found: dict[bytes, tuple[Any, ...]] = {}
    for inner in top.rglob("*"):
        state = inner.lstat()
        what: object = None
        if stat.S_ISLNK(state.st_mode):
            what = inner.readlink()
        elif stat.S_ISREG(state.st_mode):
            what = inner.read_bytes()
        time = int(state.st_mtime // 1) if times else None
        found[os.fsencode(inner.relative_to(top))] = (state.st_mode, time, what)
    return found
