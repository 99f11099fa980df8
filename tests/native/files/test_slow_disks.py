# SPDX-License-Identifier: AGPL-3.0-only
"""Disks that take their time, and what is success: the receiver's word [F11]."""

import asyncio
import os

import pytest

from keks_meet.client.events import TransferEnded, TransferStarted
from keks_meet.client.files.receive import FileReceiver
from keks_meet.client.files.sinks import MemorySink
from keks_meet.client.room import Room
from keks_meet.errors import SpoolFull, TransferFailed
from keks_meet.protocol.relay_messages import RequestStop
from keks_meet.session import limits
from tests.e2e.harness.server import Server
from tests.native.files.conftest import Offer
from tests.native.files.made import MIB, HeldSink, SlowDisk
from tests.native.original import Original
from tests.native.waiting import event_in, offer_in, until


class FullDisk(MemorySink):
    """Takes everything, and then cannot keep it."""

    def finish(self) -> None:
        raise OSError(28, "No space left on device")


async def test_what_is_not_stored_has_not_arrived(alice: Room, bob: Room, offer: Offer) -> None:
    """The last byte has come, and the disk is full: only the receiver's word is success [F11]."""
    _, key = await offer(MIB)
    with pytest.raises(OSError, match="No space"):
        await bob.download(key, "it", FullDisk(2 * MIB))
    # Which of its two signs comes first is chance: the closed channel, or the word that it is not wanted.
    assert (await event_in(alice, TransferEnded)).transfer.outcome in {"cut short", "cancelled"}


async def test_a_receiver_that_takes_its_time_to_store_is_waited_for(
    alice: Room, bob: Room, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says its credit again meanwhile, and each time the sender waits anew [F11]."""
    monkeypatch.setattr("keks_meet.client.files.receive.REPEAT_MS", 20)
    monkeypatch.setattr("keks_meet.client.files.send.SILENCE_MS", 500)
    _, key = await offer(MIB)
    sink = SlowDisk()
    signs = 0

    def counted(receiver: FileReceiver, text: str | None) -> None:
        nonlocal signs
        signs += text is not None and "credit" in text
        say(receiver, text)

    say = FileReceiver._say
    monkeypatch.setattr(FileReceiver, "_say", counted)
    arriving = asyncio.create_task(bob.download(key, "it", sink))
    await until(lambda: signs > 60)
    sink.go_on.set()
    await arriving
    assert (await event_in(alice, TransferEnded)).transfer.outcome == "whole"


async def test_what_has_come_may_wait_to_be_written_for_long(
    alice: Room, bob: Room, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end has come, and the disk takes nothing for longer than a silent receiver would be given [F11]."""
    monkeypatch.setattr("keks_meet.client.files.receive.REPEAT_MS", 20)
    monkeypatch.setattr("keks_meet.client.files.send.SILENCE_MS", 500)
    path, key = await offer(MIB)
    sink = HeldSink()
    arriving = asyncio.create_task(bob.download(key, "it", sink))
    sending = (await event_in(alice, TransferStarted)).transfer
    await until(lambda: sending.awaits_word)
    loop = asyncio.get_running_loop()
    held_until = loop.time() + 1
    await until(lambda: loop.time() > held_until)
    sink.go_on.set()
    await arriving
    assert (await event_in(alice, TransferEnded)).transfer.outcome == "whole"
    assert sink.data == path.read_bytes()


async def test_who_wants_it_no_longer_may_still_have_stored_it(alice: Room, bob: Room, offer: Offer) -> None:
    """The word goes over the channel, and that it is not wanted any more through the server, which may be faster."""
    _, key = await offer(MIB)
    sink = SlowDisk()
    arriving = asyncio.create_task(bob.download(key, "it", sink))
    sending = (await event_in(alice, TransferStarted)).transfer
    await until(lambda: sending.awaits_word)
    alice._runtime.message_relayed(bob._runtime._link.own_id, RequestStop("it"), alice.peers[0].credential)
    sink.go_on.set()
    await arriving
    assert (await event_in(alice, TransferEnded)).transfer.outcome == "whole"


async def test_a_receiver_that_says_nothing_has_failed(
    alice: Room, bob: Room, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keks_meet.client.files.send.SILENCE_MS", 200)
    _, key = await offer(MIB)
    sink = SlowDisk()
    arriving = asyncio.create_task(bob.download(key, "it", sink))
    assert (await event_in(alice, TransferEnded)).transfer.outcome == "cut short"
    sink.go_on.set()
    await arriving


async def test_sender_that_does_not_keep_to_its_credit(server: Server, bob: Room, secret: str) -> None:
    sink = HeldSink()
    async with Original(server.url, secret, says={"features": ["file-credit"]}) as hostile:
        await hostile.provide("it", os.urandom(20 * MIB))
        peer, _ = await offer_in(bob)
        arriving = asyncio.create_task(bob.download(peer.key, "it", sink))
        receiver = (await event_in(bob, TransferStarted)).transfer
        await until(lambda: receiver._is_refused)
        sink.go_on.set()
        with pytest.raises(TransferFailed, match="more came than was announced"):
            await arriving


@pytest.mark.parametrize("size", [None, 20 * MIB])
async def test_sender_that_cannot_be_told_to_wait_and_a_slow_disk(
    server: Server, bob: Room, secret: str, monkeypatch: pytest.MonkeyPatch, size: int | None
) -> None:
    """More than is kept is an error, whether or not everything has come; nothing looks whole then."""
    monkeypatch.setattr("keks_meet.client.files.receive._LARGEST_WAITING", 20 * MIB - 1)
    sink = HeldSink()
    async with Original(server.url, secret) as original:
        await original.provide("it", os.urandom(20 * MIB), size=size)
        peer, _ = await offer_in(bob)
        arriving = asyncio.create_task(bob.download(peer.key, "it", sink))
        receiver = (await event_in(bob, TransferStarted)).transfer
        await until(lambda: receiver._is_refused)
        sink.go_on.set()
        with pytest.raises(SpoolFull, match="faster than it could be written"):
            await arriving
    assert not sink.data


async def test_slow_disk_slows_the_sender_down(alice: Room, bob: Room, offer: Offer) -> None:
    """What waits for it is bounded by the credit."""
    path, key = await offer(40 * MIB)
    sink = HeldSink()
    arriving = asyncio.create_task(bob.download(key, "it", sink))
    sender = (await event_in(alice, TransferStarted)).transfer
    receiver = (await event_in(bob, TransferStarted)).transfer
    ahead = limits.CREDIT_AHEAD_BYTES
    await until(lambda: sender.bytes >= ahead and receiver._waiting.bytes >= ahead - MIB)
    assert sender.bytes == ahead
    sink.go_on.set()
    await arriving
    assert sink.data == path.read_bytes()
