# SPDX-License-Identifier: AGPL-3.0-only
"""A received file is never in the way of what is there."""

import os
from pathlib import Path

import pytest

from keks_meet.client.files.directory import DirectorySink
from keks_meet.client.files.file_sink import FileSink
from keks_meet.errors import SinkError, TargetExists
from tests.unit.client.files.sinks.parts import OFFER, names, part_of, started


def test_another_file_of_the_name_gets_a_free_one(target: Path) -> None:
    for number in range(3):
        started(target, b"%d" % number, offer=OFFER, free_name=True).finish()
    assert names(target) == ["a (2).txt", "a (3).txt", "a.txt"]
    archive = target.with_name("b.tar.gz")
    for content in (b"x", b"y", b"x", b"y"):
        started(archive, content, free_name=True).finish()
    assert not target.with_name("b (3).tar.gz").exists()
    assert target.with_name("b (2).tar.gz").exists()


def written(path: Path) -> tuple[int, int]:
    """Which file it is, and when it was written. Reading leaves its own time behind."""
    state = path.stat()
    return state.st_ino, state.st_mtime_ns


def test_the_very_file_is_not_stored_twice(target: Path) -> None:
    target.write_bytes(b"1234567")
    before = written(target)
    sink = FileSink(target, overwrite=False, offer=OFFER, free_name=True)
    prefix = sink.prefix()
    assert prefix is not None
    assert prefix.length == 7
    sink.start(7)
    assert sink.finish() == target
    assert (names(target), written(target)) == (["a.txt"], before)


def test_a_file_of_the_same_size_may_be_another_one(target: Path) -> None:
    target.write_bytes(b"7654321")
    sink = FileSink(target, overwrite=False, offer=OFFER, free_name=True)
    assert sink.prefix() is not None
    sink.start(0)
    sink.write(b"1234567")
    assert sink.finish() == target.with_name("a (2).txt")
    assert target.read_bytes() == b"7654321"


@pytest.mark.parametrize("make", [Path.touch, Path.mkdir, lambda path: path.symlink_to("missing")])
def test_what_is_there_is_not_replaced(target: Path, make: object) -> None:
    sink = started(target, b"1")
    assert callable(make)
    make(target)
    before = target.lstat()
    with pytest.raises(TargetExists, match=r"a\.txt exists already"):
        FileSink(target, overwrite=False)
    with pytest.raises(TargetExists):
        sink.finish()
    sink.discard()
    assert (names(target), target.lstat()) == (["a.txt"], before)


def test_what_is_there_is_replaced_when_wanted(target: Path) -> None:
    other = target.with_name("other")
    other.write_bytes(b"old")
    target.symlink_to("other")
    started(target, b"1", overwrite=True).finish()
    assert (target.read_bytes(), target.is_symlink(), other.read_bytes()) == (b"1", False, b"old")
    with pytest.raises(SinkError, match="is a folder"):
        FileSink(target.parent, overwrite=True)


@pytest.mark.parametrize("sink", [FileSink, DirectorySink])
@pytest.mark.parametrize("sort", ["pipe", "link to a pipe", "device"])
def test_what_is_no_file_is_never_replaced(target: Path, sink: type[FileSink | DirectorySink], sort: str) -> None:
    path = target
    if sort == "device":
        path = Path("/dev/null")
    elif sort == "pipe":
        os.mkfifo(target)
    else:
        os.mkfifo(target.with_name("pipe"))
        target.symlink_to("pipe")
    with pytest.raises(SinkError, match="which nothing replaces"):
        sink(path, overwrite=True)


@pytest.mark.parametrize("sort", ["link", "dangling link", "pipe", "folder"])
def test_what_is_planted_at_the_hidden_name_is_refused(target: Path, sort: str) -> None:
    part, victim = part_of(target), target.with_name("victim")
    victim.write_bytes(b"precious")
    if sort == "pipe":
        os.mkfifo(part)
    elif sort == "folder":
        part.mkdir()
    else:
        part.symlink_to("missing" if "dangling" in sort else "victim")
    sink = FileSink(target, overwrite=False, offer=OFFER)
    for _ in range(2):
        with pytest.raises(SinkError, match="rift-part"):
            sink.prefix()
    sink.discard()
    assert (names(target), victim.read_bytes()) == ([".a.txt.rift-part", "victim"], b"precious")


def test_a_second_name_of_a_file_is_not_written_through(target: Path) -> None:
    victim = target.with_name("victim")
    victim.write_bytes(b"precious")
    os.link(victim, part_of(target))
    started(target, b"1").finish()
    assert (target.read_bytes(), victim.read_bytes()) == (b"1", b"precious")


def test_a_part_of_somebody_else_is_refused(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part_of(target).write_bytes(b"evil")
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    with pytest.raises(SinkError, match="somebody else"):
        FileSink(target, overwrite=False, offer=OFFER).prefix()


@pytest.mark.parametrize("sink", [FileSink, DirectorySink])
@pytest.mark.parametrize("name", ["", "..", "x" * 256, "missing/a", "file/a", "a\0b"])
def test_what_cannot_be_a_target_is_refused_at_once(
    tmp_path: Path, sink: type[FileSink | DirectorySink], name: str
) -> None:
    (tmp_path / "file").touch()
    path = Path("/") if not name else tmp_path / name
    with pytest.raises(SinkError):
        sink(path, overwrite=True)


def test_a_folder_that_cannot_be_written_is_refused_at_once(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # the tests may run as root
    with pytest.raises(SinkError, match="nothing can be written"):
        FileSink(target, overwrite=False)
