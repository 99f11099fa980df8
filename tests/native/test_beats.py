# SPDX-License-Identifier: AGPL-3.0-only
"""Programs see within moments that nothing comes from a peer any more, where no sound tells it [N15] [N17]."""

import io

import pytest

from keks_meet.client.files.sinks import MemorySink
from keks_meet.client.files.sources import StreamSource
from keks_meet.client.rtc.beat import Beat
from keks_meet.client.rtc.connection import PeerConnection
from keks_meet.session.limits import MISSING_BEATS
from keks_meet.session.path_watch import PathWatch
from tests.native.conftest import Join
from tests.native.waiting import offer_in, until


async def test_a_peer_whose_beats_end_is_looked_for_on_another_way(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    heard, judged, restarted = [], [], []
    restart, take, look = PeerConnection.restart_ice, PathWatch.beat, PathWatch.look
    monkeypatch.setattr(PathWatch, "beat", lambda watch, now, text: (heard.append(text), take(watch, now, text))[1])
    monkeypatch.setattr(PathWatch, "look", lambda watch, *at: (judged.append(at), look(watch, *at))[1])
    monkeypatch.setattr(PeerConnection, "restart_ice", lambda way: (restarted.append(way), restart(way))[1])
    alice, bob = await join("alice"), await join("bob")
    await alice.provide(StreamSource(io.BytesIO(b"data"), "it"), "it")
    peer, _ = await offer_in(bob)
    await bob.download(peer.key, "it", MemorySink(16))
    await until(lambda: len(heard) >= 4 * MISSING_BEATS)
    assert not restarted
    monkeypatch.setattr(Beat, "say", lambda *_: None)
    said, looks = len(heard), len(judged)
    await until(lambda: restarted)
    assert len(heard) - said <= 2, "beats that were under way"
    assert MISSING_BEATS <= (len(judged) - looks) / 2 <= 3 * MISSING_BEATS
