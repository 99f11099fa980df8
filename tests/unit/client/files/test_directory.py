# SPDX-License-Identifier: AGPL-3.0-only
"""Received folders: what was sent arrives, and nothing else is touched."""

import contextlib
import os
import shutil
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keks_meet.client.files.archives import MAX_DEPTH
from keks_meet.client.files.directory import DirectorySink
from keks_meet.client.files.tar_write import DirectorySource
from keks_meet.errors import ArchiveError, SinkError, TargetExists
from tests.unit.client.files.tar import END, contents, folder, hard_link, member, symlink


def receive(target: Path, archive: bytes, *, cut: int = 700, overwrite: bool = False) -> Path | None:
    """Unpack an archive; after an error nothing of it may be left."""
    sink = DirectorySink(target, overwrite=overwrite)
    try:
        sink.start(0)
        for at in range(0, len(archive), cut):
            sink.write(archive[at : at + cut])
        return sink.finish()
    finally:
        sink.discard()
        assert not list(target.parent.glob(".*"))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where to unpack: its neighbour must stay as it is."""
    (tmp_path / "neighbour").write_text("precious")
    return tmp_path / "target"


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def send(source: Path, target: Path) -> DirectorySource:
    """Take a folder through an archive."""
    offer = DirectorySource(source)
    sink = DirectorySink(target, overwrite=False)
    sink.start(0)
    reader = offer.open()
    while piece := reader.read(999):
        sink.write(memoryview(piece))
    assert sink.finish() == target
    assert not list(target.parent.glob(".*"))
    return offer


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


EVIL = {
    "an absolute name": member("/neighbour", b"evil"),
    "a name with steps upwards": member("../neighbour", b"evil"),
    "a name with steps upwards inside": member("t/../../neighbour", b"evil"),
    "a folder upwards": folder("t") + folder("t/../.."),
    "an absolute link": symlink("t/l", "/etc/passwd"),
    "a link upwards": symlink("l", "../neighbour"),
    "a link far upwards": symlink("t/a/l", "../../../neighbour"),
    "a link down and up again": symlink("t/l", "a/../../../neighbour"),
    "a link through a link": folder("a/b/c")
    + symlink("a/b/c/up", "../../..")
    + symlink("l", "a/b/c/up/../neighbour")
    + member("l", b"evil"),
    "an empty link": symlink("t/l", ""),
    "a link that is too long": symlink("t/l", "x/" * 3000),
    "a file through a link": folder("a") + symlink("l", "a") + member("l/evil", b"evil"),
    "a folder through a link": folder("a") + symlink("l", "a") + folder("l/evil"),
    "a link through a link, written": symlink("l", "a") + symlink("l/evil", "b"),
    "a file in place of a link": symlink("l", "a") + member("l", b"evil"),
    "a folder in place of a link": folder("a") + symlink("l", "a") + folder("l"),
    "a link in place of a folder": folder("a") + symlink("a", "b"),
    "a link in place of a file": member("a", b"1") + symlink("a", "b"),
    "a file twice": member("a", b"1") + member("a", b"2"),
    "a file below a file": member("a", b"1") + member("a/b", b"2"),
    "a folder in place of a file": member("a", b"1") + folder("a"),
    "a second name of what is outside": hard_link("t/l", "../neighbour"),
    "a second name of what is outside, absolute": hard_link("t/l", "/etc/passwd"),
    "a second name through a link": folder("a") + member("a/f") + symlink("l", "a") + hard_link("h", "l/f"),
    "a second name of a link": symlink("l", "a") + hard_link("h", "l"),
    "a second name of a folder": folder("a") + hard_link("h", "a"),
    "a second name of nothing": hard_link("h", "missing"),
    "a second name of no name": hard_link("h", ""),
    "a second name in place of a file": member("a") + member("b") + hard_link("b", "a"),
    "a device": member("t/null", kind=tarfile.CHRTYPE, devmajor=1, devminor=3),
    "a pipe": member("t/pipe", kind=tarfile.FIFOTYPE),
    "a name that is too long": member("x" * 256),
    "a path that is too deep": member("/".join("d" * (MAX_DEPTH + 1))),
    "a file without a name": member(".", b"1"),
    "a link without a name": symlink("./", "a"),
}


@pytest.mark.parametrize("attack", EVIL)
def test_evil_archives_touch_nothing(target: Path, attack: str) -> None:
    with pytest.raises(ArchiveError):
        receive(target, EVIL[attack] + END)
    assert set(contents(target.parent)) == {b"neighbour"}
    assert (target.parent / "neighbour").read_text() == "precious"


def test_a_name_with_a_null(target: Path) -> None:
    """An extended header can hold one."""
    with pytest.raises(ArchiveError):
        receive(target, member("x", b"12 path=a\0b\n", kind=tarfile.XHDTYPE) + member("x") + END)


LINKS = st.sampled_from(["a", "b", "a/b", "..", "../..", "../a", "../b/..", ".", "a/../..", "../../a", "b/a/.."])
PATHS = st.sampled_from(["a", "b", "c", "a/a", "a/b", "b/a", "b/c", "a/b/c", "b/a/a", "./c", "a/../b", "../a"])
MEMBERS = st.one_of(
    st.builds(folder, PATHS),
    st.builds(symlink, PATHS, LINKS),
    st.builds(hard_link, PATHS, PATHS),
    st.builds(member, PATHS, st.just(b"evil")),
)


@settings(max_examples=400)
@given(st.lists(MEMBERS, max_size=8))
def test_no_link_of_any_archive_leads_outside(tmp_path_factory: pytest.TempPathFactory, archive: list[bytes]) -> None:
    base = tmp_path_factory.getbasetemp() / "links"
    shutil.rmtree(base, ignore_errors=True)
    base.mkdir()
    target = base / "target"
    sink = DirectorySink(target, overwrite=False)
    sink.start(0)
    for piece in archive:
        try:
            sink.write(piece)
        except ArchiveError:
            sink.discard()
            assert not list(base.iterdir())
            return
    sink.write(END)
    sink.finish()
    assert [path.name for path in base.iterdir()] == ["target"]
    for path in target.rglob("*"):
        with contextlib.suppress(RuntimeError):  # links in a circle lead nowhere
            assert path.resolve().is_relative_to(target)


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


REPOSITORY = [
    (".git/HEAD", "ref: refs/heads/main\n"),
    (".git/config", '[core]\n\tfsmonitor = "touch /tmp/owned"\n'),
    (".git/hooks/pre-commit", "#!/bin/sh\n"),
    (".git/refs/heads/hooks", "0123\n"),
    (".git/objects/ab/config", "x"),
    (".git/modules/sub/hooks/post-checkout", "#!/bin/sh\n"),
    (".git/modules/sub/config", "x"),
    (".git/modules/sub/HEAD", "x"),
    (".git/worktrees/w/config.worktree", "x"),
    (".git/commondir", "../evil"),
    ("sub/.git", "gitdir: ../evil"),
    ("other/.GIT/Hooks/x", "x"),
    ("hg/.hg/hgrc", "[hooks]"),
    ("hg/.hg/store/hgrc", "x"),
    ("config", "x"),
    ("hooks/mine", "x"),
    (".gitignore", "x"),
    ("bare.git/HEAD", "ref: refs/heads/main\n"),
    ("bare.git/config", "x"),
    ("bare.git/hooks/deep/update", "x"),
    ("bare.git/objects/info", "x"),
    ("bare.git/refs/heads/main", "x"),
    ("head/HEAD", "x"),
    ("head/config", "x"),
]
HAZARDS = {
    ".git/config",
    ".git/hooks/pre-commit",
    ".git/modules/sub/hooks/post-checkout",
    ".git/modules/sub/config",
    ".git/worktrees/w/config.worktree",
    ".git/commondir",
    "sub/.git",
    "other/.GIT/Hooks/x",
    "hg/.hg/hgrc",
    "bare.git/config",
    "bare.git/hooks/deep/update",
}


def files_in(top: Path) -> set[str]:
    return {str(path.relative_to(top)) for path in top.rglob("*") if not path.is_dir() or path.is_symlink()}


def unpack(target: Path, archive: bytes, *, keep_hooks: bool = False) -> DirectorySink:
    sink = DirectorySink(target, overwrite=False, keep_hooks=keep_hooks)
    sink.start(0)
    for at in range(0, len(archive), 700):
        sink.write(archive[at : at + 700])
    sink.finish()
    return sink


def repository() -> bytes:
    return b"".join(member(f"top/{name}", content.encode()) for name, content in REPOSITORY) + END


def test_what_git_and_mercurial_would_run_does_not_arrive(target: Path) -> None:
    sink = unpack(target, repository())
    assert files_in(target) == {name for name, _ in REPOSITORY} - HAZARDS
    assert sink.left_out_count == len(HAZARDS)
    assert sink.left_out[:2] == ["top/.git/config", "top/.git/hooks/pre-commit"]


def test_a_folder_that_is_left_out_is_told_once(target: Path) -> None:
    hooks = [folder("t/.git/hooks"), member("t/.git/hooks/a", b"1"), folder("t/.git/hooks/b"), member("t/.git/hooksx")]
    sink = unpack(target, b"".join(hooks) + END)
    assert (sink.left_out, sink.left_out_count) == (["t/.git/hooks"], 1)
    assert files_in(target) == {".git/hooksx"}


def test_hooks_arrive_when_they_are_asked_for(target: Path) -> None:
    sink = unpack(target, repository(), keep_hooks=True)
    assert files_in(target) == {name for name, _ in REPOSITORY}
    assert (sink.left_out, sink.left_out_count) == ([], 0)


@pytest.mark.parametrize(
    "archive",
    [
        symlink("t/.git", "x") + folder("t/x") + folder("t/x/hooks"),
        symlink("t/.git/hooks", "../evil"),
        member("t/x", b"1") + hard_link("t/.git/hooks/x", "t/x"),
        member("t/.git/hooks/x", b"1") + hard_link("t/x", "t/.git/hooks/x"),
        member("t/.g\u200dit/ho\u202eoks/x", b"1"),
        folder("t/.git/hooks"),
    ],
)
def test_hooks_do_not_come_by_other_ways(target: Path, archive: bytes) -> None:
    sink = unpack(target, folder("t") + archive + END)
    assert sink.left_out_count in {1, 2}
    assert not list(target.rglob(".git/hooks"))
    assert files_in(target) <= {"x"}


def test_an_archive_that_ends_within_what_is_left_out(target: Path) -> None:
    with pytest.raises(ArchiveError):
        receive(target, member("t/.git/config", b"x" * 600)[:600])


def test_names_and_links_of_members_show_as_they_are(target: Path) -> None:
    archive = [
        folder("t"),
        member("t/a\x1b[2J\x9bb\n", b"1"),
        member("t/annexe\u202etxt.exe", b"2"),
        member("t/\u202e", b"3"),
        member("t/👩\u200d💻", b"4"),
        symlink("t/link\x07", "a\x1b[2J\x9bb\n"),
        hard_link("t/second", "t/annexe\u202etxt.exe"),
    ]
    unpack(target, b"".join(archive) + END)
    assert files_in(target) == {"a[2Jb", "annexetxt.exe", "file", "👩\u200d💻", "link", "second"}
    assert (target / "link").read_bytes() == b"1"
    assert (target / "second").read_bytes() == b"2"


@pytest.mark.parametrize("name", ["t/.\u202e./.\u200b./neighbour", "t/\u202e../../neighbour"])
def test_a_name_that_leads_outside_once_it_is_harmless_is_refused(target: Path, name: str) -> None:
    with pytest.raises(ArchiveError, match="leads outside"):
        receive(target, folder("t") + member(name, b"1") + END)


def test_names_that_become_the_same_are_refused(target: Path) -> None:
    with pytest.raises(ArchiveError, match="is there twice"):
        receive(target, member("t/a", b"1") + member("t/a\x1b", b"2") + END)
