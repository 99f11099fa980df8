# SPDX-License-Identifier: AGPL-3.0-only
"""A receiver leaves its sink to the thread that works on it, and says how it ended when it has."""

import asyncio
import threading

import pytest

from keks_meet.client.files.receive import FileReceiver
from keks_meet.client.files.sinks import MemorySink, Sink
from keks_meet.protocol.relay_messages import Provide
from keks_meet.session.effects import ExpectFile
from tests.unit.client.files.channels import FakeChannel, until

OFFER = Provide("it", "file", label="a.txt", size=7)


def receiving(sink: Sink, offer: Provide = OFFER) -> tuple[FileReceiver, FakeChannel]:
    """Return a receiver that was asked for, and the channel that its file comes over."""
    receiver = FileReceiver(1, offer, sink)
    receiver.expect(ExpectFile(1, offer, (), 1))
    channel = FakeChannel()
    assert receiver.attach(channel.channel)
    return receiver, channel


class SlowSink(MemorySink):
    """A disk that takes its time to write."""

    def __init__(self) -> None:
        super().__init__(100)
        self.is_writing = False
        self.is_closed_meanwhile = False
        self.go_on = threading.Event()

    def write(self, data: bytes | memoryview, /) -> None:
        self.is_writing = True
        self.go_on.wait(20)
        self.is_writing = False
        super().write(data)

    def interrupt(self) -> bool:
        self.is_closed_meanwhile |= self.is_writing
        return super().interrupt()


async def test_a_sink_is_not_closed_under_its_writer_however_often_that_is_cancelled() -> None:
    sink = SlowSink()
    receiver, channel = receiving(sink)
    task = asyncio.create_task(receiver.run())
    channel.on_message(b"1234567")
    await until(lambda: sink.is_writing)
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0.01)
    assert not task.done()
    sink.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not sink.is_closed_meanwhile
