# SPDX-License-Identifier: AGPL-3.0-only
"""`spec/protocol.json` is what both languages declare, what the specification says, and what vectors show."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.docs_blocks import ROOT
from tools import protocol
from tools.protocol import source

PROTOCOL = source.read()
SPEC = (ROOT / "spec/PROTOCOL.md").read_text(encoding="utf-8")
KINDS = PROTOCOL.serverbound | PROTOCOL.clientbound | PROTOCOL.relay_messages
NOT_IN_THE_TABLE = {("identify", "instance"), ("identify", "features"), ("init", "features"), ("init", "limits")}
"""Additions, which the rules say."""


def vectors(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / f"spec/vectors/{name}.json").read_text(encoding="utf-8"))
    return found


def written(section: str) -> Iterator[tuple[str, list[tuple[str, bool]]]]:
    """Find each kind in the tables of a section, with its fields and whether they may be absent."""
    for line in SPEC.split(f"## {section}\n")[1].split("\n## ")[0].splitlines():
        if line.startswith("| `"):
            for form in re.findall(r"`(\{.*?\})`", line.split(" | ")[0]):
                kind, *fields = re.findall(r'"(\w+)"(?=[:,}?]| ?\})(\??)', form)
                yield kind[0], [(name, mark == "?") for name, mark in fields]


def test_a_name_is_declared_once() -> None:
    twice = source.SOURCE.read_bytes().replace(
        b'"ping_ms": {', b'"ping_ms": {"value": 1, "meaning": "x"}, "ping_ms": {'
    )
    with pytest.raises(ValueError, match="ping_ms"):
        source.parse(twice)


def test_generated_files_are_fresh() -> None:
    made = protocol.generate()
    stale = [path for path, text in made.items() if (ROOT / path).read_text(encoding="utf-8") != text]
    assert stale == [], "python -m tools.protocol writes them anew"
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "web/src/core/generated").iterdir()}
    assert there <= made.keys()


def test_rules_are_of_the_specification() -> None:
    groups = [PROTOCOL.wire_limits, PROTOCOL.core_limits, PROTOCOL.timers_in_ms, PROTOCOL.features, KINDS]
    named = {rule for group in groups for part in group.values() for rule in part.rules}
    assert {rule for rule in named if f"**[{rule}]**" not in SPEC} == set()
    assert [name for group in groups for name, part in group.items() if not (part.rules and part.meaning)] == []


@pytest.mark.parametrize(
    ("section", "kinds"),
    [
        ("Signaling", PROTOCOL.serverbound | PROTOCOL.clientbound),
        ("Relay messages", PROTOCOL.relay_messages),
    ],
)
def test_tables_of_the_specification(section: str, kinds: dict[str, source.Kind]) -> None:
    rows = list(written(section))
    assert {kind for kind, _ in rows} == kinds.keys()


@pytest.mark.parametrize("kind", PROTOCOL.relay_messages)
def test_fields_of_relay_messages_are_in_the_table(kind: str) -> None:
    declared = PROTOCOL.relay_messages[kind]
    rows = [fields for found, fields in written("Relay messages") if found == kind]
    names = {name for fields in rows for name, _ in fields}
    assert names | {name for of, name in NOT_IN_THE_TABLE if of == kind} == (
        set() if declared.bare else {*declared.fields}
    )
    if not declared.exactly_one:
        marked = {name for fields in rows for name, is_optional in fields if is_optional}
        assert marked == {name for name in names if declared.fields[name].optional}


@pytest.mark.parametrize(
    ("file", "key", "kinds"),
    [
        ("packets", "serverbound", PROTOCOL.serverbound),
        ("packets", "clientbound", PROTOCOL.clientbound),
        ("relay-messages", "relay_messages", PROTOCOL.relay_messages),
    ],
)
def test_kinds_have_vectors(file: str, key: str, kinds: dict[str, source.Kind]) -> None:
    """One that is taken and one that is refused."""
    found = vectors(file)
    taken = " ".join(case["text"] for case in found[key])
    refused = " ".join(case["text"] for case in found[f"{key}_invalid"])
    assert [kind for kind in kinds if f'"{kind}":' not in taken] == []
    assert [kind for kind in kinds if f'"{kind}":' not in refused] == []


def test_controls_have_vectors() -> None:
    taken = " ".join(case["text"] for case in vectors("file-controls")["controls"])
    assert [kind for kind in PROTOCOL.file_controls if f'"{kind}":' not in taken] == []


def test_limits_have_vectors() -> None:
    assert {case["limit"] for case in vectors("limits")["limits"]} == PROTOCOL.wire_limits.keys()


def test_kinds_are_for_features_that_there_are() -> None:
    kinds = [*KINDS.values(), *PROTOCOL.file_controls.values()]
    assert {kind.feature for kind in kinds if kind.feature} <= PROTOCOL.features.keys()
