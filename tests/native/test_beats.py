# SPDX-License-Identifier: AGPL-3.0-only
"""Programs see within moments that nothing comes from a peer any more, where no sound tells it [N15] [N17]."""

import asyncio
import io
import threading
from typing import Any

import pytest

from keks_meet.client.files.sinks import MemorySink
from keks_meet.client.files.sources import StreamSource
from keks_meet.client.rtc.beat import Beat
from keks_meet.client.rtc.connection import PeerConnection
from keks_meet.session.limits import BEAT_MS, MISSING_BEATS
from keks_meet.session.path_watch import PathWatch
from tests.native.conftest import Join
from tests.native.files.made import MIB
from tests.native.waiting import offer_in, until


async def test_a_peer_whose_beats_end_is_looked_for_on_another_way(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    beats, silences, restarted = [], [], []
    restart, take, look = PeerConnection.restart_ice, PathWatch.beat, PathWatch.look

    def beat(watch: PathWatch, now: float, text: str) -> None:
        beats.append((watch, now))
        take(watch, now, text)

    def judge(watch: PathWatch, now: float, heard: float | None) -> bool | None:
        if is_silent := look(watch, now, heard):
            silences.append((watch, now))
        return is_silent

    def begin_anew(connection: PeerConnection) -> None:
        restarted.append(connection)
        restart(connection)

    monkeypatch.setattr(PathWatch, "beat", beat)
    monkeypatch.setattr(PathWatch, "look", judge)
    monkeypatch.setattr(PeerConnection, "restart_ice", begin_anew)
    alice, bob = await join("alice"), await join("bob")
    await alice.provide(StreamSource(io.BytesIO(b"data"), "it"), "it")
    peer, _ = await offer_in(bob)
    await bob.download(peer.key, "it", MemorySink(16))
    await until(lambda: len(beats) >= 4 * MISSING_BEATS)
    assert not restarted
    monkeypatch.setattr(Beat, "say", lambda *_: None)
    said = len(beats)
    await until(lambda: restarted)
    assert len(beats) - said <= 2, "beats that were under way"
    silent, judged = silences[0]
    last = max(now for watch, now in beats if watch is silent)
    assert judged - last >= MISSING_BEATS * BEAT_MS


class Trickle(io.RawIOBase):
    """A stream that brings a little at a time until it is to end."""

    def __init__(self) -> None:
        self.may_end = threading.Event()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self.may_end.wait(0.05):
            return 0
        buffer[:1] = b"x"
        return 1


async def test_who_takes_a_file_says_no_beats_meanwhile(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    """They would hold up what the engine of the other end sends again after a loss."""
    said: list[Beat] = []
    say = Beat.say

    def noted(beat: Beat, text: str) -> None:
        said.append(beat)
        say(beat, text)

    def of_late() -> set[Beat]:
        return set(said[-2 * MISSING_BEATS :])

    monkeypatch.setattr(Beat, "say", noted)
    alice, bob = await join("alice", direct=False), await join("bob", direct=False)
    source = Trickle()
    await alice.provide(StreamSource(io.BufferedReader(source, 1), "it"), "it")
    peer, _ = await offer_in(bob)
    taking = asyncio.create_task(bob.download(peer.key, "it", MemorySink(MIB)))
    await until(lambda: len(of_late()) == 2)
    await until(lambda: len(of_late()) == 1)
    source.may_end.set()
    await taking
    await until(lambda: len(of_late()) == 2)
