# SPDX-License-Identifier: AGPL-3.0-only
"""What `--exclude` leaves out of folders that are sent: patterns as in a file `.gitignore` at the top of the folder."""

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from keks_meet.errors import UsageError
from keks_meet.rift.terminal import printable

__all__ = ["Exclusion"]

_OF_PARENT: Final = "ps_d"
"""The group of a match that is one of a folder above."""


class _Rule(Struct):
    """A pattern, understood."""

    expression: re.Pattern[str]
    is_excluding: bool
    """False takes back what an earlier pattern has left out."""
    is_for_folders: bool

    def matches(self, path: str, *, is_folder: bool) -> bool:
        """Tell whether this very entry is meant: folders above were asked about before, and are not left out."""
        if self.is_for_folders and not is_folder:
            return False
        found = self.expression.search(path)
        return found is not None and found.groupdict().get(_OF_PARENT) is None


class Exclusion:
    """Tells whether a path inside a folder is left out; that of a folder ends with a slash.

    It expects to be asked about folders before what is in them, and about nothing in a folder that is left out. A later
    pattern beats an earlier one.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        """Understand patterns. Raises `UsageError` for what is no pattern."""
        self._rules = [(pattern, _rule(pattern)) for pattern in patterns]
        self._unmatched = set(patterns)

    def __call__(self, path: str) -> bool:
        """Tell it of one path."""
        entry, is_folder = _one_line(path.removesuffix("/")), path.endswith("/")
        is_left_out = False
        for pattern, rule in self._rules:
            if rule.matches(entry, is_folder=is_folder):
                is_left_out = rule.is_excluding
                self._unmatched.discard(pattern)
        return is_left_out

    def warnings(self) -> list[str]:
        """Return a sentence of each pattern that has matched nothing so far: a slip would send what is private."""
        patterns = [pattern for pattern, _ in self._rules if pattern in self._unmatched]
        return [f'--exclude: nothing that would go along matches "{printable(pattern)}"' for pattern in patterns]


def _rule(pattern: str) -> _Rule:
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern  # noqa: PLC0415 - few leave something out

    if pattern.startswith(("./", "!./")):
        msg = f'--exclude: "{printable(pattern)}" would match nothing: paths in a folder begin without ./'
        raise UsageError(msg)
    # Without its slash a pattern for folders matches a folder itself, and not only what is in it.
    bare = _one_line(pattern.rstrip(" ")).removesuffix("/")
    try:
        text, is_excluding = GitIgnoreSpecPattern.pattern_to_regex(bare)
        expression = None if text is None else re.compile(text)
    except (ValueError, re.error):
        expression = is_excluding = None
    if expression is None or is_excluding is None:
        msg = f'--exclude: "{printable(pattern)}" is no pattern as Git has them'
        raise UsageError(msg)
    return _Rule(expression, is_excluding, is_for_folders=pattern.rstrip(" ").endswith("/"))


def _one_line(text: str) -> str:
    """Put NUL, which no name has, in place of line breaks, which expressions take for the end of a name."""
    return text.replace("\n", "\0")
