# SPDX-License-Identifier: AGPL-3.0-only
"""Files and folders arrive whole, at all who want them [F1] to [F5]."""

import asyncio
import gc
import os
import weakref
from pathlib import Path

import pytest

from keks_meet.client.events import TransferEnded, TransferStarted
from keks_meet.client.files.directory import DirectorySink
from keks_meet.client.files.receive import FileReceiver
from keks_meet.client.files.sinks import MemorySink
from keks_meet.client.room import Room
from keks_meet.errors import NotOnOffer, TransferFailed
from keks_meet.protocol.relay_messages import Provide
from tests.e2e.harness.files import sha256
from tests.e2e.harness.relay import Relay
from tests.e2e.harness.server import Server
from tests.native.conftest import Join
from tests.native.files.made import MIB, HeldSink, made_file, started
from tests.native.waiting import event_in, offer_in, peer_of, soon, until


@pytest.mark.parametrize("size", [0, 1, 65_536, 8 * MIB, pytest.param(64 * MIB, marks=pytest.mark.slow)])
async def test_file_arrives_whole(alice: Room, bob: Room, tmp_path: Path, size: int) -> None:
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


async def test_three_receive_at_once_and_again(alice: Room, join: Join, tmp_path: Path) -> None:
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


async def test_folder_arrives(alice: Room, bob: Room, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "file").write_bytes(os.urandom(3 * MIB))
    (folder / "run").write_text("#!/bin/sh\n")
    (folder / "run").chmod(0o755)
    await alice.provide(folder)
    peer, resource = await offer_in(bob)
    assert (resource.label, resource.archive) == ("folder.tar", "tar")
    target = await bob.download(peer.key, resource.id, DirectorySink(tmp_path / "received", overwrite=False))
    assert target is not None
    assert sha256(target / "inner" / "file") == sha256(folder / "inner" / "file")
    assert (target / "run").stat().st_mode & 0o777 == 0o755


async def test_what_is_not_on_offer(alice: Room, bob: Room, tmp_path: Path) -> None:
    peer = await peer_of(alice, "bob")
    with pytest.raises(NotOnOffer):
        await alice.download(peer.key, "nothing", tmp_path / "it")
    assert list(tmp_path.iterdir()) == []
    await bob.leave()


async def test_file_that_is_offered_again_while_it_arrives(alice: Room, bob: Room, tmp_path: Path) -> None:
    """The end of the first download does not take the second one with it."""
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


async def test_tiny_messages_take_no_more_than_their_bytes() -> None:
    receiver = FileReceiver(1, Provide("it", kind="file"), MemorySink(MIB), list, list)
    for _ in range(300_000):
        receiver._arrived(b"?")
        receiver._arrived(b"")
    assert len(receiver._waiting) < 10
    assert receiver._waiting.bytes == 300_000


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
