# SPDX-License-Identifier: AGPL-3.0-only
"""How members are spoken to, in the open or sealed: `pairing.json`, which both languages replay [Y10] to [Y13]."""

import json
from typing import Any

import msgspec
import pytest

from keks_meet.protocol.codec import decode_relay_message, encode_relay_message
from keks_meet.session.pairing import Pairing
from keks_meet.session.pairing_orders import PairTimer

READ = {
    "message": lambda wire: decode_relay_message(json.dumps(wire)),
    "timer": lambda wire: msgspec.convert(wire, PairTimer),
}


def plain(value: Any) -> Any:
    """Return an order as the vectors write it: fields without a value are left out, messages are as on the wire."""
    if isinstance(value, tuple):
        return list(value)
    if not isinstance(value, msgspec.Struct):
        return value
    fields = {name: getattr(value, name) for name in value.__struct_fields__}
    tag = {"type": value.__struct_config__.tag} if value.__struct_config__.tag else {}
    return tag | {
        name: json.loads(encode_relay_message(field)) if name in {"message", "hello"} else plain(field)
        for name, field in fields.items()
        if field is not None
    }


@pytest.mark.vectors("pairing.json", "traces")
def test_pairing(vector: dict[str, Any]) -> None:
    pairing = Pairing(tuple(vector["features"]))
    for step in vector["steps"]:
        said = {name: value for name, value in step.items() if name not in {"do", "orders", "ignored"}}
        fields = {name: READ.get(name, lambda wire: wire)(value) for name, value in said.items()}
        orders = getattr(pairing, step["do"])(**fields)
        assert [plain(order) for order in orders] == step["orders"]
        assert pairing.ignored == step["ignored"]
