# SPDX-License-Identifier: AGPL-3.0-only
"""Streams of which nobody knows the length, or when more comes."""

import asyncio
import os
from pathlib import Path

import pytest

from keks_meet.client.events import TransferEnded, TransferStarted
from keks_meet.client.files.sinks import MemorySink
from keks_meet.client.files.sources import StreamSource
from keks_meet.client.room import Room
from keks_meet.errors import TransferFailed
from tests.e2e.harness.files import sha256
from tests.e2e.harness.server import Server
from tests.native.files.made import MIB, made_file, started
from tests.native.waiting import event_in, offer_in


async def test_stream_of_unknown_length_arrives_once(alice: Room, bob: Room) -> None:
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


async def test_streams_that_say_nothing_hold_no_file_up(alice: Room, bob: Room, tmp_path: Path) -> None:
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
