# SPDX-License-Identifier: AGPL-3.0-only
"""Data channels whose engine says less than it should, which no real one does on demand."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import webrtc

from keks_meet.client.rtc import channel as module
from keks_meet.client.rtc.channel import DataChannel
from keks_meet.errors import ChannelClosed


class Engine:
    """What a channel needs of one of `wrtc`'s."""

    def __init__(self, state: webrtc.RTCDataChannelState) -> None:
        self.ready_state = state
        self.buffered_amount = 0
        self.buffered_amount_low_threshold = 0
        self.sent: list[bytes] = []
        self.handlers: dict[str, Callable[[Any], None]] = {}

    def on(self, name: str, handler: Callable[[Any], None]) -> None:
        self.handlers[name] = handler

    def send(self, data: bytes) -> None:
        self.sent.append(data)

    def close(self) -> None:
        self.ready_state = webrtc.RTCDataChannelState.closing


class Message:
    data = "text"


def channel_of(engine: Engine, forget: Callable[[DataChannel], object] = lambda _: None) -> DataChannel:
    return DataChannel(engine, lambda: 65_536, forget)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_EVENT_PATIENCE", 0.01)
    monkeypatch.setattr(module, "_LOOK_SECONDS", 0.002)


async def test_a_channel_whose_event_nobody_heard_is_open_after_a_moment() -> None:
    channel = channel_of(Engine(webrtc.RTCDataChannelState.open))
    assert not channel.is_open
    await channel.opened()
    assert channel.is_open


async def test_a_channel_that_brings_something_is_open() -> None:
    engine = Engine(webrtc.RTCDataChannelState.open)
    channel = channel_of(engine)
    heard: list[module.Message] = []
    channel.on_message = heard.append
    engine.handlers["message"](Message())
    assert channel.is_open
    assert heard == ["text"]


async def test_a_channel_that_is_not_open_is_waited_for_until_it_is() -> None:
    engine = Engine(webrtc.RTCDataChannelState.connecting)
    channel = channel_of(engine)
    waiting = asyncio.ensure_future(channel.opened())
    assert not (await asyncio.wait([waiting], timeout=0.05))[0]
    engine.ready_state = webrtc.RTCDataChannelState.open
    engine.handlers["open"](None)
    await waiting


async def test_a_channel_that_closes_first_never_opens() -> None:
    engine = Engine(webrtc.RTCDataChannelState.connecting)
    channel = channel_of(engine)
    waiting = asyncio.ensure_future(channel.opened())
    await asyncio.sleep(0)
    engine.handlers["close"](None)
    with pytest.raises(ChannelClosed):
        await waiting


async def test_a_channel_that_was_closed_before_anybody_listened_has_ended() -> None:
    channel = channel_of(Engine(webrtc.RTCDataChannelState.closed))
    ended = asyncio.Event()
    channel.on_close = ended.set
    await asyncio.wait_for(ended.wait(), 1)
    with pytest.raises(ChannelClosed):
        await channel.opened()


async def test_a_channel_that_closes_without_an_event_has_ended() -> None:
    engine = Engine(webrtc.RTCDataChannelState.closing)
    channel = channel_of(engine)
    ended = asyncio.Event()
    channel.on_close = ended.set
    waiting = asyncio.ensure_future(channel.opened())
    assert not (await asyncio.wait([waiting], timeout=0.03))[0]
    engine.ready_state = webrtc.RTCDataChannelState.closed
    await asyncio.wait_for(ended.wait(), 1)
    with pytest.raises(ChannelClosed):
        await waiting


@pytest.mark.parametrize("was_open", [False, True])
async def test_a_channel_that_is_closed_here_ends_without_an_event_and_is_forgotten_once(was_open: bool) -> None:
    engine = Engine(webrtc.RTCDataChannelState.open if was_open else webrtc.RTCDataChannelState.connecting)
    forgotten: list[DataChannel] = []
    channel = channel_of(engine, forgotten.append)
    if was_open:
        engine.handlers["open"](None)
    ends: list[None] = []
    channel.on_close = lambda: ends.append(None)
    channel.close()
    await asyncio.sleep(0.03)
    assert not ends, "what waits is still being sent"
    engine.ready_state = webrtc.RTCDataChannelState.closed
    await asyncio.wait_for(channel.closed(), 1)
    engine.handlers["close"](None)
    assert (ends, forgotten) == ([None], [channel])


async def test_a_channel_of_words_holds_little() -> None:
    engine = Engine(webrtc.RTCDataChannelState.open)
    channel = channel_of(engine)
    channel.hold_at_most(100)
    engine.buffered_amount = 100
    sending = asyncio.ensure_future(channel.send(b"bytes"))
    assert not (await asyncio.wait([sending], timeout=0.03))[0]
    assert engine.buffered_amount_low_threshold < 100
    engine.buffered_amount = 0
    engine.handlers["bufferedamountlow"](None)
    await sending
    assert engine.sent == [b"bytes"]
