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
