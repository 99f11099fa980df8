# SPDX-License-Identifier: AGPL-3.0-only
"""When a signaling connection counts as dead: `link-watch.json`, which both languages replay [L8]."""

from typing import Any

import msgspec
import pytest

from keks_meet.session.link_watch import LinkWatch


@pytest.mark.vectors("link-watch.json", "traces")
def test_link_watch(vector: dict[str, Any]) -> None:
    watch = LinkWatch()
    for step in vector["steps"]:
        match step:
            case {"do": "returned", "number": number, "known": known}:
                assert watch.returned(number) is known
                orders = []
            case {"do": "sent", "bytes": length}:
                orders = watch.sent(length) or []
            case {"do": "ticked", "buffered": buffered}:
                orders = watch.ticked(buffered)
            case _:
                orders = getattr(watch, step["do"])() or []
        assert msgspec.to_builtins(orders) == step["orders"]
