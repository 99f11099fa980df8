# SPDX-License-Identifier: AGPL-3.0-only
"""A sender ends when it is told to, and leaves its source to the thread that reads it."""

import asyncio
import contextlib
import os
import threading

import pytest

from keks_meet.client.direct.sending_line import SendingLine
from keks_meet.client.files.own_file import OwnFile
from keks_meet.client.files.send import FileSender
from keks_meet.client.files.sources import Source, StreamSource
from keks_meet.protocol.relay_messages import Provide, Request
from keks_meet.session.effects import SendFile
from tests.unit.client.files.fakes import FakeChannel, until


def sending(source: Source, resume: Request | None = None) -> FileSender:
    """Return a sender of a source to a client that knows no features."""
    own = OwnFile(Provide("it", "file", label=source.label, size=source.size), source)
    return FileSender(
        SendFile(1, "it", (), resume), own, SendingLine(FakeChannel().channel, 1, None), contextlib.nullcontext()
    )


class SlowSource:
    """A disk that takes its time to read, and cannot be told to stop."""

    label, size, archive, once = "slow", 7, None, False

    def __init__(self) -> None:
        self.is_reading = False
        self.is_closed_meanwhile = False
        self.go_on = threading.Event()

    def open(self) -> "SlowSource":
        return self

    def read(self, size: int, /) -> bytes:
        self.is_reading = True
        self.go_on.wait(20)
        self.is_reading = False
        return b""

    def interrupt(self) -> None:
        return

    def close(self) -> None:
        self.is_closed_meanwhile |= self.is_reading


async def test_a_source_is_not_closed_under_its_reader_however_often_that_is_cancelled() -> None:
    source = SlowSource()
    task = asyncio.create_task(sending(source).run())
    await until(lambda: source.is_reading)
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0.01)
    assert not task.done()
    source.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not source.is_closed_meanwhile


async def test_a_sender_that_reads_a_quiet_pipe_ends_when_it_is_cancelled() -> None:
    reader, writer = os.pipe()
    try:
        task = asyncio.create_task(sending(StreamSource(os.fdopen(reader, "rb"), "stdin")).run())
        await asyncio.sleep(0.05)
        task.cancel()
        ended, _ = await asyncio.wait([task], timeout=5)
        assert ended
        assert task.cancelled()
    finally:
        os.close(writer)


class QuietSource:
    """Something slow of the program's own, which can be told to stop."""

    label, size, archive, once = "quiet", 7, None, False

    def __init__(self) -> None:
        self.is_reading = threading.Event()
        self._interrupted = threading.Event()

    def open(self) -> "QuietSource":
        return self

    def read(self, size: int, /) -> bytes:
        self.is_reading.set()
        self._interrupted.wait(10)
        return b""

    def interrupt(self) -> None:
        self._interrupted.set()

    def close(self) -> None:
        return


async def test_a_sender_that_compares_ends_when_it_is_cancelled() -> None:
    source = QuietSource()
    task = asyncio.create_task(sending(source, Request("it", 5, "00" * 32)).run())
    await until(source.is_reading.is_set)
    task.cancel()
    ended, _ = await asyncio.wait([task], timeout=5)
    assert ended
    assert task.cancelled()
