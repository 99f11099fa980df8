# SPDX-License-Identifier: AGPL-3.0-only
"""One code for the room, and what each says for it: `room-code.json`, which both languages replay [Y20] to [Y22]."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from keks_meet.protocol.codec import decode_relay_message, encode_relay_message
from keks_meet.protocol.fields import CodeMember
from keks_meet.session.pairing_orders import PairTimer
from keks_meet.session.room_code import RoomCode
from keks_meet.session.room_code_orders import RoomCodeOrder

READ: dict[str, Callable[[Any], Any]] = {
    "message": lambda wire: decode_relay_message(json.dumps(wire)),
    "member": lambda wire: msgspec.convert(wire, CodeMember),
    "own": lambda wire: msgspec.convert(wire, CodeMember),
    "timer": lambda wire: msgspec.convert(wire, PairTimer),
}


def plain(order: RoomCodeOrder) -> dict[str, Any]:
    """Return an order as the vectors write it: what is None is left out, messages are as on the wire."""
    fields = {name: getattr(order, name) for name in order.__struct_fields__}
    return {"type": order.__struct_config__.tag} | {
        name: json.loads(encode_relay_message(field))
        if name == "message"
        else msgspec.to_builtins(field, str_keys=True)
        for name, field in fields.items()
        if field is not None
    }


def listed(value: Any) -> Any:
    """Return a value as JSON gives it back."""
    return json.loads(json.dumps(value))


def take(machine: RoomCode, step: dict[str, Any]) -> Sequence[RoomCodeOrder]:
    """Let the machine take a step of a trace."""
    said = {name: value for name, value in step.items() if name not in {"do", "orders", "ignored"}}
    fields = {name: READ.get(name, lambda wire: wire)(value) for name, value in said.items()}
    orders: Sequence[RoomCodeOrder] = getattr(machine, step["do"])(**fields)
    return orders


@pytest.mark.vectors("room-code.json", "traces")
def test_room_code(vector: dict[str, Any]) -> None:
    machine = RoomCode()
    for step in vector["steps"]:
        assert listed([plain(order) for order in take(machine, step)]) == step["orders"]
        assert machine.ignored == step["ignored"]
