# SPDX-License-Identifier: AGPL-3.0-only
"""When a way to a peer has not come up, or is silent: `path-watch.json`, which both languages replay.

[N9] [N15] [N17].
"""

from typing import Any

import pytest

from keks_meet.session.path_watch import ConnectWatch, PathWatch, own_beat


@pytest.mark.vectors("path-watch.json", "traces")
def test_path_watch(vector: dict[str, Any]) -> None:
    watch = PathWatch()
    for step in vector["steps"]:
        if step["do"] == "beat":
            watch.beat(step["now"], step["text"])
        elif step["do"] == "arrived":
            watch.arrived(step["now"])
        elif step["do"] == "ended":
            watch.beats_ended()
        else:
            assert watch.look(step["now"], step["heard"]) is step["silent"], step


@pytest.mark.vectors("path-watch.json", "attempts")
def test_connect_watch(vector: dict[str, Any]) -> None:
    watch = ConnectWatch()
    for step in vector["steps"]:
        assert watch.look(step["now"], step["trying"]) is step["failed"], step


def test_own_beats_are_beats() -> None:
    watch = PathWatch()
    watch.beat(0, own_beat(is_busy=False))
    assert watch.look(10, None) is None
    assert watch.look(1_000, None) is None
    assert watch.look(1_400, None) is True
    watch.beat(1_500, own_beat(is_busy=True))
    assert watch.look(1_600, None) is False
