# SPDX-License-Identifier: AGPL-3.0-only
"""Files between programs and clients that know none of our extensions."""

import asyncio
import contextlib
import os
from pathlib import Path

import pytest
import webrtc

from keks_meet.client.events import TransferEnded, TransferStalled
from keks_meet.client.files.sinks import MemorySink
from keks_meet.client.room import Room
from keks_meet.errors import TransferFailed
from keks_meet.session import limits
from tests.e2e.harness.server import Server
from tests.native.files.made import MIB, made_file
from tests.native.original import Original
from tests.native.waiting import event_in, offer_in


@pytest.mark.parametrize("ends", ["end", None])
@pytest.mark.parametrize("size", [0, 1, 2 * MIB])
async def test_original_sends(server: Server, bob: Room, secret: str, ends: str | None, size: int) -> None:
    data = os.urandom(size)
    async with Original(server.url, secret, ends=ends) as original:
        await original.provide("the-file", data)
        peer, _ = await offer_in(bob)
        sink = MemorySink(4 * MIB)
        await bob.download(peer.key, "the-file", sink)
        assert sink.data == data


@pytest.mark.parametrize("lost", [2, 5])
async def test_original_whose_channel_closes_before_anybody_listens(
    server: Server, bob: Room, secret: str, monkeypatch: pytest.MonkeyPatch, lost: int
) -> None:
    """The engine loses what such a channel brought, now and then; here it brings nothing, so many times.

    Some channels are left for what the engine loses by itself, half of them on a busy machine: sixteen are tried.
    """
    async with Original(server.url, secret, ends=None) as original:
        send, channels = original._send, []

        async def lose(channel: webrtc.RTCDataChannel) -> None:
            channels.append(channel)
            await send(channel) if len(channels) > lost else channel.close()

        monkeypatch.setattr(original, "_send", lose)
        await original.provide("the-file", b"small")
        peer, _ = await offer_in(bob)
        sink = MemorySink(MIB)
        await bob.download(peer.key, "the-file", sink)
        assert sink.data == b"small"


@pytest.mark.parametrize(("size", "outcome"), [(5, "cut short"), (None, "unknown")])
async def test_original_whose_channels_bring_nothing_is_not_asked_for_ever(
    server: Server, bob: Room, secret: str, monkeypatch: pytest.MonkeyPatch, size: int | None, outcome: str
) -> None:
    async with Original(server.url, secret, ends=None) as original:
        channels = []

        async def lose(channel: webrtc.RTCDataChannel) -> None:
            channels.append(channel)
            channel.close()

        monkeypatch.setattr(original, "_send", lose)
        await original.provide("the-file", b"small", size=size)
        peer, _ = await offer_in(bob)
        with pytest.raises(TransferFailed) if outcome == "cut short" else contextlib.nullcontext():
            await bob.download(peer.key, "the-file", MemorySink(MIB))
        assert (await event_in(bob, TransferEnded)).transfer.outcome == outcome
        assert len(channels) == limits.UNHEARD_CHANNELS


async def test_original_sends_without_a_size(server: Server, bob: Room, secret: str) -> None:
    data = os.urandom(MIB)
    async with Original(server.url, secret, ends=None) as original:
        await original.provide("the-file", data, size=None)
        peer, _ = await offer_in(bob)
        sink = MemorySink(4 * MIB)
        await bob.download(peer.key, "the-file", sink)
        assert sink.data == data
        assert (await event_in(bob, TransferEnded)).transfer.outcome == "unknown"


async def test_original_receives(server: Server, alice: Room, secret: str, tmp_path: Path) -> None:
    path = made_file(tmp_path, 2 * MIB + 5)
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
    server: Server, bob: Room, secret: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keks_meet.session.limits.STALL_MS", 300)
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
