# SPDX-License-Identifier: AGPL-3.0-only
"""What is received into a stream, or into memory."""

import io
import os
from pathlib import Path

import pytest

from keks_meet.client.files.sinks import MemorySink, Sink, StreamSink
from keks_meet.errors import SinkError


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
