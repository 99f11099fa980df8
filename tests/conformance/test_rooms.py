# SPDX-License-Identifier: AGPL-3.0-only
"""[S3] to [S10]: traces of the hub, events in and effects out."""

import json
from typing import Any

import pytest

from keks_meet.protocol.codec import decode_serverbound, encode_clientbound
from keks_meet.protocol.limits import Limits
from keks_meet.rooms.effects import Effect, Send
from keks_meet.rooms.events import ClientConnected, ClientGone, Event, PacketReceived
from keks_meet.rooms.hub import Hub


def event(wire: dict[str, Any]) -> Event:
    ((kind, fields),) = wire.items()
    match kind:
        case "connected":
            return ClientConnected(**fields)
        case "gone":
            return ClientGone(**fields)
    return PacketReceived(fields["client"], decode_serverbound(json.dumps(fields["packet"])))


def wire(effect: Effect) -> dict[str, Any]:
    if isinstance(effect, Send):
        return {"send": {"to": list(effect.recipients), "packet": json.loads(encode_clientbound(effect.packet))}}
    return {"close": {"client": effect.client, "code": effect.code, "reason": effect.reason}}


@pytest.mark.vectors("rooms.json", "traces")
def test_trace(vector: dict[str, Any]) -> None:
    hub = Hub(Limits(**vector.get("limits", {})), version="keks-meet", watches_enabled=vector.get("watches", True))
    for step in vector["steps"]:
        assert [wire(effect) for effect in hub.handle(event(step["event"]))] == step["effects"]
