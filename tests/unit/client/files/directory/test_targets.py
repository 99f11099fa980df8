# SPDX-License-Identifier: AGPL-3.0-only
"""A received folder is never in the way of what is there."""

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from keks_meet.client.files.directory import DirectorySink
from keks_meet.errors import SinkError, TargetExists
from tests.unit.client.files.directory.unpacking import receive
from tests.unit.client.files.tar import END, contents, member


def test_what_a_killed_one_left_is_removed(target: Path) -> None:
    part = target.with_name(".target.rift-tree")
    (part / "new" / "t").mkdir(parents=True)
    (part / "new" / "t" / "old").touch()
    (part / "new" / "link").symlink_to(target.parent)
    part.chmod(0o500)
    (part / "new").chmod(0o500)
    receive(target, member("t/a", b"1") + END)
    assert set(contents(target.parent)) == {b"neighbour", b"target", b"target/a"}


def test_two_at_once_do_not_meet(target: Path) -> None:
    one, two = DirectorySink(target, overwrite=False), DirectorySink(target, overwrite=False)
    for sink, content in ((one, b"1"), (two, b"2")):
        sink.start(0)
        sink.write(member("t/a", content) + END)
    assert two.finish() == target
    with pytest.raises(TargetExists):
        one.finish()
    one.discard()
    assert (target / "a").read_bytes() == b"2"
    assert set(contents(target.parent)) == {b"neighbour", b"target", b"target/a"}


@pytest.mark.parametrize("kind", ["folder", "empty folder", "file", "link", "dangling link"])
def test_what_came_meanwhile_is_not_replaced(target: Path, kind: str) -> None:
    sink = DirectorySink(target, overwrite=False)
    sink.start(0)
    sink.write(member("t/a", b"1") + END)
    occupy(target, kind)
    before = contents(target.parent / "elsewhere"), target.lstat()
    with pytest.raises(TargetExists):
        sink.finish()
    sink.discard()
    assert (contents(target.parent / "elsewhere"), target.lstat()) == before


def occupy(target: Path, kind: str) -> None:
    (target.parent / "elsewhere").mkdir()
    if "folder" in kind:
        target.mkdir()
    if kind == "folder":
        (target / "mine").touch()
    elif kind == "file":
        target.touch()
    elif "link" in kind:
        target.symlink_to("missing" if "dangling" in kind else "elsewhere")


@pytest.mark.parametrize("kind", ["folder", "empty folder", "file", "link", "dangling link"])
def test_what_is_there_makes_way_when_wanted_and_is_kept(target: Path, kind: str) -> None:
    """Twice, so that the second does not replace what the first kept."""
    occupy(target, kind)
    mode = target.lstat().st_mode
    with pytest.raises(TargetExists):
        DirectorySink(target, overwrite=False)
    receive(target, member("t/a", b"1") + END, overwrite=True)
    assert set(contents(target)) == {b"a"}
    old = target.with_name("target.old")
    if kind == "empty folder":
        assert not old.exists()
    else:
        assert old.lstat().st_mode == mode
        assert kind != "folder" or set(contents(old)) == {b"mine"}
    receive(target, member("t/b", b"2") + END, overwrite=True)
    assert set(contents(target)) == {b"b"}
    again = target.with_name("target.old" if kind == "empty folder" else "target.old2")
    assert set(contents(again)) == {b"a"}
    assert (target.parent / "neighbour").read_text() == "precious"


def test_what_was_there_comes_back_when_it_cannot_be_replaced(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target.mkdir()
    (target / "mine").touch()
    sink = DirectorySink(target, overwrite=True)
    sink.start(0)
    sink.write(member("t/a", b"1") + END)
    rename = os.rename

    def failing(source: str, to: str, **fds: int) -> None:
        if source == "new/t":
            raise OSError(5, "Input/output error")
        rename(source, to, **fds)

    monkeypatch.setattr(os, "rename", failing)
    with pytest.raises(OSError, match="Input/output"):
        sink.finish()
    sink.discard()
    assert set(contents(target.parent)) == {b"neighbour", b"target", b"target/mine"}


@pytest.fixture(params=[errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR])
def only_new_names(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a file system that renames a folder over nothing, not even over an empty folder."""
    rename = os.rename

    def strict(source: Any, to: Any, **fds: Any) -> None:
        if os.path.lexists(to):
            raise OSError(request.param, os.strerror(request.param))
        rename(source, to, **fds)

    monkeypatch.setattr(os, "rename", strict)


@pytest.mark.usefixtures("only_new_names")
@pytest.mark.parametrize("kind", [None, "folder"])
def test_a_file_system_that_renames_over_no_empty_folder(target: Path, kind: str | None) -> None:
    if kind:
        occupy(target, kind)
    receive(target, member("t/a", b"1") + END, overwrite=True)
    receive(target, member("t/b", b"2") + END, overwrite=True)
    assert set(contents(target)) == {b"b"}
    sink = DirectorySink(target, overwrite=False, free_name=True)
    sink.start(0)
    sink.write(member("t/c", b"3") + END)
    assert sink.finish() == target.with_name("target (2)")
    there = {path.name for path in target.parent.glob("target*")}
    assert there == {"target", "target (2)", "target.old"} | ({"target.old2"} if kind else set())


def test_a_rename_that_is_always_refused_ends(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.ENOTEMPTY, "Directory not empty")

    sink = DirectorySink(target, overwrite=False, free_name=True)
    sink.start(0)
    sink.write(member("t/a", b"1") + END)
    monkeypatch.setattr(os, "rename", refused)
    with pytest.raises(OSError, match="not empty"):
        sink.finish()
    sink.discard()
    assert set(contents(target.parent)) == {b"neighbour"}


@pytest.mark.parametrize("is_file", [True, False])
def test_a_link_or_a_file_planted_at_the_hidden_name_is_refused(target: Path, is_file: bool) -> None:
    part = target.with_name(".target.rift-tree")
    if is_file:
        part.write_text("mine")
    else:
        (target.parent / "elsewhere").mkdir()
        part.symlink_to("elsewhere")
    before = contents(target.parent)
    sink = DirectorySink(target, overwrite=False)
    with pytest.raises(SinkError, match="rift-tree"):
        sink.start(0)
    sink.discard()
    assert contents(target.parent) == before
