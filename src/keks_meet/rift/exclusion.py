# SPDX-License-Identifier: AGPL-3.0-only
"""What `--exclude` leaves out of folders that are sent: patterns as in a file `.gitignore` at the top of the folder."""

from collections.abc import Callable, Sequence

from pathspec import GitIgnoreSpec

from keks_meet.errors import UsageError
from keks_meet.rift.terminal import printable

__all__ = ["exclusion"]


def exclusion(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Return what tells whether a path inside a folder is left out; that of a folder ends with a slash.

    A later pattern beats an earlier one. Raises `UsageError` for what is no pattern.
    """
    for pattern in patterns:
        try:
            GitIgnoreSpec.from_lines([pattern])
        except ValueError:
            msg = f"--exclude: {printable(pattern)} is no pattern as Git has them"
            raise UsageError(msg) from None
    return GitIgnoreSpec.from_lines(patterns).match_file
