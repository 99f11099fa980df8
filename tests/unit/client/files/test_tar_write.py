# SPDX-License-Identifier: AGPL-3.0-only
"""Folders on offer: what the archive holds, what it leaves out, and that its length is known before."""

import io
import os
import shutil
import socket
import tarfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keks_meet.client.files import tar_write
from keks_meet.client.files.archives import MAX_DEPTH, climb
from keks_meet.client.files.sources import Reader, Source
from keks_meet.client.files.tar_write import DirectorySource
from keks_meet.errors import SourceChanged, SourceError


def packed(source: Source, size: int = 1000) -> bytes:
    """Read a source in one pass."""
    reader = source.open()
    data = bytearray()
    while piece := reader.read(size):
        assert len(piece) <= size
        data += piece
    reader.close()
    return bytes(data)


def drain(reader: Reader) -> None:
    while reader.read(100_000):
        pass


def members(source: DirectorySource) -> list[tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(packed(source)), errors="surrogateescape") as archive:
        return archive.getmembers()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "folder"
    path.mkdir()
    return path


def test_the_archive_is_one_that_tar_reads(folder: Path) -> None:
    (folder / "b").mkdir(mode=0o750)
    (folder / "b" / "run").write_bytes(b"#!/bin/sh\n")
    (folder / "b" / "run").chmod(0o4755)
    (folder / "a").write_bytes(b"x" * 700)
    os.utime(folder / "a", (1, 1_700_000_000.7))
    (folder / "link").symlink_to("b/run")
    source = DirectorySource(folder)
    assert (source.label, source.archive, source.once, source.skipped) == ("folder.tar", "tar", False, [])
    found = members(source)
    assert [(m.name, m.mode, m.size, m.linkname) for m in found] == [
        ("folder", 0o755, 0, ""),
        ("folder/a", 0o644, 700, ""),
        ("folder/b", 0o750, 0, ""),
        ("folder/b/run", 0o755, 10, ""),
        ("folder/link", 0o777, 0, "b/run"),
    ]
    assert found[1].mtime == 1_700_000_000
    assert {(m.uid, m.gid, m.uname, m.gname) for m in found} == {(0, 0, "", "")}


def test_an_empty_folder_fills_one_record(folder: Path) -> None:
    source = DirectorySource(folder)
    assert source.size == len(packed(source)) == tarfile.RECORDSIZE


def test_the_folder_may_be_given_in_any_way(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.with_name("link").symlink_to(folder)
    assert members(DirectorySource(folder.with_name("link")))[0].name == "link"
    monkeypatch.chdir(folder)
    source = DirectorySource(".")
    monkeypatch.chdir("/")
    assert (source.label, members(source)[0].name) == ("folder.tar", "folder")


def test_what_is_no_folder_is_refused(folder: Path) -> None:
    (folder / "file").touch()
    for path in (folder / "file", folder / "missing"):
        with pytest.raises(SourceError, match=str(path)):
            DirectorySource(path)


def test_links_that_lead_outside_are_left_out(folder: Path) -> None:
    (folder / "in").mkdir()
    inside = ["a", "in", "in/../in", ".", "./in//", "missing/too"]
    outside = ["/etc/passwd", str(folder / "in"), "..", "../folder/a", "in/../../x"]
    for at, link in enumerate(inside + outside):
        (folder / f"{at}").symlink_to(link)
    (folder / "in" / "up").symlink_to("../a")
    (folder / "in" / "upper").symlink_to("../../a")
    source = DirectorySource(folder)
    # Through a folder and out of it again is not certain to stay inside: the folder may be a link.
    kept = [at for at, link in enumerate(inside) if link != "in/../in"]
    assert {m.name: m.linkname for m in members(source) if m.issym()} == {
        **{f"folder/{at}": inside[at] for at in kept},
        "folder/in/up": "../a",
    }
    assert dict(source.skipped)["in/upper"] == "a link that leads outside"
    assert len(source.skipped) == len(outside) + 2


@pytest.mark.parametrize(
    ("link", "up"),
    [
        ("a", 0),
        ("../a", 1),
        ("./.././../a/b", 2),
        (".", 0),
        ("..", 1),
        ("a/..", None),
        ("../a/../b", None),
        ("/", None),
    ],
)
def test_how_far_a_link_climbs(link: str, up: int | None) -> None:
    assert climb(link) == up


@pytest.mark.parametrize("link", ["", "a\0b", "x" * 4096])
def test_what_is_no_link_is_not_certain(link: str) -> None:
    assert climb(link) is None


def test_what_is_no_file_is_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(folder / "pipe")
    monkeypatch.chdir(folder)  # since the address of a socket is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        source = DirectorySource(folder)
    assert source.skipped == [("pipe", "a named pipe"), ("socket", "a socket")]
    assert source.size == len(packed(source))


def test_what_cannot_be_read_is_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "secret").touch()
    (folder / "locked").mkdir()
    (folder / "locked" / "a").touch()
    scandir, access = os.scandir, os.access
    locked = (folder / "locked").stat().st_ino

    def strict_scandir(fd: int) -> object:
        if os.fstat(fd).st_ino == locked:
            raise PermissionError(13, "Permission denied")
        return scandir(fd)

    # The tests may run as root, who may read everything.
    monkeypatch.setattr(os, "scandir", strict_scandir)
    monkeypatch.setattr(os, "access", lambda name, *rest, **more: name != "secret" and access(name, *rest, **more))
    source = DirectorySource(folder)
    assert source.skipped == [
        ("locked", "cannot be read: Permission denied"),
        ("secret", "cannot be read: no permission"),
    ]
    assert [m.name for m in members(source)] == ["folder"]


def test_what_is_nested_too_deeply_is_left_out(folder: Path) -> None:
    path = folder
    for _ in range(MAX_DEPTH + 3):
        path /= "d"
    path.mkdir(parents=True)
    source = DirectorySource(folder)
    assert [reason for _, reason in source.skipped] == ["nested too deeply"]
    assert max(m.name.count("/") for m in members(source)) == MAX_DEPTH - 1


def test_too_many_files_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tar_write, "MAX_MEMBERS", 3)
    for name in "ab":
        (folder / name).touch()
    DirectorySource(folder)
    (folder / "c").touch()
    with pytest.raises(SourceError, match="more than 3"):
        DirectorySource(folder)


def grow(folder: Path) -> None:
    with (folder / "b").open("ab") as file:
        file.write(b"x" * 600)


def grow_within_a_block(folder: Path) -> None:
    with (folder / "b").open("ab") as file:
        file.write(b"x")


def shrink(folder: Path) -> None:
    os.truncate(folder / "b", 1)


def remove(folder: Path) -> None:
    (folder / "b").unlink()


def add(folder: Path) -> None:
    (folder / "c").touch()


def become_a_pipe(folder: Path) -> None:
    remove(folder)
    os.mkfifo(folder / "b")


@pytest.mark.parametrize("change", [grow, shrink, remove, add, become_a_pipe])
def test_a_folder_that_changed_is_not_taken_for_what_was_offered(folder: Path, change: Callable[[Path], None]) -> None:
    (folder / "a").write_bytes(b"a" * 1000)
    (folder / "b").write_bytes(b"b" * 1000)
    source = DirectorySource(folder)
    change(folder)
    reader = source.open()
    for _ in range(3):
        with pytest.raises(SourceChanged):
            drain(reader)
    reader.close()


@pytest.mark.parametrize("change", [grow, grow_within_a_block, shrink, lambda folder: os.utime(folder / "b", (0, 0))])
def test_a_file_that_changes_while_it_is_packed(folder: Path, change: Callable[[Path], None]) -> None:
    (folder / "b").write_bytes(b"b" * 1_000_000)
    reader = DirectorySource(folder).open()
    assert len(reader.read(100_000)) == 100_000
    change(folder)
    with pytest.raises(SourceChanged):
        drain(reader)
    reader.close()


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_pass_that_is_given_up_leaves_nothing_open(folder: Path) -> None:
    (folder / "b").write_bytes(b"b" * 1_000_000)
    before = open_files()
    reader = DirectorySource(folder).open()
    reader.read(100_000)
    assert open_files() == before + 2  # the file, and the folder that it is in
    reader.close()
    assert open_files() == before
    with pytest.raises(SourceChanged):
        drain(reader)


SECRET = b"s" * 5000


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Make a folder beside the one on offer, with a file of the name and the length of one in there."""
    path = tmp_path / "outside"
    path.mkdir()
    (path / "file").write_bytes(SECRET)
    os.utime(path / "file", (0, 0))
    return path


@pytest.fixture
def sub(folder: Path) -> Path:
    """Make a folder inside of the one on offer."""
    path = folder / "sub"
    path.mkdir()
    (path / "file").write_bytes(b"f" * len(SECRET))
    os.utime(path / "file", (0, 0))
    return path


def swap(folder: Path, outside: Path) -> None:
    """Put a link in the place of a folder, as whoever may write there can."""
    folder.rename(outside.with_name("moved"))
    folder.symlink_to(outside)


def test_a_folder_swapped_for_a_link_while_it_is_walked_is_not_followed(
    folder: Path, sub: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = tar_write._unfitness

    def judge_and_swap(entry: tar_write._Entry, depth: int) -> str:
        reason = judge(entry, depth)
        if entry.name.endswith("/sub") and not sub.is_symlink():
            swap(sub, outside)
        return reason

    monkeypatch.setattr(tar_write, "_unfitness", judge_and_swap)
    source = DirectorySource(folder)
    assert [name for name, _ in source.skipped] == ["sub"]
    assert SECRET not in packed(source)


@pytest.mark.parametrize("level", ["folder", "sub"])
def test_a_file_of_a_folder_that_is_swapped_for_a_link_is_the_one_that_was_offered(
    folder: Path, sub: Path, outside: Path, level: str
) -> None:
    (folder / "another").write_bytes(bytes(200_000))
    reader = DirectorySource(folder).open()
    data = bytearray()
    while b"sub/file" not in data:
        data += reader.read(tarfile.BLOCKSIZE)
    if level == "folder":
        (outside / "sub").mkdir()
        (outside / "file").rename(outside / "sub" / "file")
    swap({"folder": folder, "sub": sub}[level], outside)
    while piece := reader.read(1000):
        data += piece
    reader.close()
    assert SECRET[:1000] not in data
    assert b"f" * len(SECRET) in data


def test_another_folder_in_the_place_of_the_one_on_offer_is_a_change(folder: Path, sub: Path, outside: Path) -> None:
    source = DirectorySource(folder)
    assert sub.is_dir()
    (outside / "sub").mkdir()
    (outside / "file").rename(outside / "sub" / "file")
    swap(folder, outside)
    with pytest.raises(SourceChanged):
        drain(source.open())


def test_another_file_of_the_same_length_and_time_is_a_change(sub: Path, outside: Path) -> None:
    source = DirectorySource(sub)
    reader = source.open()
    reader.read(1000)  # the header of the file is among it
    (outside / "file").replace(sub / "file")
    with pytest.raises(SourceChanged):
        drain(reader)
    reader.close()


def test_a_huge_file_has_a_header_that_says_so(folder: Path) -> None:
    with (folder / "huge").open("wb") as file:
        file.truncate(9 * 2**30)
    source = DirectorySource(folder)
    reader = source.open()
    head = io.BytesIO(reader.read(10_000))
    reader.close()
    with tarfile.open(fileobj=head) as archive:
        archive.next()
        huge = archive.next()
        assert huge is not None
        assert huge.size == 9 * 2**30
    assert source.size > 9 * 2**30


def test_memory_does_not_grow_with_the_archive(folder: Path) -> None:
    for at in range(20):
        (folder / f"{at}").mkdir()
        for inner in range(50):
            (folder / f"{at}" / f"{inner}").write_bytes(bytes(5000))
    source = DirectorySource(folder)
    reader = source.open()
    tracemalloc.start()
    drain(reader)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


NAMES = st.binary(min_size=1, max_size=255).filter(lambda name: not {0, 47} & set(name) and name not in {b".", b".."})
TIMES = st.integers(-(2**31), 2**33)
FILES = st.tuples(st.binary(max_size=2000), TIMES)


@settings(max_examples=60)
@given(st.recursive(FILES, lambda inner: st.dictionaries(NAMES, inner, max_size=4), max_leaves=12))
def test_the_length_is_known_before(tmp_path_factory: pytest.TempPathFactory, tree: object) -> None:
    top = tmp_path_factory.getbasetemp() / "any folder"
    shutil.rmtree(top, ignore_errors=True)
    make(os.fsencode(top), {b"inner": tree})
    source = DirectorySource(top)
    assert source.skipped == []
    assert source.size == len(packed(source))
    assert members(source)


def make(path: bytes, tree: object) -> None:
    if isinstance(tree, dict):
        Path(os.fsdecode(path)).mkdir()
        for name, inner in tree.items():
            make(path + b"/" + name, inner)
    else:
        content, time = tree  # type: ignore[misc]
        Path(os.fsdecode(path)).write_bytes(content)
        os.utime(path, (0, time))
