# SPDX-License-Identifier: AGPL-3.0-only
"""Whom members see, and what they tell each other of it: `roster.json`, which both languages replay [Y15] to [Y18]."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from keks_meet.protocol.codec import decode_relay_message, encode_relay_message
from keks_meet.protocol.fields import MemberStatement
from keks_meet.session.roster import Roster
from keks_meet.session.roster_orders import CheckStatement


def message_of(wire: Any) -> Any:
    return decode_relay_message(json.dumps(wire))


def check_of(wire: Mapping[str, Any]) -> CheckStatement:
    other = msgspec.convert(wire["other"], MemberStatement) if "other" in wire else None
    return CheckStatement(
        wire["client"],
        msgspec.convert(wire["statement"], MemberStatement),
        message_of(wire["message"]) if "message" in wire else None,
        other,
        is_hidden=wire.get("is_hidden", False),
    )


READ = {"message": message_of, "check": check_of, "arrived": dict}


def plain(value: Any) -> Any:
    """Return an order as the vectors write it: fields that say nothing are left out, messages are as on the wire."""
    if isinstance(value, tuple):
        return list(map(plain, value))
    if not isinstance(value, msgspec.Struct):
        return value
    fields = {name: getattr(value, name) for name in value.__struct_fields__}
    tag = {"type": value.__struct_config__.tag} if value.__struct_config__.tag else {}
    return tag | {
        name: json.loads(encode_relay_message(field)) if name == "message" else plain(field)
        for name, field in fields.items()
        if field is not None and (name, field) != ("is_hidden", False)
    }


@pytest.mark.vectors("roster.json", "traces")
def test_roster(vector: dict[str, Any]) -> None:
    roster = Roster(vector["instance"])
    for step in vector["steps"]:
        said = {name: value for name, value in step.items() if name not in {"do", "orders", "ignored"}}
        fields = {name: READ.get(name, lambda wire: wire)(value) for name, value in said.items()}
        assert [plain(order) for order in getattr(roster, step["do"])(**fields)] == step["orders"]
        assert roster.ignored == step["ignored"]
