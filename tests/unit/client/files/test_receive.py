# SPDX-License-Identifier: AGPL-3.0-only
"""A receiver leaves its sink to the thread that works on it, and says how it ended when it has."""

import asyncio
import errno
import hashlib
import os
import threading

import pytest

from keks_meet.client.direct.receiving_line import ReceivingLine
from keks_meet.client.direct.ways import DirectWays
from keks_meet.client.files.incoming import Incoming
from keks_meet.client.files.receive import FileReceiver
from keks_meet.client.files.sinks import MemorySink, Prefix, Sink, StreamSink
from keks_meet.client.tasks import Tasks
from keks_meet.errors import NotOnOffer, TransferFailed
from keks_meet.protocol.relay_messages import Provide
from keks_meet.session.effects import ExpectFile
from tests.unit.client.files.fakes import FakeChannel, Told, until

OFFER = Provide("it", "file", label="a.txt", size=7)


def receiving(sink: Sink, offer: Provide = OFFER) -> tuple[FileReceiver, FakeChannel]:
    """Return a receiver that was asked for, and the channel that its file comes over."""
    receiver = FileReceiver(1, offer, sink, list, list)
    receiver.expect(ExpectFile(1, offer, (), 1))
    channel = FakeChannel()
    receiver.attach(ReceivingLine(channel.channel, 1, None))
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


async def test_a_sender_does_not_stall_while_what_it_sent_waits_for_the_disk() -> None:
    sink = SlowSink()
    receiver, channel = receiving(sink)
    task = asyncio.create_task(receiver.run())
    assert receiver.is_waiting
    channel.on_message(b"123")
    await until(lambda: sink.is_writing)
    assert not receiver.is_waiting
    sink.go_on.set()
    await until(lambda: receiver.bytes == 3)
    assert receiver.is_waiting
    channel.on_message(b"4567")
    await task


PROOF = "ab" * 32


class BegunSink(MemorySink):
    """Has three bytes of an earlier download."""

    def prefix(self) -> Prefix | None:  # type: ignore[override]
        return Prefix(3, hashlib.sha256(b"123"), "5a" * 32, PROOF)


@pytest.mark.parametrize(
    ("texts", "features"),
    [
        ([f'{{"prefix_hmac": "{PROOF}"}}'], ("file-credit", "file-resume-2", "file-sha256")),
        (['{"offset": 0}'], ("file-credit", "file-resume-2", "file-sha256")),
        ([], ("file-credit", "file-sha256")),
    ],
)
async def test_a_sender_does_not_stall_while_it_compares_the_beginning(
    texts: list[str], features: tuple[str, ...]
) -> None:
    receiver = FileReceiver(1, OFFER, BegunSink(100), list, list)
    assert await receiver.look() is not None
    receiver.expect(ExpectFile(1, OFFER, features, 1))
    # The request may have been lost, as long as nobody answers with a channel.
    assert receiver.is_waiting
    channel = FakeChannel()
    receiver.attach(ReceivingLine(channel.channel, 1, None))
    assert receiver.is_waiting == (not texts)
    for text in texts:
        channel.on_message(text)
    assert receiver.is_waiting
    # A sender that is gone takes its channel along.
    task = asyncio.create_task(receiver.run())
    channel.on_close()
    async with asyncio.timeout(10):
        with pytest.raises(TransferFailed):
            await task


async def test_a_stream_that_is_not_read_does_not_hold_up_who_cancels_at_the_end() -> None:
    """What waits to be flushed is lost then."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    while True:
        try:
            os.write(writer, bytes(65_536))
        except BlockingIOError:
            break
    os.set_blocking(writer, True)
    with os.fdopen(writer, "wb") as stream:
        receiver, channel = receiving(StreamSink(stream))
        task = asyncio.create_task(receiver.run())
        channel.on_message(b"1234567")
        channel.on_message("end")
        channel.on_close()
        await until(lambda: receiver._is_done)
        task.cancel()
        ended, _ = await asyncio.wait([task], timeout=5)
        await asyncio.to_thread(os.read, reader, 1 << 20)
        assert ended
        assert task.cancelled()
        assert receiver.outcome == "cancelled"
    os.close(reader)


class SlowToFinish(MemorySink):
    """A disk that takes its time to keep what it has."""

    def __init__(self) -> None:
        super().__init__(100)
        self.is_finishing = threading.Event()
        self.go_on = threading.Event()

    def finish(self) -> None:
        self.is_finishing.set()
        self.go_on.wait(20)
        super().finish()


@pytest.mark.parametrize("size", [7, None])
async def test_a_file_is_whole_when_it_is_stored(size: int | None) -> None:
    """Until then it is under way, and nothing more has to come."""
    sink = SlowToFinish()
    receiver, channel = receiving(sink, Provide("it", "file", label="a.txt", size=size))
    task = asyncio.create_task(receiver.run())
    channel.on_message(b"1234567")
    channel.on_message("end")
    await until(sink.is_finishing.is_set)
    assert (receiver.outcome, receiver.is_waiting) == (None, False)
    sink.go_on.set()
    await task
    assert receiver.outcome == "whole"


class Kept(MemorySink):
    """Keeps a part, the first time that it is told to; a second time there is none."""

    def __init__(self, *, is_slow: bool) -> None:
        super().__init__(100)
        self._ends = 0
        self.is_interrupting = threading.Event()
        self.go_on = threading.Event()
        if not is_slow:
            self.go_on.set()

    def interrupt(self) -> bool:
        self._ends += 1
        self.is_interrupting.set()
        self.go_on.wait(20)
        return self._ends == 1


async def test_what_is_kept_stays_so_when_the_download_is_cancelled_at_its_end() -> None:
    sink = Kept(is_slow=True)
    receiver, channel = receiving(sink)
    task = asyncio.create_task(receiver.run())
    channel.on_message(b"12345")
    channel.on_close()
    await until(sink.is_interrupting.is_set)
    task.cancel()
    sink.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert receiver.is_kept


class BrokenDisk(MemorySink):
    """Nothing works on it."""

    def __init__(self) -> None:
        super().__init__(100)

    def interrupt(self) -> bool:
        raise OSError(errno.EIO, "interrupting fails")

    def discard(self) -> None:
        raise OSError(errno.EIO, "discarding fails")


class BrokenAtOnce(BrokenDisk):
    """Not even what is there can be seen."""

    def prefix(self) -> None:
        raise OSError(errno.EIO, "looking fails")

    def write(self, data: bytes | memoryview, /) -> None:
        raise OSError(errno.EIO, "writing fails")


async def test_what_failed_first_is_what_is_raised() -> None:
    receiver, channel = receiving(BrokenAtOnce())
    channel.on_message(b"1234567")
    with pytest.raises(OSError, match="writing fails"):
        await receiver.run()
    assert receiver.outcome == "broken"
    for data, outcome in ((b"12345", "cut short"), (b"12345678", "too long")):
        receiver, channel = receiving(BrokenDisk())
        channel.on_message(data)
        channel.on_close()
        with pytest.raises(TransferFailed) as failed:
            await receiver.run()
        assert (failed.value.outcome, receiver.outcome) == (outcome, outcome)


async def test_what_failed_before_anybody_was_asked_is_what_is_raised() -> None:
    incoming = Incoming(tasks := Tasks(), lambda _: None, Told(), DirectWays(tasks, lambda _: ""))
    with pytest.raises(OSError, match="looking fails"):
        await incoming.download(1, OFFER, BrokenAtOnce())
    with pytest.raises(NotOnOffer):
        await incoming.download(1, None, BrokenDisk())
