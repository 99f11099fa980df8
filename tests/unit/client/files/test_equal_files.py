# SPDX-License-Identifier: AGPL-3.0-only
"""A file that is in the folder already, under one of the names that it could get, is not sent again."""

from pathlib import Path

import pytest

from keks_meet.client.files.file_sink import FileSink
from keks_meet.protocol.relay_messages import Provide

OFFER = Provide("it", "file", label="a.txt", size=7)


@pytest.fixture
def sink(tmp_path: Path) -> FileSink:
    (tmp_path / "a.txt").write_bytes(b"1")
    (tmp_path / "a (2).txt").write_bytes(b"1234567")
    return FileSink(tmp_path / "a.txt", overwrite=False, offer=OFFER, free_name=True)


def test_a_later_name_may_have_it(sink: FileSink, tmp_path: Path) -> None:
    prefix = sink.prefix()
    assert prefix is not None
    assert prefix.length == 7
    sink.start(7)
    assert sink.finish() == tmp_path / "a (2).txt"
    assert len(list(tmp_path.iterdir())) == 2


def test_one_of_its_size_may_be_another_one(sink: FileSink, tmp_path: Path) -> None:
    assert sink.prefix() is not None
    sink.start(0)
    sink.write(b"7654321")
    assert sink.finish() == tmp_path / "a (3).txt"
    assert (tmp_path / "a (2).txt").read_bytes() == b"1234567"


def test_what_was_kept_is_gone_on_with_beside_an_older_file_of_its_name_and_size(tmp_path: Path) -> None:
    """Each try brings it further, and none leaves another part."""
    target = tmp_path / "a.txt"
    target.write_bytes(b"older 7")
    lengths = []
    for _ in range(3):
        sink = FileSink(target, overwrite=False, offer=OFFER, free_name=True)
        prefix = sink.prefix()
        assert prefix is not None
        # The sender proves only what it has.
        offset = prefix.length if prefix.length < 7 else 0
        lengths.append(offset)
        sink.start(offset)
        sink.write(b"12")
        assert sink.interrupt()
    assert lengths == [0, 2, 4]
    assert sorted(path.name for path in tmp_path.iterdir()) == [".a.txt.rift-info", ".a.txt.rift-part", "a.txt"]
    sink = FileSink(target, overwrite=False, offer=OFFER, free_name=True)
    assert sink.prefix() is not None
    sink.start(6)
    sink.write(b"1")
    assert sink.finish() == tmp_path / "a (2).txt"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a (2).txt", "a.txt"]


def test_no_part_is_made_for_a_file_that_is_there(sink: FileSink, tmp_path: Path) -> None:
    assert sink.prefix() is not None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a (2).txt", "a.txt"]
