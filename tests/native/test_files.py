# SPDX-License-Identifier: AGPL-3.0-only
"""Files between rooms joined from programs, and clients that know none of our extensions [F1] to [F10]."""

import asyncio
import gc
import io
import os
import threading
import weakref
from pathlib import Path

import pytest

from keks_meet.client.events import PeerLeft, ResourceSpoilt, TransferEnded, TransferStalled, TransferStarted
from keks_meet.client.files.directory import DirectorySink
from keks_meet.client.files.file_sink import FileSink
from keks_meet.client.files.receive import FileReceiver
from keks_meet.client.files.sinks import MemorySink, StreamSink
from keks_meet.client.files.sources import StreamSource
from keks_meet.client.room import Room
from keks_meet.errors import NotOnOffer, SpoolFull, TransferFailed
from keks_meet.protocol.relay_messages import Provide, Request, RequestStop
from tests.e2e.harness.files import sha256
from tests.e2e.harness.relay import Relay
from tests.e2e.harness.server import Server
from tests.native.conftest import Join
from tests.native.original import Original
from tests.native.waiting import event_in, offer_in, peer_of, soon

MIB = 1_048_576


def made_file(folder: Path, size: int, name: str = "a file.bin") -> Path:
    path = folder / name
    path.write_bytes(os.urandom(size))
    return path


@pytest.mark.parametrize("size", [0, 1, 65_536, 64 * MIB])
async def test_file_arrives_whole(join: Join, tmp_path: Path, size: int) -> None:
    alice, bob = await join("alice"), await join("bob")
    path = made_file(tmp_path, size)
    await alice.provide(path)
    peer, resource = await offer_in(bob)
    assert (resource.label, resource.size) == ("a file.bin", size)
    target = await bob.download(peer.key, resource.id, tmp_path / "received")
    assert target == tmp_path / "received"
    assert sha256(target) == sha256(path)
    sent = (await event_in(alice, TransferEnded)).transfer
    assert (sent.direction, sent.outcome, sent.bytes) == ("out", "whole", size)
    received = (await event_in(bob, TransferEnded)).transfer
    assert (received.direction, received.outcome, received.bytes) == ("in", "whole", size)


async def test_three_receive_at_once_and_again(join: Join, tmp_path: Path) -> None:
    alice = await join("alice")
    receivers = [await join(name) for name in ("bob", "carol", "dave")]
    path = made_file(tmp_path, 8 * MIB)
    await alice.provide(path, "it")
    for turn in range(2):
        offers = [await offer_in(room) for room in receivers]
        targets = await asyncio.gather(
            *(
                room.download(peer.key, "it", tmp_path / f"{turn}-{number}")
                for number, (room, (peer, _)) in enumerate(zip(receivers, offers, strict=True))
            )
        )
        assert {sha256(target) for target in targets} == {sha256(path)}


async def test_folder_arrives(join: Join, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "file").write_bytes(os.urandom(3 * MIB))
    (folder / "run").write_text("#!/bin/sh\n")
    (folder / "run").chmod(0o755)
    alice, bob = await join("alice"), await join("bob")
    await alice.provide(folder)
    peer, resource = await offer_in(bob)
    assert (resource.label, resource.archive) == ("folder.tar", "tar")
    target = await bob.download(peer.key, resource.id, DirectorySink(tmp_path / "received", overwrite=False))
    assert target is not None
    assert sha256(target / "inner" / "file") == sha256(folder / "inner" / "file")
    assert (target / "run").stat().st_mode & 0o777 == 0o755


async def test_stream_of_unknown_length_arrives_once(join: Join) -> None:
    alice, bob = await join("alice"), await join("bob")
    reader, writer = os.pipe()
    data = os.urandom(300_000)
    await alice.provide(StreamSource(os.fdopen(reader, "rb"), "stdin"), "it")
    peer, resource = await offer_in(bob)
    assert resource.size is None
    sink = MemorySink(MIB)
    arriving = asyncio.create_task(bob.download(peer.key, "it", sink))
    await event_in(alice, TransferStarted)
    with os.fdopen(writer, "wb") as pipe:
        await asyncio.to_thread(pipe.write, data)
    await arriving
    assert sink.data == data
    with pytest.raises(TransferFailed, match="cut short"):
        await bob.download(peer.key, "it", MemorySink(MIB))


async def test_what_is_not_on_offer(join: Join, tmp_path: Path) -> None:
    alice, bob = await join("alice"), await join("bob")
    peer = await peer_of(alice, "bob")
    with pytest.raises(NotOnOffer):
        await alice.download(peer.key, "nothing", tmp_path / "it")
    assert list(tmp_path.iterdir()) == []
    await bob.leave()


async def started(room: Room, least: int) -> None:
    """Wait until so many bytes of a transfer are on the disk."""
    transfer = (await event_in(room, TransferStarted)).transfer
    await until(lambda: transfer.bytes >= least)


async def test_interrupted_download_goes_on_where_it_stopped(join: Join, tmp_path: Path) -> None:
    alice, bob = await join("alice"), await join("bob")
    path = made_file(tmp_path, 48 * MIB)
    target = tmp_path / "received"
    await alice.provide(path, "it")
    peer, _ = await offer_in(bob)
    arriving = asyncio.create_task(bob.download(peer.key, "it", target))
    await started(bob, 8 * MIB)
    arriving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await arriving
    assert not target.exists()
    kept = next(path.stat().st_size for path in tmp_path.iterdir() if path.name.endswith("rift-part"))
    assert kept >= 8 * MIB
    await bob.download(peer.key, "it", target)
    assert sha256(target) == sha256(path)
    transfer = (await event_in(bob, TransferEnded)).transfer
    assert (transfer.outcome, transfer.began_at) == ("cancelled", 0)
    transfer = (await event_in(bob, TransferEnded)).transfer
    assert (transfer.outcome, transfer.began_at) == ("whole", kept)


async def test_what_was_left_of_another_file_is_dropped(join: Join, tmp_path: Path) -> None:
    alice, bob = await join("alice"), await join("bob")
    path = made_file(tmp_path, 4 * MIB)
    target = tmp_path / "received"
    left = FileSink(target, overwrite=False)
    left.start(0)
    left.write(b"something else")
    left.interrupt()
    await alice.provide(path, "it")
    peer, _ = await offer_in(bob)
    await bob.download(peer.key, "it", target)
    assert sha256(target) == sha256(path)


@pytest.mark.parametrize("how", ["stops", "leaves"])
async def test_sender_that_ends_in_the_middle(join: Join, tmp_path: Path, how: str) -> None:
    alice, bob = await join("alice"), await join("bob")
    await alice.provide(made_file(tmp_path, 64 * MIB), "it")
    peer, _ = await offer_in(bob)
    arriving = asyncio.create_task(bob.download(peer.key, "it", tmp_path / "received"))
    await started(bob, MIB)
    if how == "stops":
        alice.stop("it")
    else:
        await alice.leave()
    with pytest.raises(TransferFailed, match="cut short"):
        await arriving
    assert not (tmp_path / "received").exists()


async def test_source_that_changes_while_it_is_sent(join: Join, tmp_path: Path) -> None:
    alice, bob = await join("alice"), await join("bob")
    path = made_file(tmp_path, 64 * MIB)
    await alice.provide(path, "it")
    peer, _ = await offer_in(bob)
    arriving = asyncio.create_task(bob.download(peer.key, "it", tmp_path / "received"))
    await started(bob, MIB)
    with path.open("r+b") as file:
        file.truncate(32 * MIB)
    with pytest.raises(TransferFailed, match="cut short"):
        await arriving
    assert (await event_in(alice, TransferEnded)).transfer.outcome == "broken"


async def test_disk_that_fails_fails_its_download_alone(join: Join, tmp_path: Path) -> None:
    alice, bob = await join("alice"), await join("bob")
    path = made_file(tmp_path, 4 * MIB)
    await alice.provide(path, "it")
    peer, _ = await offer_in(bob)
    with pytest.raises(OSError, match="No space left"), Path("/dev/full").open("wb", buffering=0) as full:
        await bob.download(peer.key, "it", StreamSink(full))
    await bob.download(peer.key, "it", tmp_path / "received")
    assert sha256(tmp_path / "received") == sha256(path)


async def test_restarted_server_interrupts_no_transfer(own_server: Server, secret: str, tmp_path: Path) -> None:
    path = made_file(tmp_path, 96 * MIB)
    async with (
        Room(secret, server=own_server.url, username="alice") as alice,
        Room(secret, server=own_server.url, username="bob") as bob,
    ):
        await alice.provide(path, "it")
        peer, _ = await offer_in(bob)
        arriving = asyncio.create_task(bob.download(peer.key, "it", tmp_path / "received"))
        await started(bob, MIB)
        await own_server.kill()
        await own_server.start()
        await arriving
        assert sha256(tmp_path / "received") == sha256(path)
        await soon(bob, lambda: bob.link == "joined" or None)
        again = await peer_of(bob, "alice")
        assert again.key == peer.key


@pytest.mark.parametrize("ends", ["end", None])
@pytest.mark.parametrize("size", [0, 1, 2 * MIB])
async def test_original_sends(server: Server, join: Join, secret: str, ends: str | None, size: int) -> None:
    bob = await join("bob")
    data = os.urandom(size)
    async with Original(server.url, secret, ends=ends) as original:
        await original.provide("the-file", data)
        peer, _ = await offer_in(bob)
        sink = MemorySink(4 * MIB)
        await bob.download(peer.key, "the-file", sink)
        assert sink.data == data


async def test_original_sends_without_a_size(server: Server, join: Join, secret: str) -> None:
    bob = await join("bob")
    data = os.urandom(MIB)
    async with Original(server.url, secret, ends=None) as original:
        await original.provide("the-file", data, size=None)
        peer, _ = await offer_in(bob)
        sink = MemorySink(4 * MIB)
        await bob.download(peer.key, "the-file", sink)
        assert sink.data == data
        assert (await event_in(bob, TransferEnded)).transfer.outcome == "unknown"


async def test_original_receives(server: Server, join: Join, secret: str, tmp_path: Path) -> None:
    path = made_file(tmp_path, 2 * MIB + 5)
    alice = await join("alice")
    await alice.provide(path, "the-file")
    async with Original(server.url, secret) as original:
        await original.until(lambda: any("provide" in inner for inner in original.heard))
        await original.request("the-file")
        await original.until(lambda: original.texts.get("the-file"))
        assert bytes(original.received["the-file"]) == path.read_bytes()
        # Nothing that it would not know.
        assert original.texts["the-file"] == ["end"]
        # It waits for the sender to close, and says nothing: everything was sent, and that is all that is known.
        began = asyncio.get_running_loop().time()
        assert (await event_in(alice, TransferEnded)).transfer.outcome == "unconfirmed"
        assert asyncio.get_running_loop().time() - began < 10


async def test_download_that_stands_still_is_told_and_asked_for_again(
    server: Server, join: Join, secret: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keks_meet.client.files.incoming._STALLED_SECONDS", 0.3)
    bob = await join("bob")
    async with Original(server.url, secret) as original:
        monkeypatch.setattr(original, "_heard", original.ignore)
        await original.provide("it", b"never sent")
        peer, _ = await offer_in(bob)
        arriving = asyncio.create_task(bob.download(peer.key, "it", tmp_path / "it"))
        for _ in range(2):
            assert (await event_in(bob, TransferStalled)).transfer.resource.id == "it"
        await original.until(lambda: [inner for inner in original.heard if "request" in inner][2:])
        arriving.cancel()
        await asyncio.gather(arriving, return_exceptions=True)


class FullDisk(MemorySink):
    """Takes everything, and then cannot keep it."""

    def finish(self) -> None:
        raise OSError(28, "No space left on device")


async def test_what_is_not_stored_has_not_arrived(join: Join, tmp_path: Path) -> None:
    """The last byte has come, and the disk is full: only the receiver's word is success [F11]."""
    alice, bob = await join("alice"), await join("bob")
    await alice.provide(made_file(tmp_path, MIB), "it")
    peer, _ = await offer_in(bob)
    with pytest.raises(OSError, match="No space"):
        await bob.download(peer.key, "it", FullDisk(2 * MIB))
    # Which of its two signs comes first is chance: the closed channel, or the word that it is not wanted.
    assert (await event_in(alice, TransferEnded)).transfer.outcome in {"cut short", "cancelled"}


class SlowDisk(MemorySink):
    """Takes its time to keep what it has."""

    def __init__(self) -> None:
        super().__init__(2 * MIB)
        self.go_on = threading.Event()

    def finish(self) -> None:
        assert self.go_on.wait(20)
        super().finish()


async def test_a_receiver_that_takes_its_time_to_store_is_waited_for(
    join: Join, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says its credit again meanwhile, and each time the sender waits anew [F11]."""
    monkeypatch.setattr("keks_meet.client.files.receive.REPEAT_MS", 20)
    monkeypatch.setattr("keks_meet.client.files.send.SILENCE_MS", 500)
    alice, bob = await join("alice"), await join("bob")
    await alice.provide(made_file(tmp_path, MIB), "it")
    peer, _ = await offer_in(bob)
    sink = SlowDisk()
    signs = 0

    def counted(receiver: FileReceiver, text: str | None) -> None:
        nonlocal signs
        signs += text is not None and "credit" in text
        say(receiver, text)

    say = FileReceiver._say
    monkeypatch.setattr(FileReceiver, "_say", counted)
    arriving = asyncio.create_task(bob.download(peer.key, "it", sink))
    await until(lambda: signs > 60)
    sink.go_on.set()
    await arriving
    assert (await event_in(alice, TransferEnded)).transfer.outcome == "whole"


async def test_what_has_come_may_wait_to_be_written_for_long(
    join: Join, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end has come, and the disk takes nothing for longer than a silent receiver would be given [F11]."""
    monkeypatch.setattr("keks_meet.client.files.receive.REPEAT_MS", 20)
    monkeypatch.setattr("keks_meet.client.files.send.SILENCE_MS", 500)
    alice, bob = await join("alice"), await join("bob")
    path = made_file(tmp_path, MIB)
    await alice.provide(path, "it")
    peer, _ = await offer_in(bob)
    sink = HeldSink()
    arriving = asyncio.create_task(bob.download(peer.key, "it", sink))
    sending = (await event_in(alice, TransferStarted)).transfer
    await until(lambda: sending.end.awaits_word)
    loop = asyncio.get_running_loop()
    held_until = loop.time() + 1
    await until(lambda: loop.time() > held_until)
    sink.go_on.set()
    await arriving
    assert (await event_in(alice, TransferEnded)).transfer.outcome == "whole"
    assert sink.data == path.read_bytes()


async def test_few_files_are_compared_at_a_time(join: Join, server: Server, secret: str) -> None:
    """However many a peer says that it has the beginning of: each costs a processor."""
    lock, running, most = threading.Lock(), 0, 0
    go_on = threading.Event()

    class Watched:
        label, size, archive, once = "watched", 1 << 30, None, False

        def open(self) -> "Watched":
            return self

        def read(self, size: int, /) -> bytes:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            go_on.wait(20)
            with lock:
                running -= 1
            return bytes(size)

        def interrupt(self) -> None:
            return

        def close(self) -> None:
            return

    alice = await join("alice")
    for number in range(36):
        await alice.provide(Watched(), f"{number}")
    async with Original(server.url, secret, says={"features": ["file-resume-2"]}) as original:
        await original.until(lambda: len(original.heard) >= 37)
        for number in range(36):
            await original.say({"request": {"id": f"{number}", "offset": 1 << 29, "salt": "0" * 64}})
        for _ in range(36):
            await event_in(alice, TransferStarted)
        await until(lambda: running == 2)
        for number in range(36):
            await original.say({"request_stop": {"id": f"{number}"}})
        go_on.set()
        for _ in range(36):
            await event_in(alice, TransferEnded)
    assert most == 2


async def test_who_wants_it_no_longer_may_still_have_stored_it(join: Join, tmp_path: Path) -> None:
    """The word goes over the channel, and that it is not wanted any more through the server, which may be faster."""
    alice, bob = await join("alice"), await join("bob")
    await alice.provide(made_file(tmp_path, MIB), "it")
    peer, _ = await offer_in(bob)
    sink = SlowDisk()
    arriving = asyncio.create_task(bob.download(peer.key, "it", sink))
    sending = (await event_in(alice, TransferStarted)).transfer
    await until(lambda: sending.end.awaits_word)
    alice._runtime.message_relayed(bob._runtime._own_id, RequestStop("it"))
    sink.go_on.set()
    await arriving
    assert (await event_in(alice, TransferEnded)).transfer.outcome == "whole"


async def test_a_receiver_that_says_nothing_has_failed(
    join: Join, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keks_meet.client.files.send.SILENCE_MS", 200)
    alice, bob = await join("alice"), await join("bob")
    await alice.provide(made_file(tmp_path, MIB), "it")
    peer, _ = await offer_in(bob)
    sink = SlowDisk()
    arriving = asyncio.create_task(bob.download(peer.key, "it", sink))
    assert (await event_in(alice, TransferEnded)).transfer.outcome == "cut short"
    sink.go_on.set()
    await arriving


async def test_a_stream_whose_channel_never_opens_is_no_file(
    server: Server, join: Join, secret: str, tmp_path: Path
) -> None:
    """And what an earlier download left stays what it is: a part."""
    bob = await join("bob")
    target = tmp_path / "received"
    async with Original(server.url, secret, says={"features": []}) as original:
        await original.provide("it", b"data", size=None)
        peer, resource = await offer_in(bob)
        left = FileSink(target, overwrite=False, offer=resource)
        left.start(0)
        left.write(b"an older part")
        left.interrupt()
        # It hears of the request, and does nothing.
        original._heard = original.ignore
        arriving = asyncio.create_task(bob.download(peer.key, "it", target))
        await event_in(bob, TransferStarted)
    with pytest.raises(TransferFailed, match="cut short"):
        await arriving
    assert not target.exists()


async def test_a_stranger_does_not_finish_what_it_never_had(join: Join, tmp_path: Path) -> None:
    """The same name and size, and another beginning: the part is dropped, and the stranger's file is its own [F9]."""
    alice, bob, mallory = await join("alice"), await join("bob"), await join("mallory")
    path = made_file(tmp_path, 48 * MIB)
    other = tmp_path / "other" / path.name
    other.parent.mkdir()
    other.write_bytes(os.urandom(48 * MIB))
    target = tmp_path / "received"
    await alice.provide(path, "it")
    peer, _ = await offer_in(bob)
    arriving = asyncio.create_task(bob.download(peer.key, "it", target))
    await started(bob, 8 * MIB)
    arriving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await arriving
    alice.stop("it")
    await mallory.provide(other, "it")
    stranger, _ = await soon(
        bob,
        lambda: next(((p, p.resources[0].info) for p in bob.peers if p.username == "mallory" and p.resources), None),
    )
    await bob.download(stranger.key, "it", target)
    assert sha256(target) == sha256(other)
    ended = (await event_in(bob, TransferEnded)).transfer
    while ended.outcome != "whole":
        ended = (await event_in(bob, TransferEnded)).transfer
    assert ended.began_at == 0


async def test_a_file_that_cannot_be_read_any_more_is_offered_no_longer(join: Join, tmp_path: Path) -> None:
    alice, bob = await join("alice"), await join("bob")
    path = made_file(tmp_path, MIB)
    await alice.provide(path, "it")
    peer, _ = await offer_in(bob)
    path.unlink()
    with pytest.raises(TransferFailed, match="cut short"):
        await bob.download(peer.key, "it", tmp_path / "received")
    assert isinstance((await event_in(alice, TransferEnded)).transfer.error, FileNotFoundError)
    await event_in(alice, ResourceSpoilt)
    await soon(bob, lambda: not bob.peers[0].resources or None)
    assert alice.resources == ()


@pytest.mark.parametrize(
    ("features", "ends", "size", "words"),
    [
        (["file-sha256"], '{"sha256": "' + "0" * 64 + '"}|end', None, "SHA-256 differs"),
        (["file-sha256"], "end", None, "did not say what it had sent"),
        ([], "end", 5 * MIB, "cut short"),
        ([], "end", 5, "more came than was announced"),
    ],
)
async def test_wrong_files_leave_nothing(
    server: Server,
    join: Join,
    secret: str,
    tmp_path: Path,
    features: list[str],
    ends: str,
    size: int | None,
    words: str,
) -> None:
    bob = await join("bob")
    data = os.urandom(MIB)
    async with Original(server.url, secret, ends=ends, says={"features": features}) as hostile:
        await hostile.provide("it", data, size=size or len(data))
        peer, _ = await offer_in(bob)
        arriving = asyncio.create_task(bob.download(peer.key, "it", tmp_path / "received"))
        with pytest.raises(TransferFailed, match=words):
            await arriving
    assert not (tmp_path / "received").exists()


class HeldSink(MemorySink):
    """A disk that takes nothing until it is told to."""

    def __init__(self) -> None:
        super().__init__(64 * MIB)
        self.go_on = threading.Event()

    def write(self, data: bytes | memoryview, /) -> None:
        self.go_on.wait(20)
        super().write(data)


async def until(look) -> None:
    """Look until it is so; for what is no event."""
    async with asyncio.timeout(20):
        while not look():
            await asyncio.sleep(0.001)


async def test_sender_that_does_not_keep_to_its_credit(server: Server, join: Join, secret: str) -> None:
    bob = await join("bob")
    sink = HeldSink()
    async with Original(server.url, secret, says={"features": ["file-credit"]}) as hostile:
        await hostile.provide("it", os.urandom(20 * MIB))
        peer, _ = await offer_in(bob)
        arriving = asyncio.create_task(bob.download(peer.key, "it", sink))
        receiver = (await event_in(bob, TransferStarted)).transfer.end
        await until(lambda: receiver._is_refused)
        sink.go_on.set()
        with pytest.raises(TransferFailed, match="more came than was announced"):
            await arriving


@pytest.mark.parametrize("size", [None, 20 * MIB])
async def test_sender_that_cannot_be_told_to_wait_and_a_slow_disk(
    server: Server, join: Join, secret: str, monkeypatch: pytest.MonkeyPatch, size: int | None
) -> None:
    """More than is kept is an error, whether or not everything has come; nothing looks whole then."""
    monkeypatch.setattr("keks_meet.client.files.receive._LARGEST_WAITING", 20 * MIB - 1)
    bob = await join("bob")
    sink = HeldSink()
    async with Original(server.url, secret) as original:
        await original.provide("it", os.urandom(20 * MIB), size=size)
        peer, _ = await offer_in(bob)
        arriving = asyncio.create_task(bob.download(peer.key, "it", sink))
        receiver = (await event_in(bob, TransferStarted)).transfer.end
        await until(lambda: receiver._is_refused)
        sink.go_on.set()
        with pytest.raises(SpoolFull, match="faster than it could be written"):
            await arriving
    assert not sink.data


async def test_slow_disk_slows_the_sender_down(join: Join, tmp_path: Path) -> None:
    """What waits for it is bounded by the credit."""
    alice, bob = await join("alice"), await join("bob")
    path = made_file(tmp_path, 40 * MIB)
    await alice.provide(path, "it")
    peer, _ = await offer_in(bob)
    sink = HeldSink()
    arriving = asyncio.create_task(bob.download(peer.key, "it", sink))
    sender = (await event_in(alice, TransferStarted)).transfer
    receiver = (await event_in(bob, TransferStarted)).transfer.end
    await until(lambda: sender.bytes >= 16 * MIB and receiver._waiting_bytes >= 15 * MIB)
    assert sender.bytes == 16 * MIB
    sink.go_on.set()
    await arriving
    assert sink.data == path.read_bytes()


async def test_peer_that_vanishes_without_its_file(server: Server, join: Join, secret: str, tmp_path: Path) -> None:
    bob = await join("bob")
    async with Original(server.url, secret) as original:
        await original.provide("it", b"data")
        peer, _ = await offer_in(bob)
        original._offered.clear()
        arriving = asyncio.create_task(bob.download(peer.key, "it", tmp_path / "received"))
        await event_in(bob, TransferStarted)
    with pytest.raises(TransferFailed, match="cut short"):
        await arriving
    await event_in(bob, PeerLeft)


async def test_glare_between_programs(server: Server, secret: str, tmp_path: Path) -> None:
    """Both ask for each other's file at once, again and again, with each direction delayed."""
    one, two = made_file(tmp_path, MIB, "one"), made_file(tmp_path, MIB, "two")
    async with Relay(server.port, delay=0.03) as slow:
        for turn in range(4):
            async with (
                Room(secret + str(turn), server=slow.url, username="alice") as alice,
                Room(secret + str(turn), server=server.url if turn % 2 else slow.url, username="bob") as bob,
            ):
                await alice.provide(one, "one")
                await bob.provide(two, "two")
                (a, _), (b, _) = await offer_in(bob), await offer_in(alice)
                async with asyncio.timeout(20):
                    await asyncio.gather(
                        alice.download(b.key, "two", tmp_path / f"a{turn}"),
                        bob.download(a.key, "one", tmp_path / f"b{turn}"),
                    )
                assert sha256(tmp_path / f"a{turn}") == sha256(two)
                assert sha256(tmp_path / f"b{turn}") == sha256(one)


async def test_stream_that_says_nothing_holds_nobody_up(server: Server, secret: str) -> None:
    """Neither a receiver that left is sent to, nor does leaving wait, until more comes out of a pipe."""
    reader, writer = os.pipe()
    other_reader, other_writer = os.pipe()
    try:
        async with Room(secret, server=server.url, username="alice") as alice:
            await alice.provide(StreamSource(os.fdopen(reader, "rb"), "one"), "one")
            await alice.provide(StreamSource(os.fdopen(other_reader, "rb"), "two"), "two")
            async with Room(secret, server=server.url, username="bob") as bob:
                peer, _ = await offer_in(bob, "two")
                downloads = [
                    asyncio.create_task(bob.download(peer.key, each, MemorySink(MIB))) for each in ("one", "two")
                ]
                await event_in(alice, TransferStarted)
                await event_in(alice, TransferStarted)
                os.write(writer, b"something")
                await started(bob, len(b"something"))
                downloads[0].cancel()
                ended = (await event_in(alice, TransferEnded)).transfer
                # Which of its two signs comes first is chance: the closed channel, or the word that it is not wanted.
                assert ended.resource.id == "one"
                assert ended.outcome in {"cancelled", "cut short"}
                async with asyncio.timeout(5):
                    await alice.leave()
                with pytest.raises(TransferFailed, match="cut short"):
                    await downloads[1]
        assert Path(f"/proc/self/fd/{reader}").exists() is False
    finally:
        os.close(writer)
        os.close(other_writer)


async def test_stream_begins_at_its_beginning_for_who_has_another(join: Join, tmp_path: Path) -> None:
    alice, bob = await join("alice"), await join("bob")
    left = FileSink(tmp_path / "received", overwrite=False)
    left.start(0)
    left.write(b"something else")
    left.interrupt()
    await alice.provide(StreamSource(io.BytesIO(b"the stream"), "stdin"), "it")
    peer, _ = await offer_in(bob)
    await bob.download(peer.key, "it", tmp_path / "received")
    assert (tmp_path / "received").read_bytes() == b"the stream"


async def test_who_has_it_all_and_goes_away_stops_the_comparing(join: Join, server: Server, secret: str) -> None:
    """A peer must not keep threads busy with what it says that it has."""
    reads = 0

    class Endless:
        label, size, archive, once = "endless", 1 << 50, None, False

        def open(self) -> "Endless":
            return self

        def read(self, size: int, /) -> bytes:
            nonlocal reads
            reads += 1
            return bytes(size)

        def interrupt(self) -> None:
            return

        def close(self) -> None:
            return

    alice = await join("alice")
    await alice.provide(Endless(), "it")
    async with Original(server.url, secret, says={"features": ["file-resume-2"]}) as original:
        await original.until(lambda: original.heard)
        asker = (await peer_of(alice, "original")).key
        await original.say({"request": {"id": "it", "offset": 1 << 50, "salt": "0" * 64}})
        await until(lambda: reads > 3)
        await original.say({"request_stop": {"id": "it"}})
        ended = (await event_in(alice, TransferEnded)).transfer
        assert (ended.peer, ended.outcome) == (asker, "cancelled")


async def test_file_that_is_asked_for_and_refused_in_one_breath(server: Server, join: Join, secret: str) -> None:
    """What has not begun yet when it is stopped ends all the same."""
    alice = await join("alice")
    await alice.provide(StreamSource(io.BytesIO(b"data"), "it"), "it")
    async with Original(server.url, secret) as original:
        peer = await peer_of(alice, "original")
        await original.until(lambda: original.heard)
        for message in (Request("it"), RequestStop("it")):
            alice._runtime.message_relayed(original._own_id, message)
        transfer = (await event_in(alice, TransferEnded)).transfer
        assert (transfer.peer, transfer.outcome) == (peer.key, "cancelled")
        await until(lambda: not alice._runtime._connections._open[peer.key]._channels)


class SlowToLook(MemorySink):
    """A disk that takes its time to say what it has."""

    def __init__(self) -> None:
        super().__init__(MIB)
        self.asked = threading.Event()
        self.go_on = threading.Event()
        self.interruptions = 0

    def prefix(self) -> None:
        self.asked.set()
        self.go_on.wait(20)

    def interrupt(self) -> None:
        self.interruptions += 1


async def test_download_that_is_cancelled_before_it_begins_leaves_its_sink(join: Join) -> None:
    bob = await join("bob")
    sink = SlowToLook()
    arriving = asyncio.create_task(bob.download(1, "it", sink))
    await asyncio.to_thread(sink.asked.wait)
    arriving.cancel()
    sink.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await arriving
    assert sink.interruptions == 1


async def test_tiny_messages_take_no_more_than_their_bytes() -> None:
    receiver = FileReceiver(1, Provide("it", kind="file"), MemorySink(MIB))
    for _ in range(300_000):
        receiver._arrived(b"?")
        receiver._arrived(b"")
    assert len(receiver._waiting) < 10
    assert receiver._waiting_bytes == 300_000


async def test_file_that_is_offered_again_while_it_arrives(join: Join, tmp_path: Path) -> None:
    """The end of the first download does not take the second one with it."""
    alice, bob = await join("alice"), await join("bob")
    first, second = made_file(tmp_path, 20 * MIB, "first"), made_file(tmp_path, 20 * MIB, "second")
    await alice.provide(first, "it")
    peer, _ = await offer_in(bob)
    held = HeldSink()
    arriving = asyncio.create_task(bob.download(peer.key, "it", held))
    await event_in(bob, TransferStarted)
    await event_in(alice, TransferStarted)
    alice.stop("it")
    await soon(bob, lambda: not bob.peers[0].resources or None)
    await alice.provide(second, "it")
    await offer_in(bob)
    other = HeldSink()
    again = asyncio.create_task(bob.download(peer.key, "it", other))
    await event_in(bob, TransferStarted)
    held.go_on.set()
    with pytest.raises(TransferFailed, match="cut short"):
        await arriving
    other.go_on.set()
    await again
    assert other.data == second.read_bytes()


async def test_streams_that_say_nothing_hold_no_file_up(join: Join, tmp_path: Path) -> None:
    alice, bob = await join("alice"), await join("bob")
    pipes = [os.pipe() for _ in range(40)]
    for number, (reader, _) in enumerate(pipes):
        await alice.provide(StreamSource(os.fdopen(reader, "rb"), "pipe"), f"pipe {number}")
    path = made_file(tmp_path, 4 * MIB)
    await alice.provide(path, "it")
    peer, _ = await offer_in(bob, "it")
    waiting = [
        asyncio.create_task(bob.download(peer.key, f"pipe {number}", MemorySink(MIB))) for number in range(len(pipes))
    ]
    for _ in pipes:
        await event_in(alice, TransferStarted)
    async with asyncio.timeout(20):
        await bob.download(peer.key, "it", tmp_path / "received")
    assert sha256(tmp_path / "received") == sha256(path)
    for _, writer in pipes:
        os.close(writer)
    await asyncio.gather(*waiting)


async def test_connections_that_have_ended_are_freed(server: Server, secret: str, tmp_path: Path) -> None:
    path = made_file(tmp_path, MIB)
    connections: list[weakref.ref[object]] = []
    for _ in range(3):
        async with (
            Room(secret, server=server.url, username="alice") as alice,
            Room(secret, server=server.url, username="bob") as bob,
        ):
            await alice.provide(path, "it")
            peer, _ = await offer_in(bob)
            await bob.download(peer.key, "it", MemorySink(2 * MIB))
            for room in (alice, bob):
                (connection,) = room._runtime._connections._open.values()
                connections += [weakref.ref(connection), weakref.ref(connection._connection)]
            del connection, room
    del alice, bob
    await until(lambda: gc.collect() is not None and all(each() is None for each in connections))
