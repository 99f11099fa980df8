# SPDX-License-Identifier: AGPL-3.0-only
"""Received folders: nothing but them is touched, whatever the archive says."""

import contextlib
import shutil
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keks_meet.client.files.archives import MAX_DEPTH
from keks_meet.client.files.directory import DirectorySink
from keks_meet.errors import ArchiveError
from tests.unit.client.files.directory.unpacking import files_in, receive, unpack
from tests.unit.client.files.tar import END, contents, folder, hard_link, member, symlink

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


def test_of_names_that_become_the_same_the_first_arrives(target: Path) -> None:
    archive = member("t/a", b"1") + member("t/a\x1b", b"2") + member("t/a/\x1b/c", b"3") + member("t/b", b"4")
    sink = unpack(target, archive + END)
    assert files_in(target) == {"a", "b"}
    assert ((target / "a").read_bytes(), (target / "b").read_bytes()) == (b"1", b"4")
    assert sink.lost.told == [("t/a", "another one has this name here")]
