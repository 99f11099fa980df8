# SPDX-License-Identifier: AGPL-3.0-only
"""Texts that were sent to be read at once [F13]: what counts as stored has been shown."""

import asyncio
import threading

import pytest

from keks_meet.client.files.sinks import Sink
from keks_meet.errors import SinkError
from keks_meet.protocol.relay_messages import Provide
from keks_meet.rift.texts import TextSink, is_shown_text


def taken_by(sink: Sink, data: bytes) -> None:
    sink.start(0)
    sink.write(data)
    sink.finish()


def test_a_text_is_shown_when_it_is_whole_and_not_before() -> None:
    shown: list[str] = []
    sink = TextSink(shown.append)
    sink.start(0)
    sink.write("ü".encode()[:1])
    sink.write("ü".encode()[1:] + b"\xff")
    assert not shown
    sink.finish()
    assert shown == ["ü\ufffd"]


def test_a_text_that_nobody_can_see_is_not_stored() -> None:
    def show(_text: str) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        taken_by(TextSink(show), b"x")
    with pytest.raises(SinkError):
        taken_by(TextSink(show), bytes(65_537))


async def test_a_reader_that_reads_nothing_is_left_behind() -> None:
    is_showing, goes_on = threading.Event(), threading.Event()

    def show(_text: str) -> None:
        is_showing.set()
        goes_on.wait()

    sink = TextSink(show)
    taking = asyncio.create_task(asyncio.to_thread(taken_by, sink, b"x"))
    await asyncio.to_thread(is_showing.wait)
    sink.stop()
    with pytest.raises(SinkError, match="stopped"):
        await taking
    goes_on.set()


def test_a_folder_is_no_text() -> None:
    assert is_shown_text(Provide("it", kind="file", size=5, show="text"))
    assert not is_shown_text(Provide("it", kind="file", size=5, show="text", archive="tar"))
