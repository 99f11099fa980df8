# SPDX-License-Identifier: AGPL-3.0-only
"""Received files: whole or hidden, continued, never in the way of what is there."""

import hashlib
import hmac
import io
import os
import resource
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keks_meet.client.files.directory import DirectorySink
from keks_meet.client.files.file_sink import FileSink
from keks_meet.client.files.sinks import MemorySink, Sink, StreamSink
from keks_meet.errors import SinkError, TargetExists
from keks_meet.protocol.relay_messages import Provide

OFFER = Provide("it", "file", label="a.txt", size=7)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "a.txt"


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def part_of(target: Path) -> Path:
    return target.with_name(f".{target.name}.rift-part")


def names(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


def started(
    target: Path, data: bytes = b"", *, overwrite: bool = False, offer: Provide | None = None, free_name: bool = False
) -> FileSink:
    sink = FileSink(target, overwrite=overwrite, offer=offer, free_name=free_name)
    assert sink.prefix() is None
    sink.start(0)
    sink.write(data)
    return sink


@given(st.lists(st.binary(max_size=100), max_size=10), st.booleans())
def test_any_bytes_in_any_pieces(tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes], is_view: bool) -> None:
    target = tmp_path_factory.getbasetemp() / "received"
    sink: Sink = FileSink(target, overwrite=True)
    sink.start(0)
    for piece in pieces:
        sink.write(memoryview(piece) if is_view else piece)
    assert sink.finish() == target
    assert target.read_bytes() == b"".join(pieces)
    assert not part_of(target).exists()


def test_it_is_hidden_and_the_users_own_until_it_is_whole(target: Path) -> None:
    sink = started(target, b"123")
    assert names(target) == [".a.txt.rift-part"]
    assert stat.S_IMODE(part_of(target).stat().st_mode) == 0o600
    os.umask(0o027)
    assert sink.finish() == target
    assert os.umask(0o022) == 0o027
    assert names(target) == ["a.txt"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    sink.interrupt()
    sink.discard()
    assert target.read_bytes() == b"123"


def test_an_interrupted_one_is_continued(target: Path) -> None:
    started(target, b"12345", offer=OFFER).interrupt()
    sink = FileSink(target, overwrite=False, offer=OFFER)
    prefix = sink.prefix()
    assert prefix is not None
    assert (prefix.length, prefix.sha256.hexdigest()) == (5, hashlib.sha256(b"12345").hexdigest())
    whole = prefix.sha256.copy()
    whole.update(b"67")
    assert whole.hexdigest() == hashlib.sha256(b"1234567").hexdigest()
    sink.start(prefix.length)
    sink.write(b"67")
    sink.finish()
    assert target.read_bytes() == b"1234567"


def test_what_was_left_may_be_dropped_or_kept_for_another_time(target: Path) -> None:
    started(target, b"12345", offer=OFFER).interrupt()
    sink = FileSink(target, overwrite=False, offer=OFFER)
    assert sink.prefix() is not None
    sink.interrupt()
    assert part_of(target).read_bytes() == b"12345"
    sink = FileSink(target, overwrite=False, offer=OFFER)
    assert sink.prefix() is not None
    with pytest.raises(ValueError, match="prefix"):
        sink.start(3)
    sink.start(0)
    sink.write(b"1")
    sink.finish()
    assert target.read_bytes() == b"1"
    # Who did not prove to have what is there does not destroy it.
    assert part_of(target).read_bytes() == b"12345"


def test_nothing_stays_of_what_is_wrong_or_empty(target: Path) -> None:
    started(target, b"12345").discard()
    started(target).interrupt()
    FileSink(target, overwrite=False).interrupt()
    FileSink(target, overwrite=False).discard()
    assert names(target) == []


def test_only_the_same_file_is_gone_on_with(target: Path) -> None:
    """The record beside a part tells: of another size or label it stays as it is, another id means nothing [F9]."""
    started(target, b"12345", offer=OFFER).interrupt()
    for offer, is_continued in (
        (Provide("it", "file", label="a.txt", size=8), False),
        (Provide("it", "file", label="b.txt", size=7), False),
        (Provide("it", "file", label="a.txt"), False),
        (Provide("other", "file", label="a.txt", size=7), True),
    ):
        sink = FileSink(target, overwrite=False, offer=offer)
        assert (sink.prefix() is not None) is is_continued
        sink.start(0)
        sink.write(b"1234")
        sink.discard()
        assert part_of(target).read_bytes() == b"12345"
        assert names(target) == [".a.txt.rift-info", ".a.txt.rift-part"]
    kept = FileSink(target, overwrite=False, offer=OFFER)
    prefix = kept.prefix()
    assert prefix is not None
    kept.start(prefix.length)
    kept.write(b"67")
    kept.finish()
    assert names(target) == ["a.txt"]
    assert target.read_bytes() == b"1234567"


def test_two_files_of_one_name_are_kept_and_gone_on_with_apart(target: Path) -> None:
    other = Provide("other", "file", label="a.txt", size=9)
    started(target, b"12345", offer=OFFER).interrupt()
    started(target, b"98765432", offer=other).interrupt()
    for offer, length in ((OFFER, 5), (other, 8)):
        sink = FileSink(target, overwrite=False, offer=offer)
        prefix = sink.prefix()
        assert prefix is not None
        assert prefix.length == length
        sink.interrupt()


@pytest.mark.parametrize("record", [None, b"", b"{", b'{"size":7}', b'{"size":"7","label":"a.txt","id":"it"}', b"\xff"])
def test_a_part_of_which_nobody_knows_what_it_is_starts_anew(target: Path, record: bytes | None) -> None:
    started(target, b"12345", offer=OFFER).interrupt()
    info = target.with_name(".a.txt.rift-info")
    info.unlink()
    if record is not None:
        info.write_bytes(record)
    sink = FileSink(target, overwrite=False, offer=OFFER)
    assert sink.prefix() is None
    sink.start(0)
    sink.write(b"7654321")
    sink.finish()
    assert names(target) == ["a.txt"]
    assert target.read_bytes() == b"7654321"


def test_a_record_that_is_a_link_is_not_followed(target: Path) -> None:
    started(target, b"12345", offer=OFFER).interrupt()
    info = target.with_name(".a.txt.rift-info")
    info.rename(target.with_name("victim"))
    info.symlink_to("victim")
    sink = FileSink(target, overwrite=False, offer=OFFER)
    assert sink.prefix() is None
    before = target.with_name("victim").read_bytes()
    sink.start(0)
    assert (target.with_name("victim").read_bytes(), info.is_symlink()) == (before, False)
    sink.discard()


def test_what_proves_a_prefix_is_new_each_time(target: Path) -> None:
    started(target, b"12345", offer=OFFER).interrupt()
    found = []
    for _ in range(2):
        sink = FileSink(target, overwrite=False, offer=OFFER)
        prefix = sink.prefix()
        assert prefix is not None
        assert prefix.hmac == hmac.new(bytes.fromhex(prefix.salt), b"12345", "sha256").hexdigest()
        found.append(prefix.salt)
        sink.interrupt()
    assert len(set(found)) == 2


def test_an_older_part_is_never_taken_for_the_file(target: Path) -> None:
    started(target, b"12345", offer=OFFER).interrupt()
    sink = FileSink(target, overwrite=False, offer=OFFER)
    assert sink.prefix() is not None
    with pytest.raises(RuntimeError, match="not started"):
        sink.finish()
    sink.interrupt()
    assert not target.exists()


def test_another_file_of_the_name_gets_a_free_one(target: Path) -> None:
    for number in range(3):
        started(target, b"%d" % number, offer=OFFER, free_name=True).finish()
    assert names(target) == ["a (2).txt", "a (3).txt", "a.txt"]
    archive = target.with_name("b.tar.gz")
    for content in (b"x", b"y", b"x", b"y"):
        started(archive, content, free_name=True).finish()
    assert not target.with_name("b (3).tar.gz").exists()
    assert target.with_name("b (2).tar.gz").exists()


def test_the_very_file_is_not_stored_twice(target: Path) -> None:
    target.write_bytes(b"1234567")
    before = target.stat()
    sink = FileSink(target, overwrite=False, offer=OFFER, free_name=True)
    prefix = sink.prefix()
    assert prefix is not None
    assert prefix.length == 7
    sink.start(7)
    assert sink.finish() == target
    assert (names(target), target.stat()) == (["a.txt"], before)


def test_a_file_of_the_same_size_may_be_another_one(target: Path) -> None:
    target.write_bytes(b"7654321")
    sink = FileSink(target, overwrite=False, offer=OFFER, free_name=True)
    assert sink.prefix() is not None
    sink.start(0)
    sink.write(b"1234567")
    assert sink.finish() == target.with_name("a (2).txt")
    assert target.read_bytes() == b"7654321"


def test_what_does_not_fit_is_said_before_it_is_asked_for(target: Path) -> None:
    sink = FileSink(target, overwrite=False, offer=Provide("it", "file", label="a.txt", size=1 << 62))
    with pytest.raises(SinkError, match="are free"):
        sink.prefix()
    sink.interrupt()
    assert names(target) == []


def test_a_killed_one_is_continued(target: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from keks_meet.client.files.file_sink import FileSink\n"
        "from keks_meet.protocol.relay_messages import Provide\n"
        "offer = Provide('it', 'file', label='a.txt', size=7)\n"
        "sink = FileSink(Path(sys.argv[1]), overwrite=False, offer=offer); sink.start(0); sink.write(b'12345')\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", code, target], check=False).returncode == -signal.SIGKILL
    assert names(target) == [".a.txt.rift-info", ".a.txt.rift-part"]
    prefix = FileSink(target, overwrite=False, offer=OFFER).prefix()
    assert prefix is not None
    assert prefix.length == 5


def test_two_at_once_do_not_meet(target: Path) -> None:
    one, two = started(target, b"1", offer=OFFER), started(target, b"2", offer=OFFER)
    three = started(target, b"3")
    parts = [".a.txt.rift-part", ".a.txt.rift-part-2", ".a.txt.rift-part-3"]
    assert names(target) == [".a.txt.rift-info", ".a.txt.rift-info-2", *parts]
    three.interrupt()  # nobody would look for it
    assert two.finish() == target
    with pytest.raises(TargetExists):
        one.finish()
    assert target.read_bytes() == b"2"
    one.interrupt()
    assert names(target) == [".a.txt.rift-info", ".a.txt.rift-part", "a.txt"]
    assert stat.S_IMODE(FileSink(target, overwrite=True)._claimed().path.stat().st_mode) == 0o600


def test_what_an_unfinished_receiver_of_another_name_left_is_not_continued(target: Path) -> None:
    first = started(target, b"1")
    target.with_name(".a.txt.rift-part-2").write_bytes(b"old")
    second = started(target, b"2", overwrite=True)
    second.finish()
    first.discard()
    assert target.read_bytes() == b"2"


def test_too_many_receivers(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keks_meet.client.files.partial._MOST", 2)
    sinks = [started(target), started(target)]
    with pytest.raises(SinkError, match="too many"):
        started(target)
    for sink in sinks:
        sink.discard()


def test_a_race_for_the_target_has_one_winner(target: Path) -> None:
    sinks = [started(target, b"%d" % at) for at in range(8)]
    barrier = threading.Barrier(len(sinks))
    winners = []

    def finish(sink: FileSink) -> None:
        barrier.wait()
        try:
            sink.finish()
            winners.append(sink)
        except TargetExists:
            sink.discard()

    threads = [threading.Thread(target=finish, args=(sink,)) for sink in sinks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert target.read_bytes() == b"%d" % sinks.index(*winners)
    assert names(target) == ["a.txt"]


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


def test_a_file_system_without_locks(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_lock(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("fcntl.flock", no_lock)
    started(target, b"1").finish()
    assert target.read_bytes() == b"1"


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


def test_a_part_that_was_taken_away_is_an_error(target: Path) -> None:
    sink = started(target, b"1")
    part_of(target).unlink()
    with pytest.raises(FileNotFoundError):
        sink.finish()
    sink.interrupt()
    assert names(target) == []


@pytest.mark.parametrize("name", ["x" * 255, "ü" * 127, os.fsdecode(b"\xff" * 255), "-rf", "new\nline"])
def test_any_name_that_a_file_system_takes(target: Path, name: str) -> None:
    target = target.with_name(name)
    others = [started(target.with_name(f"{name[:-1]}{last}"), b"other") for last in "yz"]
    sink = started(target, b"1")
    assert len(names(target)) == 3
    sink.finish()
    assert target.read_bytes() == b"1"
    for other in others:
        other.discard()


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


class Slow(io.RawIOBase):
    """Takes two bytes at a time."""

    def __init__(self) -> None:
        self.taken = b""

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        piece = bytes(data)[:2]  # type: ignore[call-overload]
        self.taken += piece
        return len(piece)


def test_a_stream_gets_all_also_one_that_takes_little() -> None:
    file = Slow()
    sink: Sink = StreamSink(file)  # type: ignore[arg-type]
    assert sink.prefix() is None
    sink.start(0)
    sink.write(b"12345")
    sink.write(memoryview(b"678"))
    assert sink.finish() is None
    sink.interrupt()
    sink.discard()
    assert file.taken == b"12345678"
    with pytest.raises(ValueError, match="beginning"):
        sink.start(1)


def test_a_stream_that_nobody_reads() -> None:
    out, into = os.pipe()
    os.close(out)
    with os.fdopen(into, "wb", buffering=0) as file:
        sink = StreamSink(file)
        with pytest.raises(BrokenPipeError):
            sink.write(b"1")


def test_a_full_stream() -> None:
    with Path("/dev/full").open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        StreamSink(file).write(b"1")


def test_a_stream_that_does_not_block() -> None:
    out, into = os.pipe()
    os.set_blocking(into, False)
    with os.fdopen(into, "wb", buffering=0) as file, pytest.raises(BlockingIOError):
        StreamSink(file).write(bytes(10_000_000))
    os.close(out)


def test_memory_holds_what_is_whole_up_to_its_limit() -> None:
    sink = MemorySink(5)
    assert sink.prefix() is None
    sink.start(0)
    sink.write(b"123")
    sink.write(memoryview(b"45"))
    assert sink.data == b""
    with pytest.raises(SinkError, match="more than 5"):
        sink.write(b"6")
    assert sink.finish() is None
    assert sink.data == b"12345"
    sink.start(0)
    sink.write(b"1")
    sink.interrupt()
    sink.discard()
    with pytest.raises(ValueError, match="beginning"):
        sink.start(1)


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
