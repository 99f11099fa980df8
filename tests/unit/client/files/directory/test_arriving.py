# SPDX-License-Identifier: AGPL-3.0-only
"""Received folders: what was sent arrives."""

import os
import shutil
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keks_meet.client.files.directory import DirectorySink
from keks_meet.errors import ArchiveError
from tests.unit.client.files.directory.unpacking import receive, send
from tests.unit.client.files.tar import END, contents, folder, hard_link, member, symlink


def test_hostile_names_modes_times_and_links_arrive(tmp_path: Path, target: Path) -> None:
    top = tmp_path / "source"
    top.mkdir()
    names = ["-rf", "two words", "ü", "a\\b", "*?:|", "..hidden", " ", os.fsdecode(b"caf\xe9"), "x" * 255]
    for at, name in enumerate(names):
        (top / name).write_text(name, errors="surrogateescape")
        os.utime(top / name, (0, 1000 * at - 3000))
    (top / "deep" / "/".join("d" * 50)).mkdir(parents=True)
    (top / "deep" / "run").touch(mode=0o755)
    (top / "private").mkdir(mode=0o700)
    (top / "private" / "key").touch(mode=0o600)
    (top / "full").write_bytes(os.urandom(100_000))
    (top / "inside").symlink_to("deep/run")
    (top / "dangling").symlink_to("deep/missing")
    (top / "deep" / "up").symlink_to("../full")
    for at, path in enumerate(sorted(top.rglob("*"), reverse=True)):
        if path.is_dir() and not path.is_symlink():
            os.utime(path, (0, 1_000_000 + at))
    assert send(top, target).skipped == []
    assert contents(target) == contents(top)


def test_links_that_lead_outside_stay_behind(tmp_path: Path, target: Path) -> None:
    top = tmp_path / "source"
    top.mkdir()
    (top / "absolute").symlink_to("/etc/passwd")
    (top / "outside").symlink_to("../neighbour")
    (top / "kept").symlink_to("absolute")
    assert len(send(top, target).skipped) == 2
    assert set(contents(target)) == {b"kept"}


PARTS = [*(bytes([code]) for code in range(0x20, 0x7F) if code != 0x2F), "ü".encode(), "漢".encode(), b"\xe9", b"\xff"]
NAMES = st.lists(st.sampled_from(PARTS), min_size=1, max_size=84).map(b"".join).filter(lambda n: n not in {b".", b".."})
FILES = st.tuples(st.binary(max_size=2000), st.sampled_from([0o600, 0o644, 0o755]), st.integers(-(2**31), 2**33))
TREES = st.dictionaries(
    NAMES, st.recursive(FILES, lambda inner: st.dictionaries(NAMES, inner, max_size=4), max_leaves=9)
)


@settings(max_examples=60)
@given(TREES)
def test_any_folder_arrives(tmp_path_factory: pytest.TempPathFactory, tree: object) -> None:
    base = tmp_path_factory.getbasetemp() / "any"
    shutil.rmtree(base, ignore_errors=True)
    base.mkdir()
    make(base / "source", tree)
    send(base / "source", base / "target")
    assert contents(base / "target") == contents(base / "source")


def make(path: Path, tree: object) -> None:
    if isinstance(tree, dict):
        path.mkdir()
        for name, inner in tree.items():
            make(path / os.fsdecode(name), inner)
        os.utime(path, (0, len(tree)))
    else:
        content, mode, time = tree  # type: ignore[misc]
        path.write_bytes(content)
        path.chmod(mode)
        os.utime(path, (0, time))


def test_an_archive_without_a_single_folder_is_the_folder(target: Path) -> None:
    assert receive(target, folder("./") + member("./a", b"1") + member("b//./c", b"2") + END) == target
    assert (target / "a").read_bytes() + (target / "b" / "c").read_bytes() == b"12"
    assert stat.S_IMODE(target.stat().st_mode) == 0o755


@pytest.mark.parametrize("archive", [member("a", b"1"), symlink("a", "b"), b""])
def test_a_single_member_that_is_no_folder(target: Path, archive: bytes) -> None:
    receive(target, archive + END)
    assert [path.name for path in target.iterdir()] == ["a"] * bool(archive)


def test_folders_without_a_member_of_their_own_and_in_any_order(target: Path) -> None:
    archive = member("t/a/b/c") + member("t/d/e") + folder("t/a", mtime=5) + member("t/a/b/f", mtime=6)
    receive(target, archive + folder("t/d", mtime=7) + member("t/d/g") + folder("t", mtime=8) + END)
    assert sorted(contents(target)) == [b"a", b"a/b", b"a/b/c", b"a/b/f", b"d", b"d/e", b"d/g"]
    assert [path.stat().st_mtime for path in (target / "a", target / "d", target)] == [5, 7, 8]


def test_permissions(target: Path) -> None:
    archive = folder("t", mode=0o7777) + folder("t/shut", mode=0) + member("t/shut/in", mode=0)
    receive(target, archive + member("t/root", mode=0o6777) + member("t/mine", mode=0o600) + END)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (target, *target.rglob("*"))}
    assert modes == {"target": 0o755, "shut": 0o700, "in": 0o600, "root": 0o755, "mine": 0o600}


def test_second_names_of_a_file(target: Path) -> None:
    receive(target, member("t/a/one", b"1") + hard_link("t/two", "t/a/one") + END)
    assert (target / "two").samefile(target / "a" / "one")


def test_links_between_the_members_at_the_top_keep_their_place(target: Path) -> None:
    receive(target, folder("t") + symlink("t/link", "../t/a") + member("t/a", b"1") + END)
    assert (target / "t" / "link").read_bytes() == b"1"


@pytest.mark.parametrize("archive", [b"", member("t/a", b"1" * 600), member("t/a", b"1" * 600)[:-600], b"x" * 511])
def test_an_archive_that_is_cut_short_leaves_nothing(target: Path, archive: bytes) -> None:
    with pytest.raises(ArchiveError, match="no end"):
        receive(target, archive)
    assert not target.exists()


def test_garbage_after_the_end_is_ignored(target: Path) -> None:
    receive(target, member("a", b"1") + END + b"garbage" * 10_000)
    assert set(contents(target)) == {b"a"}


def test_an_interrupted_one_starts_anew(target: Path) -> None:
    sink = DirectorySink(target, overwrite=False)
    sink.start(0)
    sink.write(member("t/a", b"1" * 100_000)[:50_000])
    sink.interrupt()
    sink.discard()
    assert set(contents(target.parent)) == {b"neighbour"}
    with pytest.raises(ValueError, match="beginning"):
        DirectorySink(target, overwrite=False).start(1)


def test_nothing_stays_open(target: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    receive(target, member("t/a/b/c/d", b"1") + END)
    with pytest.raises(ArchiveError):
        receive(target, member("t/a/b/c/d", b"1" * 1000)[:-512], overwrite=True)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_nothing_is_written_before_the_start(target: Path) -> None:
    sink = DirectorySink(target, overwrite=False)
    with pytest.raises(RuntimeError, match="not started"):
        sink.write(b"")
    sink.discard()
    assert not target.exists()
