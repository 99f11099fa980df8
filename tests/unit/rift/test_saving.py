# SPDX-License-Identifier: AGPL-3.0-only
"""What a file that did not arrive means for the next try, and for the files that follow."""

import asyncio
import errno
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal, cast

import pytest

from keks_meet.client.events import Peer, Resource
from keks_meet.client.files.directory import DirectorySink
from keks_meet.client.files.sinks import Sink
from keks_meet.errors import SinkError, TransferFailed
from keks_meet.rift import saving
from keks_meet.rift.commands.receive import _Receiving
from keks_meet.rift.events import Failed, PeerName, TextReceived
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.saving import Destination, destination_of, save
from keks_meet.rift.stay import Stay
from keks_meet.session.resources import RemoteResource

FILE = Resource("it", kind="file", label="photo.jpg", size=1000)
PEER = Peer(1, "bob", "connected", None, (RemoteResource(FILE),))


class FakeRoom:
    """Each download ends as it is told to, with so many bytes more, and then there are none."""

    peers = (PEER,)

    def __init__(self, ends: Iterable[tuple[int, Exception | None]]) -> None:
        self.ends = list(ends)
        self.tries = 0

    async def download(self, _peer: int, _resource_id: str, sink: Sink) -> None:
        self.tries += 1
        length, error = self.ends.pop(0)
        is_kept = await asyncio.to_thread(received, sink, length)
        if isinstance(error, TransferFailed):
            error.is_kept = is_kept
        if error is not None:
            raise error

    async def until(self, look: object) -> None:
        await asyncio.Event().wait()


def received(sink: Sink, length: int) -> bool:
    prefix = sink.prefix()
    sink.start(prefix.length if prefix else 0)
    sink.write(bytes(length))
    return sink.interrupt()


class FakeStay:
    """A stay in a room with one peer."""

    has_failed = False

    def __init__(self, *ends: tuple[int, Exception | None]) -> None:
        self.room = FakeRoom(ends)
        self.on_offer = lambda _peer, _resource: None
        self.shown: Callable[[TextReceived], None] = lambda _event: None
        self.failures = asyncio.Queue[Failed]()

    def say(self, event: object) -> None:
        if isinstance(event, Failed):
            self.failures.put_nowait(event)

    def show(self, event: TextReceived) -> None:
        self.shown(event)

    def named(self, peer: Peer) -> PeerName:
        return PeerName(str(peer.key), peer.username)

    def note_failed(self, _peer: Peer, _resource: Resource) -> None:
        return

    def note_saved(self, _peer: Peer, _resource: Resource, *, went_on: bool) -> None:
        return

    @property
    def stay(self) -> Stay:
        return cast("Stay", self)


def cut_short() -> TransferFailed:
    return TransferFailed("the transfer was cut short", "cut short")


def unusable(number: int) -> SinkError:
    error = SinkError("the part cannot be used")
    error.__cause__ = OSError(number, "says the system")
    return error


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "_PAUSES", (0.001, 0.001, 0.001))


@pytest.mark.usefixtures("no_pauses")
async def test_tries_that_bring_something_are_not_counted(tmp_path: Path) -> None:
    stay = FakeStay(*[(10, cut_short()) for _ in range(8)], (10, None))
    assert await save(stay.stay, PEER, FILE, Destination(tmp_path, is_folder=True)) == "whole"


@pytest.mark.usefixtures("no_pauses")
async def test_three_tries_in_a_row_that_bring_nothing_are_the_end(tmp_path: Path) -> None:
    stay = FakeStay((10, cut_short()), (0, cut_short()), (0, cut_short()), (10, cut_short()), *[(0, cut_short())] * 9)
    assert await save(stay.stay, PEER, FILE, Destination(tmp_path, is_folder=True)) == "kept"
    assert stay.room.tries == 7
    stay = FakeStay(*[(0, cut_short())] * 9)
    assert await save(stay.stay, PEER, FILE, Destination(tmp_path / "out", is_folder=False)) == "cut short"
    assert stay.room.tries == 3


@pytest.mark.parametrize(
    ("error", "is_the_end"),
    [
        (OSError(errno.ENOSPC, "full"), True),
        (OSError(errno.EDQUOT, "quota"), True),
        (OSError(errno.EROFS, "read-only"), True),
        (OSError(errno.EFBIG, "too large"), False),
        (OSError(errno.EIO, "the disk fails"), False),
        (SinkError("too many receivers write to it"), False),
        (unusable(errno.ENOSPC), True),
        (unusable(errno.EACCES), False),
    ],
)
async def test_one_file_ends_with_the_place_and_not_with_an_offer(
    tmp_path: Path, error: Exception, is_the_end: bool
) -> None:
    stay = FakeStay((1, error), (1, None))
    receiving = _Receiving(stay.stay, Destination(tmp_path, is_folder=True), None, one_file=True)
    for number in range(2):
        receiving._offered(PEER, Resource(f"{number}", kind="file", label="photo.jpg"))
    async with asyncio.timeout(5):
        assert await receiving.run() == (ExitCode.TRANSFER_FAILED if is_the_end else ExitCode.DONE)


@pytest.mark.parametrize("place", ["there", "gone"])
async def test_an_offer_larger_than_the_disk_is_not_the_end_and_a_folder_that_went_is(
    tmp_path: Path, place: str
) -> None:
    folder = tmp_path / "folder"
    if place == "there":
        await asyncio.to_thread(folder.mkdir)
    stay = FakeStay((1, None), (1, None))
    receiving = _Receiving(stay.stay, Destination(folder, is_folder=True), None, one_file=True)
    receiving._offered(PEER, Resource("large", kind="file", label="photo.jpg", size=1 << 53))
    receiving._offered(PEER, Resource("small", kind="file", label="photo.jpg", size=1))
    async with asyncio.timeout(5):
        assert await receiving.run() == (ExitCode.DONE if place == "there" else ExitCode.TRANSFER_FAILED)


@pytest.mark.parametrize(("error", "saved"), [(None, "whole"), (BrokenPipeError(), "failed")])
async def test_a_text_is_stored_when_it_has_been_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception | None, saved: str
) -> None:
    stay, shown = FakeStay(), []

    def show(event: TextReceived) -> None:
        shown.append(event)
        if error is not None:
            raise error

    def take(sink: Sink) -> None:
        sink.start(0)
        sink.write(b"hello")
        sink.finish()

    async def download(_peer: int, _resource_id: str, sink: Sink) -> None:
        await asyncio.to_thread(take, sink)

    monkeypatch.setattr(stay, "shown", show)
    monkeypatch.setattr(stay.room, "download", download)
    text = Resource("it", kind="file", label="text.txt", size=5, show="text")
    assert await save(stay.stay, PEER, text, Destination(tmp_path, is_folder=True)) == saved
    assert shown == [TextReceived(PeerName("1", "bob"), "hello")]


@pytest.mark.parametrize("archive", [None, "tar"])
async def test_nothing_gets_the_name_of_a_folder_that_has_gone(tmp_path: Path, archive: Literal["tar"] | None) -> None:
    folder = tmp_path / "received"
    folder.mkdir()
    destination = await destination_of(folder, overwrite=False, keep_hooks=False)
    folder.rmdir()
    stay = FakeStay()
    receiving = _Receiving(stay.stay, destination, None, one_file=False)
    running = asyncio.create_task(receiving.run())
    for number in range(2):  # who stays goes on with what comes next
        receiving._offered(PEER, Resource(f"{number}", kind="file", label="photo.jpg", archive=archive))
    failed = Failed(f"there is no folder {folder}", code="sink")
    async with asyncio.timeout(5):
        assert [await stay.failures.get() for _ in range(2)] == [failed, failed]
    assert not folder.exists()
    running.cancel()


def test_what_has_not_arrived_with_a_folder_is_listed(tmp_path: Path) -> None:
    sink = DirectorySink(tmp_path / "it", overwrite=False)
    assert list(saving._left_out(sink)) == []
    for number in range(7):
        sink.lost.note(["t", f"{number}"], "why")
    listed = ", ".join(f"t/{number} (why)" for number in range(5))
    assert list(saving._left_out(sink)) == [f"Left out: {listed}, 2 more."]
