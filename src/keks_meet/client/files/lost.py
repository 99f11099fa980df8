# SPDX-License-Identifier: AGPL-3.0-only
"""What of an archive this file system cannot hold, though it may be honest: it is left out, and the rest arrives.

For some file systems `Readme` and `README` are one name, some take no colons and some no links. Blocks.
"""

import errno
import os
from collections.abc import Sequence
from typing import Final

from keks_meet.client.files.tar_read import Kind
from keks_meet.errors import ArchiveError

__all__ = ["TAKEN", "Lost", "has_name", "why_impossible"]

TAKEN: Final = frozenset({errno.EEXIST, errno.ENOTDIR, errno.ELOOP})
"""Errors for something in the way: another thing of the same name, or a file or link where a folder must be."""
_IMPOSSIBLE: Final = frozenset({errno.EILSEQ, errno.ENAMETOOLONG, errno.EINVAL})
_NO_LINKS: Final = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
_TOLD: Final = 5
"""The most paths that are kept; more are only counted."""
_MOST: Final = 1000
"""The most paths: for each a folder may have to be looked through."""


class Lost:
    """The paths that are left out, with all below them."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        """The first of them, each with the reason."""
        self._paths: set[tuple[str, ...]] = set()

    def __len__(self) -> int:
        """Return how many there are; what is below one is none of its own."""
        return len(self._paths)

    def note(self, names: Sequence[str], why: str) -> None:
        """Take note of one. Raises `ArchiveError` when that is one too many."""
        if len(self._paths) == _MOST:
            msg = f"the archive is refused: this file system cannot hold more than {_MOST} of its names"
            raise ArchiveError(msg)
        self._paths.add(tuple(names))
        if len(self.told) < _TOLD:
            self.told.append(("/".join(names), why))

    def has(self, names: Sequence[str]) -> bool:
        """Tell whether a path is left out, or in a folder that is."""
        return bool(self._paths) and any(tuple(names[:depth]) in self._paths for depth in range(1, len(names) + 1))


def has_name(folder: int, name: str) -> bool:
    """Tell whether something in a folder has this very name, and not only one that counts as the same."""
    return name in os.listdir(folder)


def why_impossible(error: OSError | UnicodeEncodeError, kind: Kind) -> str | None:
    """Return why a member can never be made in this file system; None for an error of any other sort."""
    if isinstance(error, UnicodeEncodeError) or error.errno in _IMPOSSIBLE:
        return "such a name is not possible here"
    is_link = kind in {Kind.SYMLINK, Kind.HARD_LINK}
    return "there are no links here" if is_link and error.errno in _NO_LINKS else None
