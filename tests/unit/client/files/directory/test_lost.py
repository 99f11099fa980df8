# SPDX-License-Identifier: AGPL-3.0-only
"""A folder arrives without what the file system here cannot hold, and says so."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from keks_meet.client.files import lost
from keks_meet.errors import ArchiveError
from tests.unit.client.files.directory.unpacking import files_in, receive, unpack
from tests.unit.client.files.tar import END, folder, hard_link, member, symlink

TAKEN = "another one has this name here"


@pytest.fixture
def one_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a file system for which names that differ in case are one."""
    opened, made = os.open, os.mkdir

    def found(name: Any, dir_fd: int | None) -> Any:
        if dir_fd is None:
            return name
        with os.scandir(dir_fd) as entries:
            return next((other.name for other in entries if other.name.casefold() == name.casefold()), name)

    def open_(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        return opened(found(path, dir_fd), flags, mode, dir_fd=dir_fd)

    def mkdir(path: Any, mode: int = 0o777, *, dir_fd: int | None = None) -> None:
        made(found(path, dir_fd), mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", open_)
    monkeypatch.setattr(os, "mkdir", mkdir)


@pytest.mark.usefixtures("one_case")
def test_the_first_of_names_that_are_one_here_arrives(target: Path) -> None:
    archive = [
        folder("t"),
        member("t/readme", b"first"),
        member("t/README", b"second" * 500),
        member("t/lib", b"a file"),
        folder("t/Lib"),
        member("t/Lib/a", b"1"),
        member("t/Lib/b/c", b"1"),
        hard_link("t/again", "t/README"),
        hard_link("t/alike", "t/readme"),
        folder("t/Docs"),
        member("t/docs/one", b"1"),
        member("t/last", b"1"),
    ]
    sink = unpack(target, b"".join(archive) + END)
    assert files_in(target) == {"readme", "lib", "alike", "Docs/one", "last"}
    assert (target / "readme").read_bytes() == b"first"
    assert (target / "lib").read_bytes() == b"a file"
    assert sink.lost.told == [
        ("t/README", TAKEN),
        ("t/Lib", TAKEN),
        ("t/again", "so is the file that it is a second name of"),
    ]
    assert len(sink.lost) == 3


@pytest.mark.usefixtures("one_case")
@pytest.mark.parametrize("second", [member("t/a", b"2"), member("t/a/b", b"2"), folder("t/a")])
def test_what_no_honest_archive_has_is_refused_all_the_same(target: Path, second: bytes) -> None:
    with pytest.raises(ArchiveError, match="is there twice"):
        receive(target, member("t/a", b"1") + second + END)


@pytest.mark.parametrize("number", [errno.EILSEQ, errno.ENAMETOOLONG, errno.EINVAL])
def test_names_that_are_not_possible_stay_behind(target: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    opened, made = os.open, os.mkdir

    def open_(path: Any, flags: int, *rest: Any, **more: Any) -> int:
        if flags & os.O_EXCL and ":" in os.fspath(path):
            raise OSError(number, os.strerror(number))
        return opened(path, flags, *rest, **more)

    def mkdir(path: Any, *rest: Any, **more: Any) -> None:
        if ":" in os.fspath(path):
            raise OSError(number, os.strerror(number))
        made(path, *rest, **more)

    monkeypatch.setattr(os, "open", open_)
    monkeypatch.setattr(os, "mkdir", mkdir)
    archive = member("t/a", b"1") + member("t/12:30", b"2" * 999) + member("t/x:/a/b", b"3") + member("t/x:/c")
    sink = unpack(target, archive + END)
    assert files_in(target) == {"a"}
    assert [path for path, _ in sink.lost.told] == ["t/12:30", "t/x:"]


def test_a_file_system_without_links_gets_the_rest(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_link(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "symlink", no_link)
    monkeypatch.setattr(os, "link", no_link)
    sink = unpack(target, member("t/a", b"1") + symlink("t/b", "a") + hard_link("t/c", "t/a") + END)
    assert files_in(target) == {"a"}
    assert sink.lost.told == [("t/b", "there are no links here"), ("t/c", "there are no links here")]


def test_a_disk_that_fails_ends_it(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "symlink", failing)
    with pytest.raises(OSError, match="Input/output"):
        receive(target, symlink("t/b", "a") + END)


@pytest.mark.usefixtures("one_case")
def test_too_many_are_refused(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lost, "_MOST", 2)
    with pytest.raises(ArchiveError, match="more than 2"):
        receive(target, b"".join(member(f"t/{name}") for name in ("abc", "Abc", "aBc", "abC")) + END)


def test_names_that_the_encoding_of_the_system_lacks_stay_behind(target: Path) -> None:
    program = """
import os, sys
from pathlib import Path
from keks_meet.client.files.directory import DirectorySink
from keks_meet.client.files.file_sink import FileSink
from keks_meet.errors import SinkError
assert sys.getfilesystemencoding() == "ascii"
for sink in (FileSink, DirectorySink):
    try:
        sink(Path("f\\xfcr"), overwrite=False)
    except SinkError:
        pass
    else:
        raise SystemExit("taken")
sink = DirectorySink(Path(sys.argv[1]), overwrite=False)
sink.start(0)
sink.write(sys.stdin.buffer.read())
sink.finish()
print(ascii(sink.lost.told))
"""
    environment = os.environ | {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    archive = member("t/a", b"1") + member("t/f\xfcr", b"2") + folder("t/\xfc") + member("t/\xfc/b", b"3") + END
    ended = subprocess.run(
        [sys.executable, "-c", program, target], input=archive, env=environment, capture_output=True, check=True
    )
    why = "such a name is not possible here"
    assert ended.stdout.decode().strip() == ascii([("t/f\xfcr", why), ("t/\xfc", why)])
    assert files_in(target) == {"a"}
