# SPDX-License-Identifier: AGPL-3.0-only
"""Traces of the session and of its negotiations, events in and effects out, that both languages replay.

`session-native.json` holds what only programs do: ports and resumed files.
"""

import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from keks_meet.protocol import relay_messages
from keks_meet.protocol.codec import decode_clientbound, decode_relay_message, encode_relay_message
from keks_meet.protocol.relay_messages import Chat, Provide, Request
from keks_meet.session import events, negotiation
from keks_meet.session.descriptions import EndedOrigins
from keks_meet.session.negotiation import Negotiation
from keks_meet.session.session import Session
from keks_meet.session.view import SessionOptions


def by_tag(*structs: type[msgspec.Struct]) -> Mapping[str, type[msgspec.Struct]]:
    return {struct.__struct_config__.tag: struct for struct in structs}


NEGOTIATION_EVENTS = by_tag(*negotiation.NegotiationEvent.__args__)
SESSION_EVENTS = by_tag(*events.SessionEvent.__args__)
READ = {
    "packet": lambda wire: decode_clientbound(json.dumps(wire)),
    "message": lambda wire: decode_relay_message(json.dumps(wire)),
    "resource": lambda wire: msgspec.convert(wire, Provide),
    "resume": lambda wire: msgspec.convert(wire, Request),
    "chat": lambda wire: msgspec.convert(wire, Chat),
    "candidate": lambda wire: msgspec.convert(wire, relay_messages.IceCandidate),
    "description": lambda wire: msgspec.convert(wire, negotiation.Description),
    "event": lambda wire: event(wire, NEGOTIATION_EVENTS),
    "timer": lambda wire: msgspec.convert(wire, events.Timer),
    "wants": tuple,
}


def event(wire: dict[str, Any], kinds: Mapping[str, type[msgspec.Struct]]) -> Any:
    fields = {name: READ.get(name, lambda value: value)(value) for name, value in wire.items() if name != "type"}
    return kinds[wire["type"]](**fields)


def plain(value: Any) -> Any:
    """Return an effect or a view as the vectors write it: fields without a value are left out."""
    if isinstance(value, msgspec.Struct):
        tag = {"type": value.__struct_config__.tag} if value.__struct_config__.tag else {}
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        found = {name: plain_field(name, field) for name, field in fields.items() if field is not None}
        return tag | found
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def plain_field(name: str, value: Any) -> Any:
    return json.loads(encode_relay_message(value)) if name == "message" else plain(value)


def without_history(view: Any) -> Any:
    """Leave out what a view does not promise: how a file was asked for."""
    for peer in view["peers"]:
        for resource in peer["resources"]:
            resource.pop("resume", None)
    return view


@pytest.mark.vectors("negotiation.json", "traces")
def test_negotiation(vector: dict[str, Any]) -> None:
    machine = Negotiation(vector["polite"], vector["replaceable"], EndedOrigins(vector.get("ended", ())))
    for step in vector["steps"]:
        assert plain(machine.handle(event(step["event"], NEGOTIATION_EVENTS))) == step["effects"]


def alice(features: tuple[str, ...]) -> Session:
    return Session(SessionOptions("alice", "aaa", features, wants=("audio",)))


def replay(vector: dict[str, Any], features: tuple[str, ...]) -> None:
    session = alice(features)
    for step in vector["steps"]:
        assert plain(session.handle(event(step["event"], SESSION_EVENTS))) == step["effects"]
    assert without_history(plain(session.view())) == vector["view"]


FEATURES = {
    "session.json": ("instance", "file-credit"),
    "session-files.json": ("instance", "file-credit", "file-sha256", "file-resume-2"),
    "session-native.json": ("instance", "file-credit", "file-resume-2", "port-eof"),
}


@pytest.mark.vectors("session.json", "traces")
def test_session(vector: dict[str, Any]) -> None:
    replay(vector, FEATURES["session.json"])


@pytest.mark.vectors("session-files.json", "traces")
def test_session_of_downloads_that_go_on(vector: dict[str, Any]) -> None:
    replay(vector, FEATURES["session-files.json"])


@pytest.mark.vectors("session-native.json", "traces")
def test_session_of_programs(vector: dict[str, Any]) -> None:
    replay(vector, FEATURES["session-native.json"])
