# SPDX-License-Identifier: AGPL-3.0-only
"""File systems that lack something, are full or fail."""

import errno
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from keks_meet.client.files import file_sink
from keks_meet.client.files.directory import DirectorySink
from keks_meet.client.files.file_sink import FileSink
from keks_meet.errors import SinkError, TargetExists
from keks_meet.protocol.relay_messages import Provide
from tests.unit.client.files.sinks.parts import OFFER, names, part_of, started
from tests.unit.client.files.tar import END, member


def test_what_does_not_fit_is_said_before_it_is_asked_for(target: Path) -> None:
    sink = FileSink(target, overwrite=False, offer=Provide("it", "file", label="a.txt", size=1 << 62))
    with pytest.raises(SinkError, match="are free"):
        sink.prefix()
    sink.interrupt()
    assert names(target) == []


def test_a_folder_that_does_not_fit_is_said_before_it_is_asked_for(target: Path) -> None:
    sink = DirectorySink(target, overwrite=False, size=1 << 62)
    with pytest.raises(SinkError, match="are free"):
        sink.prefix()
    sink.interrupt()
    assert names(target) == []


def test_a_file_system_that_does_not_know_how_large_it_is(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = os.statvfs_result((4096, 4096, 0, 0, 0, 0, 0, 0, 0, 255))
    monkeypatch.setattr(os, "statvfs", lambda _: nothing)
    FileSink(target, overwrite=False, offer=OFFER).prefix()
    DirectorySink(target, overwrite=False, size=7).prefix()


def test_a_folder_that_takes_files_and_cannot_be_listed(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.open

    def unlisted(path: Any, *rest: Any, **more: Any) -> int:
        if path == target.parent:  # the tests may run as root, who may list everything
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(path, *rest, **more)

    monkeypatch.setattr(os, "open", unlisted)
    assert started(target, b"1").finish() == target
    folder = DirectorySink(target.with_name("folder"), overwrite=False)
    folder.start(0)
    folder.write(member("t/a", b"1") + END)
    assert folder.finish() == target.with_name("folder")


def test_no_part_is_kept_of_what_has_its_name(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    sink = started(target, b"12345", offer=OFFER)
    monkeypatch.setattr(file_sink, "sync_folder", failing)
    with pytest.raises(OSError, match="Input/output"):
        sink.finish()
    assert (sink.interrupt(), sink.kept) == (False, 0)
    assert names(target) == ["a.txt"]


def test_a_file_system_without_links(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_link(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_link)
    started(target, b"1").finish()
    sink = started(target.with_name("b"), b"2")
    target.with_name("b").touch()
    with pytest.raises(TargetExists):
        sink.finish()
    sink.discard()
    assert target.read_bytes() == b"1"
    assert names(target) == ["a.txt", "b"]


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS])
def test_a_file_system_without_locks(target: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def no_lock(*_: object) -> None:
        raise OSError(number, "No locks available")

    monkeypatch.setattr("fcntl.flock", no_lock)
    started(target, b"1").finish()
    assert target.read_bytes() == b"1"


def test_a_part_that_was_taken_away_is_an_error(target: Path) -> None:
    sink = started(target, b"1")
    part_of(target).unlink()
    with pytest.raises(FileNotFoundError):
        sink.finish()
    sink.interrupt()
    assert names(target) == []


def test_a_full_disk_leaves_what_may_be_continued(target: Path) -> None:
    sink = started(target, b"12345", offer=OFFER)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            sink.write(b"6" * 100)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    sink.interrupt()
    assert names(target) == [".a.txt.rift-info", ".a.txt.rift-part"]
    prefix = FileSink(target, overwrite=False, offer=OFFER).prefix()
    assert prefix is not None
    assert prefix.length == 8


FULL = """
import errno, os, sys
from pathlib import Path
from keks_meet.client.files.directory import DirectorySink
from keks_meet.client.files.file_sink import FileSink
from tests.unit.client.files.tar import member
folder = Path(sys.argv[1])
for sink in (FileSink(folder / "a", overwrite=False), DirectorySink(folder / "b", overwrite=False)):
    sink.start(0)
    try:
        sink.write(member("t/a", bytes(5_000_000)))
        raise SystemExit("it was not full")
    except OSError as error:
        assert error.errno == errno.ENOSPC, error
    sink.interrupt()
    print(*sorted(path.name for path in folder.iterdir()))
    for path in folder.iterdir():
        path.unlink()
"""


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    run = 'mount -t tmpfs -o size=1m none "$1" && exec "$2" -c "$3" "$1"'
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", run, "sh", tmp_path, sys.executable, FULL]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    assert (done.stdout, done.stderr) == ("\n\n", "")


def test_a_page_that_was_lost_on_the_way_is_told(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system tells of it once, and then long before the end."""
    answers = iter([OSError(5, "lost")])

    def fsync(_: int) -> None:
        if (answer := next(answers, None)) is not None:
            raise answer

    monkeypatch.setattr(os, "fsync", fsync)
    sink = started(target, bytes(48 * 1_048_576))
    with pytest.raises(OSError, match="lost"):
        sink.finish()
    assert not target.exists()
    sink.discard()
    assert names(target) == []
