# SPDX-License-Identifier: AGPL-3.0-only
"""What ways are called: `ways.json`, which both languages replay."""

from typing import Any

import msgspec
import pytest

from keks_meet.session.way import WayEnd, is_relayed, way_between


@pytest.mark.vectors("ways.json", "ways")
def test_ways(vector: dict[str, Any]) -> None:
    local, remote = (msgspec.convert(vector[end], WayEnd) for end in ("local", "remote"))
    assert way_between(local, remote) == vector["way"]
    assert is_relayed(vector["way"]) == ("relay" in {local.type, remote.type})
