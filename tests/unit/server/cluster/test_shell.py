# SPDX-License-Identifier: AGPL-3.0-only
"""A node whose core makes a mistake goes on; `tests/integration` has nodes with real sockets."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from keks_meet.server.cluster import frames
from keks_meet.server.cluster.events import NodeLost, RoomFound, WasCutOff
from keks_meet.server.cluster.membership import Presence
from keks_meet.server.cluster.orders import AwaitRoom
from keks_meet.server.cluster.shell import Cluster
from keks_meet.server.config import Cluster as Settings
from keks_meet.server.config import Config
from keks_meet.server.node import Node

OTHER = 7


@pytest.fixture
def node() -> Any:
    """Return a node that takes part beside another one, and keeps what happened."""
    found: Any = Cluster(Config(cluster=Settings(nats="nats://127.0.0.1:1")), Node(None), version="v")
    core, me = found._core, found._core.membership.me
    for now in (0.0, 1.0, 2.0):
        core.heartbeat_heard(frames.Heartbeat(me, (), leaving=False, gone=False), now)
        core.heartbeat_heard(frames.Heartbeat(OTHER, (me,), leaving=False, gone=False), now)
        core.passed(now)
    assert core.membership.presence is Presence.PRESENT
    found.events = []
    found._signaling = SimpleNamespace(happened=found.events.append)
    return found


def fail(*_arguments: object, **_named: object) -> Any:
    raise ZeroDivisionError("a secret")


def assert_told(caplog: pytest.LogCaptureFixture) -> None:
    (said,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert said.startswith("this node made a mistake: ZeroDivisionError")
    assert "secret" not in said


async def test_a_tick_that_fails_is_not_the_last(
    node: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(node._core, "passed", fail)
    ticking = asyncio.create_task(node._tick())
    await asyncio.sleep(0)
    assert WasCutOff() in node.events
    assert not ticking.done()
    ticking.cancel()
    assert_told(caplog)


def test_a_frame_that_fails_breaks_its_link_alone(
    node: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(node._core, "opened", fail)
    node._frame_came(frames.encode(frames.Frame(OTHER, 1, 0, ())))
    assert node.events == [NodeLost(OTHER)]
    assert_told(caplog)


def test_a_frame_that_cannot_be_sent_breaks_its_link_alone(
    node: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(node._bus, "publish", fail)
    node._flush(beat=True)
    assert node.events == [NodeLost(OTHER)]
    assert_told(caplog)


def test_frames_that_cannot_be_taken_cut_the_node_off(
    node: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(node._core, "take", fail)
    node._flush()
    assert WasCutOff() in node.events
    assert_told(caplog)


def test_a_heartbeat_that_fails_cuts_the_node_off(
    node: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(node._core, "heartbeat_heard", fail)
    node._beat_came(frames.encode(frames.Heartbeat(OTHER, (), leaving=False, gone=False)))
    assert WasCutOff() in node.events
    assert_told(caplog)


async def test_a_reader_whose_room_cannot_be_told_breaks_the_link_to_its_home_alone(
    node: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def happened(event: object) -> None:
        node.events.append(event)
        if isinstance(event, RoomFound):
            fail()

    node._signaling = SimpleNamespace(happened=happened, without_room=lambda *_: None)
    await node._wait_for_readers(AwaitRoom(3, OTHER, (), 64))
    assert node.events[1:] == [NodeLost(OTHER)]
    assert_told(caplog)
