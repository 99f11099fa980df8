# SPDX-License-Identifier: AGPL-3.0-only
"""What was interrupted goes on where it stopped, for who proves to have the beginning [F8] to [F10]."""

import asyncio
import io
import os
import threading
from pathlib import Path

import pytest

from keks_meet.client.events import TransferEnded, TransferStarted
from keks_meet.client.files.file_sink import FileSink
from keks_meet.client.files.sources import StreamSource
from keks_meet.client.room import Room
from tests.e2e.harness.files import sha256
from tests.e2e.harness.server import Server
from tests.native.conftest import Join
from tests.native.files.conftest import Offer
from tests.native.files.made import MIB, made_file, started
from tests.native.original import Original
from tests.native.waiting import event_in, offer_in, peer_of, soon, until


async def test_interrupted_download_goes_on_where_it_stopped(
    alice: Room, bob: Room, offer: Offer, tmp_path: Path
) -> None:
    target = tmp_path / "received"
    path, key = await offer(48 * MIB)
    arriving = asyncio.create_task(bob.download(key, "it", target))
    await started(bob, 8 * MIB)
    arriving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await arriving
    assert not target.exists()
    kept = next(path.stat().st_size for path in tmp_path.iterdir() if path.name.endswith("rift-part"))
    assert kept >= 8 * MIB
    await bob.download(key, "it", target)
    assert sha256(target) == sha256(path)
    transfer = (await event_in(bob, TransferEnded)).transfer
    assert (transfer.outcome, transfer.began_at) == ("cancelled", 0)
    transfer = (await event_in(bob, TransferEnded)).transfer
    assert (transfer.outcome, transfer.began_at) == ("whole", kept)


async def test_what_was_left_of_another_file_is_dropped(alice: Room, bob: Room, tmp_path: Path) -> None:
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


async def test_stream_begins_at_its_beginning_for_who_has_another(alice: Room, bob: Room, tmp_path: Path) -> None:
    left = FileSink(tmp_path / "received", overwrite=False)
    left.start(0)
    left.write(b"something else")
    left.interrupt()
    await alice.provide(StreamSource(io.BytesIO(b"the stream"), "stdin"), "it")
    peer, _ = await offer_in(bob)
    await bob.download(peer.key, "it", tmp_path / "received")
    assert (tmp_path / "received").read_bytes() == b"the stream"


class Watched:
    """A source that counts how many read of it at a time, and holds them up."""

    label, size, archive, once = "watched", 1 << 30, None, False

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.running = self.most = 0
        self.go_on = threading.Event()

    def open(self) -> "Watched":
        return self

    def read(self, size: int, /) -> bytes:
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        self.go_on.wait(20)
        with self._lock:
            self.running -= 1
        return bytes(size)

    def interrupt(self) -> None:
        return

    def close(self) -> None:
        return


async def test_few_files_are_compared_at_a_time(alice: Room, server: Server, secret: str) -> None:
    """However many a peer says that it has the beginning of: each costs a processor."""
    watched = Watched()
    for number in range(36):
        await alice.provide(watched, f"{number}")
    async with Original(server.url, secret, says={"features": ["file-resume-2"]}) as original:
        await original.until(lambda: len(original.heard) >= 37)
        for number in range(36):
            await original.say({"request": {"id": f"{number}", "offset": 1 << 29, "salt": "0" * 64}})
        for _ in range(36):
            await event_in(alice, TransferStarted)
        await until(lambda: watched.running == 2)
        for number in range(36):
            await original.say({"request_stop": {"id": f"{number}"}})
        watched.go_on.set()
        for _ in range(36):
            await event_in(alice, TransferEnded)
    assert watched.most == 2


async def test_who_has_it_all_and_goes_away_stops_the_comparing(alice: Room, server: Server, secret: str) -> None:
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

    await alice.provide(Endless(), "it")
    async with Original(server.url, secret, says={"features": ["file-resume-2"]}) as original:
        await original.until(lambda: original.heard)
        asker = (await peer_of(alice, "original")).key
        await original.say({"request": {"id": "it", "offset": 1 << 50, "salt": "0" * 64}})
        await until(lambda: reads > 3)
        await original.say({"request_stop": {"id": "it"}})
        ended = (await event_in(alice, TransferEnded)).transfer
        assert (ended.peer, ended.outcome) == (asker, "cancelled")
