# SPDX-License-Identifier: AGPL-3.0-only
"""Archives, cut into members: the forms that are in use, hostile ones, and any cut of them."""

import contextlib
import io
import struct
import tarfile
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keks_meet.client.files import tar_read
from keks_meet.client.files.tar_read import Kind, Member, Unpacker
from keks_meet.errors import ArchiveError
from tests.unit.client.files.tar import END, folder, member, symlink


def unpack(archive: bytes, cut: int = 1 << 30) -> list[tuple[Member, bytes]]:
    """Feed an archive that must be whole, in pieces of one length."""
    unpacker = Unpacker()
    found: list[tuple[Member, bytes]] = []
    for at in range(0, len(archive), cut):
        for item in unpacker.feed(archive[at : at + cut]):
            if isinstance(item, Member):
                found.append((item, b""))
            else:
                assert item
                found[-1] = (found[-1][0], found[-1][1] + item)
    assert unpacker.is_whole
    return found


def only(archive: bytes) -> Member:
    ((found, _),) = unpack(archive + END)
    return found


def pax(records: bytes, kind: bytes = tarfile.XHDTYPE) -> bytes:
    return member("x", records, kind=kind)


def record(key: str, value: str) -> bytes:
    size = len(key) + len(value) + 3
    while size != len(text := f"{size} {key}={value}\n"):
        size = len(text)
    return text.encode()


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_the_forms_in_use(form: int) -> None:
    name = "n" * 90 + "/" + "m" * 90
    archive = member(name, b"content", form={"format": form}, mtime=7, mode=0o751) + symlink("s", "t" * 100) + END
    (file, content), (link, _) = unpack(archive)
    assert (file, content) == (Member(Kind.FILE, name, "", 7, 0o751, 7_000_000_000), b"content")
    assert (link.kind, link.link) == (Kind.SYMLINK, "t" * 100)


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_and_names_that_are_not_text(form: int) -> None:
    name = "caf\udce9 ü\n" * 30
    archive = member(name, kind=tarfile.SYMTYPE, linkname=name, form={"format": form})
    assert (only(archive).name, only(archive).link) == (name, name)


def test_a_folder_of_old() -> None:
    assert only(member("old/", kind=tarfile.AREGTYPE)).kind is Kind.FOLDER


def test_times_are_exact() -> None:
    assert only(pax(record("mtime", "1700000000.123456789")) + member("a")).mtime_ns == 1_700_000_000_123_456_789
    assert only(pax(record("mtime", "-1.5")) + member("a")).mtime_ns == -1_500_000_000


def test_what_holds_for_all_members_is_ignored() -> None:
    assert only(pax(record("path", "evil"), tarfile.XGLTYPE) + member("a")).name == "a"


def test_an_extension_holds_for_one_member() -> None:
    (one, _), (two, _) = unpack(pax(record("path", "b")) + member("a") + member("a") + END)
    assert (one.name, two.name) == ("b", "a")


def test_a_size_in_an_extension() -> None:
    header = member("a", b"12345")[: tarfile.BLOCKSIZE]
    found = unpack(pax(record("size", "600")) + header + b"x" * 600 + bytes(424) + member("b") + END)
    assert [(m.name, len(content)) for m, content in found] == [("a", 600), ("b", 0)]


def test_links_have_no_content() -> None:
    link = tarfile.TarInfo("a")
    link.type, link.linkname, link.size = tarfile.LNKTYPE, "b", 600
    assert [m.name for m, _ in unpack(link.tobuf() + member("c") + END)] == ["a", "c"]


def test_what_follows_the_end_is_ignored() -> None:
    assert unpack(END + b"garbage" * 1000, cut=700) == []


def test_an_archive_without_an_end() -> None:
    unpacker = Unpacker()
    assert [type(item) for item in unpacker.feed(member("a", b"b"))] == [Member, memoryview]
    assert not unpacker.is_whole


@pytest.mark.parametrize(
    "archive",
    [
        b"no archive" * 100,
        member("a")[:-1] + b"!",
        *[member("a", kind=kind) for kind in (tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, b"S", b"?")],
        pax(b""),
        pax(b"x" * 2_000_000),
        member("././@LongLink", b"x" * 2_000_000, kind=tarfile.GNUTYPE_LONGNAME),
        *[
            pax(text)
            for text in (b"1", b"5", b"5 a=b", b"6 a=b\nx", b"0 a=b\n", b"-6 a=b\n", b"6_0 a=b\n", b"99 a=b\n")
        ],
        *[pax(text) for text in (b"6 a-b\n", b"\xb2 a=b\n", b"a=b\n", b"11111111111111111111 a=b\n")],
        *[pax(record("size", text)) + member("a") for text in ("-1", "1e3", "x", "٣", "9" * 50, "")],
        *[pax(record("mtime", text)) + member("a") for text in ("nan", "sNaN", "inf", "1e30", "x", "-1e13")],
        pax(record("GNU.sparse.major", "1")) + member("a"),
        member("a", b"", form={"format": tarfile.GNU_FORMAT}, mtime=2**70),
    ],
)
def test_malformed_archives(archive: bytes) -> None:
    with pytest.raises(ArchiveError):
        unpack(archive + END)


def test_a_size_below_zero() -> None:
    header = bytearray(member("a"))
    header[124:136] = b"\xff" * 12
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    with pytest.raises(ArchiveError, match="less than no content"):
        unpack(bytes(header) + END)


def test_too_many_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tar_read, "MAX_MEMBERS", 3)
    assert len(unpack(member("a") * 3 + END)) == 3
    with pytest.raises(ArchiveError, match="more than 3"):
        unpack(member("a") * 4 + END)


def test_extensions_do_not_fill_the_memory_nor_take_long() -> None:
    unpacker = Unpacker()
    tracemalloc.start()
    for at in range(8):
        records = b"".join(record(f"key{at}.{inner}", "") for inner in range(5000)) + record("comment", "x" * 500_000)
        assert list(unpacker.feed(pax(records))) == []
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000


def test_the_same_as_the_standard_library() -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.add(struct.__file__, "struct.py")
        tar.add(tarfile.__file__, "a/" * 70 + "tarfile.py")
    with tarfile.open(fileobj=io.BytesIO(archive.getvalue())) as tar:
        expected = [(info.name, info.size, info.mode) for info in tar]
    assert [(m.name, m.size, m.mode) for m, _ in unpack(archive.getvalue())] == expected


ARCHIVE = (
    folder("a")
    + member("a/" + "ü" * 200, b"x" * 1000, mtime=1.5)
    + member("a/empty")
    + symlink("a/link", "y" * 300)
    + member("a/full", b"z" * 512)
    + END
)


@settings(max_examples=50)
@given(st.integers(1, 1500))
def test_any_cut_gives_the_same(cut: int) -> None:
    assert unpack(ARCHIVE, cut) == unpack(ARCHIVE)


@given(st.integers(0, len(ARCHIVE)))
def test_an_archive_that_is_cut_short_is_not_whole(end: int) -> None:
    unpacker = Unpacker()
    for _ in unpacker.feed(ARCHIVE[:end]):
        pass
    assert unpacker.is_whole == (end >= len(ARCHIVE) - tarfile.BLOCKSIZE)


@settings(max_examples=500)
@given(
    st.lists(st.tuples(st.integers(0, len(ARCHIVE) - 1), st.integers(0, 255)), min_size=1, max_size=5), st.booleans()
)
def test_damage_is_an_error_or_nothing(damage: list[tuple[int, int]], mends: bool) -> None:
    archive = bytearray(ARCHIVE)
    for at, byte in damage:
        archive[at] = byte
        if mends:
            block = at // 512 * 512
            archive[block + 148 : block + 156] = b" " * 8
            archive[block + 148 : block + 156] = b"%06o\0 " % sum(archive[block : block + 512])
    with contextlib.suppress(ArchiveError):
        for _ in Unpacker().feed(bytes(archive)):
            pass
