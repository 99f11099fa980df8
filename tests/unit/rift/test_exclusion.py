# SPDX-License-Identifier: AGPL-3.0-only
"""Patterns of `--exclude`: they leave out what Git would."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from keks_meet.errors import UsageError
from keks_meet.rift.events import Event, Warned
from keks_meet.rift.exclusion import Exclusion
from keks_meet.rift.stay import sources_of

FILES = (
    *("README", "a.o", "a b", "#c", "!n", "[x]", "foo", "bar/foo/x", "keep.o", "d/empty/z.o"),
    *("build/k", "build/keep", "build/sub/keep", "src/build/k", "src/build/keep", "src/keep.o", "src/x.o"),
    *("doc/a.txt", "doc/b.md", "doc/deep/c.txt", "doc/doc/d.txt", "logs/debug.log", "logs/x/debug.log"),
    *("node_modules/a/b", "src/node_modules/c"),
)


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """Return a folder with all the files."""
    for name in FILES:
        (tmp_path / "top" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "top" / name).touch()
    return tmp_path / "top"


def taken(top: Path, excludes: Callable[[str], bool], inside: str = "") -> Iterator[str]:
    """Yield what is left, asking as a folder that is sent does."""
    for entry in os.scandir(top / inside):
        path = f"{inside}{entry.name}"
        if path == ".git" or excludes(f"{path}/" if entry.is_dir() else path):
            continue
        if entry.is_dir():
            yield from taken(top, excludes, f"{path}/")
        else:
            yield path


def test_patterns_are_those_of_git() -> None:
    excludes = Exclusion(["*.o", "!keep.o", "/build", "node_modules/"])
    left_out = ("a.o", "deep/er/a.o", "build", "build/", "a/node_modules/", "not \udcff utf-8.o", "two\nlines/a.o")
    kept = ("keep.o", "deep/keep.o", "deep/build", "node_modules", "a.c", "a.o\n")
    assert [path for path in (*left_out, *kept) if excludes(path)] == list(left_out)


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        (("*", "!*/", "!*.txt"), {"doc/a.txt", "doc/deep/c.txt", "doc/doc/d.txt"}),
        (("*", "!doc/", "!doc/*.txt"), {"doc/a.txt"}),
        (("build/**", "!build/keep"), {*FILES} - {"build/k", "build/sub/keep"}),
        (("build/**", "!build/**/", "!build/**/keep"), {*FILES} - {"build/k"}),
        (("*/", "!doc/"), {*(name for name in FILES if "/" not in name), "doc/a.txt", "doc/b.md", "doc/doc/d.txt"}),
    ],
)
def test_each_entry_is_judged_by_itself(top: Path, patterns: tuple[str, ...], left: set[str]) -> None:
    assert set(taken(top, Exclusion(patterns))) == left


SETS = """
*.o !keep.o|build/ !build/keep|build !src/build|build !src/build/|foo !foo/|foo/ !foo|* !*/ !*.txt|* !src/ !src/**
* !src/|/build|build/**|build/* !build/keep|build/** !build/keep|build/** !build/**/ !build/**/keep|**/keep|src/build
/* !/doc|/* !/doc/|doc/**/c.txt|doc/*.txt|\\#c|!n|\\!n|[x]|\\[x\\]|logs/**/debug.log|node_modules/|* !doc/ !doc/*.txt
**|**/|doc/|doc/ !doc/|src !src/keep.o|src/* !src/build/ src/build/k|* !*/ !/doc/**|keep* !build/|*/ !doc/
k !src/build|*.O|src/build/|**/build/**|!*.o *.o|doc/doc|doc/**/doc/|a?b|[a-f]* !doc
"""


@pytest.mark.slow
def test_git_would_leave_out_the_same(top: Path) -> None:
    git = shutil.which("git")
    assert git, "whoever has the sources from their repository has git"
    environment = {"PATH": os.environ["PATH"], "HOME": str(top), "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run([git, "init", "-q", top], check=True, env=environment)
    differing = []
    for line in SETS.strip().replace("\n", "|").split("|"):
        patterns = line.split(" ")
        (top / ".git" / "info").mkdir(exist_ok=True)
        (top / ".git" / "info" / "exclude").write_text("\n".join(patterns))
        listing = [git, "-C", top, "ls-files", "--others", "--exclude-standard", "-z"]
        said = subprocess.run(listing, check=True, env=environment, capture_output=True, text=True).stdout
        if set(taken(top, Exclusion(patterns))) != {*said.split("\0")} - {""}:
            differing.append(patterns)
    assert differing == []


@pytest.mark.parametrize("pattern", ["!", "/", "!/", "", " ", "#\x1b", "[b-a]"])
def test_what_is_no_pattern_is_refused_in_one_line(pattern: str) -> None:
    with pytest.raises(UsageError, match="is no pattern") as caught:
        Exclusion(["*.o", pattern])
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("pattern", ["./build", "!./build"])
def test_a_path_that_begins_where_no_path_does_is_refused(pattern: str) -> None:
    with pytest.raises(UsageError, match="begin without"):
        Exclusion([pattern])


async def test_a_pattern_that_matches_nothing_is_told(top: Path) -> None:
    said: list[Event] = []
    patterns = ("*.o", "a.o", "top/build", "build/", "!\x1b")
    await sources_of([top], said.append, patterns)
    warnings = [event.text for event in said if isinstance(event, Warned)]
    begin = "--exclude: nothing that would go along matches"
    assert warnings == [f'{begin} "top/build"', rf'{begin} "!\x1b"']
