# SPDX-License-Identifier: AGPL-3.0-only
"""Transfers that fail leave nothing that looks whole, and nothing that waits."""

import asyncio
import io
import os
import threading
from pathlib import Path

import pytest

from keks_meet.client.events import PeerLeft, ResourceSpoilt, TransferEnded, TransferStarted
from keks_meet.client.files.file_sink import FileSink
from keks_meet.client.files.sinks import MemorySink, StreamSink
from keks_meet.client.files.sources import StreamSource
from keks_meet.client.room import Room
from keks_meet.errors import SourceChanged, TransferFailed
from keks_meet.protocol.relay_messages import Request, RequestStop
from tests.e2e.harness.files import sha256
from tests.e2e.harness.server import Server
from tests.native.files.conftest import Offer
from tests.native.files.made import MIB, started
from tests.native.original import Original
from tests.native.waiting import event_in, offer_in, peer_of, soon, until


@pytest.mark.parametrize("how", ["stops", "leaves"])
async def test_sender_that_ends_in_the_middle(alice: Room, bob: Room, offer: Offer, tmp_path: Path, how: str) -> None:
    _, key = await offer(64 * MIB)
    arriving = asyncio.create_task(bob.download(key, "it", tmp_path / "received"))
    await started(bob, MIB)
    if how == "stops":
        alice.stop("it")
    else:
        await alice.leave()
    with pytest.raises(TransferFailed, match="cut short"):
        await arriving
    assert not (tmp_path / "received").exists()


async def test_source_that_changes_while_it_is_sent(alice: Room, bob: Room, offer: Offer, tmp_path: Path) -> None:
    path, key = await offer(64 * MIB)
    arriving = asyncio.create_task(bob.download(key, "it", tmp_path / "received"))
    await started(bob, MIB)
    with path.open("r+b") as file:
        file.truncate(32 * MIB)
    with pytest.raises(TransferFailed, match="cut short"):
        await arriving
    assert (await event_in(alice, TransferEnded)).transfer.outcome == "broken"


async def test_disk_that_fails_fails_its_download_alone(alice: Room, bob: Room, offer: Offer, tmp_path: Path) -> None:
    path, key = await offer(4 * MIB)
    with pytest.raises(OSError, match="No space left"), Path("/dev/full").open("wb", buffering=0) as full:
        await bob.download(key, "it", StreamSink(full))
    await bob.download(key, "it", tmp_path / "received")
    assert sha256(tmp_path / "received") == sha256(path)


async def test_a_file_that_cannot_be_read_any_more_is_offered_no_longer(
    alice: Room, bob: Room, offer: Offer, tmp_path: Path
) -> None:
    path, key = await offer(MIB)
    path.write_bytes(b"something else")
    with pytest.raises(TransferFailed, match="cut short"):
        await bob.download(key, "it", tmp_path / "received")
    assert isinstance((await event_in(alice, TransferEnded)).transfer.error, SourceChanged)
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
    bob: Room,
    secret: str,
    tmp_path: Path,
    features: list[str],
    ends: str,
    size: int | None,
    words: str,
) -> None:
    data = os.urandom(MIB)
    async with Original(server.url, secret, ends=ends, says={"features": features}) as hostile:
        await hostile.provide("it", data, size=size or len(data))
        peer, _ = await offer_in(bob)
        arriving = asyncio.create_task(bob.download(peer.key, "it", tmp_path / "received"))
        with pytest.raises(TransferFailed, match=words):
            await arriving
    assert not (tmp_path / "received").exists()


async def test_peer_that_vanishes_without_its_file(server: Server, bob: Room, secret: str, tmp_path: Path) -> None:
    async with Original(server.url, secret) as original:
        await original.provide("it", b"data")
        peer, _ = await offer_in(bob)
        original._offered.clear()
        arriving = asyncio.create_task(bob.download(peer.key, "it", tmp_path / "received"))
        await event_in(bob, TransferStarted)
    with pytest.raises(TransferFailed, match="cut short"):
        await arriving
    await event_in(bob, PeerLeft)


async def test_a_stream_whose_channel_never_opens_is_no_file(
    server: Server, bob: Room, secret: str, tmp_path: Path
) -> None:
    """And what an earlier download left stays what it is: a part."""
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


async def test_file_that_is_asked_for_and_refused_in_one_breath(server: Server, alice: Room, secret: str) -> None:
    """What has not begun yet when it is stopped ends all the same."""
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


async def test_download_that_is_cancelled_before_it_begins_leaves_its_sink(bob: Room, offer: Offer) -> None:
    _, key = await offer(1000)
    sink = SlowToLook()
    arriving = asyncio.create_task(bob.download(key, "it", sink))
    await asyncio.to_thread(sink.asked.wait)
    arriving.cancel()
    sink.go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await arriving
    assert sink.interruptions == 1
