# SPDX-License-Identifier: AGPL-3.0-only
"""Received files: whole or hidden."""

import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keks_meet.client import FileSink, Sink
from keks_meet.errors import SinkError, TargetExists
from tests.unit.client.files.sinks.parts import OFFER, names, part_of, started


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


def test_nothing_stays_of_what_is_wrong_or_empty(target: Path) -> None:
    started(target, b"12345").discard()
    started(target).interrupt()
    FileSink(target, overwrite=False).interrupt()
    FileSink(target, overwrite=False).discard()
    assert names(target) == []


def test_an_older_part_is_never_taken_for_the_file(target: Path) -> None:
    started(target, b"12345", offer=OFFER).interrupt()
    sink = FileSink(target, overwrite=False, offer=OFFER)
    assert sink.prefix() is not None
    with pytest.raises(RuntimeError, match="not started"):
        sink.finish()
    sink.interrupt()
    assert not target.exists()


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
