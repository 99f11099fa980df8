# SPDX-License-Identifier: AGPL-3.0-only
"""Programs see within moments that nothing comes from a peer any more, where no sound tells it [N15] [N17]."""

import io

import pytest

from keks_meet.client.files.sinks import MemorySink
from keks_meet.client.files.sources import StreamSource
from keks_meet.client.rtc.beat import Beat
from keks_meet.client.rtc.connection import PeerConnection
from keks_meet.session.limits import BEAT_MS, MISSING_BEATS
from keks_meet.session.path_watch import PathWatch
from tests.native.conftest import Join
from tests.native.waiting import offer_in, until


async def connected_by_a_file(join: Join) -> None:
    """Have two join, and one take a file of the other: what connects them goes on after it."""
    alice, bob = await join("alice"), await join("bob")
    await alice.provide(StreamSource(io.BytesIO(b"data"), "it"), "it")
    peer, _ = await offer_in(bob)
    await bob.download(peer.key, "it", MemorySink(16))


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
    await connected_by_a_file(join)
    await until(lambda: len(beats) >= 4 * MISSING_BEATS)
    assert not restarted
    monkeypatch.setattr(Beat, "say", lambda *_: None)
    said = len(beats)
    await until(lambda: restarted)
    assert len(beats) - said <= 2, "beats that were under way"
    silent, judged = silences[0]
    last = max(now for watch, now in beats if watch is silent)
    assert judged - last >= MISSING_BEATS * BEAT_MS


async def test_each_beat_is_said_twice(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    """One alone would hold up what the engine of the other end sends again after a loss."""
    said, heard = [], []
    say, take = Beat.say, PathWatch.beat

    def noted(beat: Beat, text: str) -> None:
        said.append(text)
        say(beat, text)

    def beat(watch: PathWatch, now: float, text: str) -> None:
        heard.append(text)
        take(watch, now, text)

    monkeypatch.setattr(Beat, "say", noted)
    monkeypatch.setattr(PathWatch, "beat", beat)
    await connected_by_a_file(join)
    await until(lambda: len(heard) >= 4 * MISSING_BEATS)
    before = len(said), len(heard)
    await until(lambda: len(said) - before[0] >= 4 * MISSING_BEATS)
    monkeypatch.setattr(Beat, "say", lambda *_: None)
    # Not twice as many: some were under way when it began.
    enough = before[1] + 1.5 * (len(said) - before[0])
    await until(lambda: len(heard) > enough)


async def test_a_channel_for_beats_that_closes_is_missed_by_nobody(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    """And another one takes its place."""
    said, heard, ended, silences = [], [], [], []
    say, take, end, look = Beat.say, PathWatch.beat, PathWatch.beats_ended, PathWatch.look

    def noted(beat: Beat, text: str) -> None:
        said.append(beat)
        say(beat, text)

    def beat(watch: PathWatch, now: float, text: str) -> None:
        heard.append(watch)
        take(watch, now, text)

    def beats_ended(watch: PathWatch) -> None:
        ended.append(watch)
        end(watch)

    def judge(watch: PathWatch, now: float, sound: float | None) -> bool | None:
        if is_silent := look(watch, now, sound):
            silences.append(watch)
        return is_silent

    for name, change in {"beat": beat, "beats_ended": beats_ended, "look": judge}.items():
        monkeypatch.setattr(PathWatch, name, change)
    monkeypatch.setattr(Beat, "say", noted)
    await connected_by_a_file(join)
    await until(lambda: len(heard) >= 4 * MISSING_BEATS)
    said[0]._channels[0].close()
    await until(lambda: len(set(ended)) == 2)
    before = len(heard)
    await until(lambda: len(heard) >= before + 8 * MISSING_BEATS)
    assert not silences
