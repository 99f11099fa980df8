# SPDX-License-Identifier: AGPL-3.0-only
"""Patterns of `--exclude`."""

import pytest

from keks_meet.errors import UsageError
from keks_meet.rift.exclusion import exclusion


def test_patterns_are_those_of_git() -> None:
    excludes = exclusion(["*.o", "!keep.o", "/build", "node_modules/"])
    left_out = ("a.o", "deep/er/a.o", "build", "build/", "a/node_modules/", "not \udcff utf-8.o")
    taken = ("keep.o", "deep/keep.o", "deep/build", "node_modules", "a.c")
    assert [path for path in (*left_out, *taken) if excludes(path)] == list(left_out)


def test_what_is_no_pattern_is_refused_in_one_line() -> None:
    with pytest.raises(UsageError, match=r"--exclude: !\\n is no pattern") as caught:
        exclusion(["*.o", "!\n"])
    assert str(caught.value).isprintable()
