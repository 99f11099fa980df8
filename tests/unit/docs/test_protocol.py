# SPDX-License-Identifier: AGPL-3.0-only
"""Every rule of the protocol is shown by something: a vector that both languages replay, or a test that names it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs_blocks import ROOT

SPEC = (ROOT / "spec/PROTOCOL.md").read_text(encoding="utf-8")
RULES = re.findall(r"^- \*\*\[([A-Z]\d+)\]\*\*", SPEC, re.MULTILINE)
NAMED = re.compile(r"[\[(][A-Z]\d+[\])]?(?:(?: |, | and | to )[\[(]?[A-Z]\d+[\])]?)*")
"""Such as ``[F1]``, ``[F1] to [F6]``, ``(R1, R2)``."""

NOT_SHOWN: dict[str, str] = {}
"""Rules that nothing shows, and why nothing can."""


def test_source() -> None:
    """The patterns find what they are to find."""
    assert {"S1", "F9", "R2"} <= set(RULES)
    assert len(RULES) == len(set(RULES)) == SPEC.count("**[")
    assert set(_named('"""Files [F1] to [F3], [M5] and (R1, R2)."""')) == {"F1", "F2", "F3", "M5", "R1", "R2"}


@pytest.fixture(scope="module")
def shown() -> set[str]:
    """Return the rules that vectors say they show, and those that tests name."""
    vectors = [json.loads(path.read_text(encoding="utf-8")) for path in (ROOT / "spec/vectors").glob("*.json")]
    sources = [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "web/tests").glob("*.test.ts")]
    texts = (path.read_text(encoding="utf-8") for path in sources if path != Path(__file__))
    by_vectors = {rule for vector in vectors for rule in vector.get("rules", [])}
    return by_vectors | {rule for text in texts for rule in _named(text)}


@pytest.mark.parametrize("rule", RULES)
def test_rule_is_shown(rule: str, shown: set[str]) -> None:
    assert (rule in shown) != (rule in NOT_SHOWN)


def test_nothing_shows_rules_that_there_are_not(shown: set[str]) -> None:
    assert shown <= set(RULES)


def _named(text: str) -> Iterator[str]:
    for found in NAMED.findall(text):
        ids = re.findall(r"[A-Z]\d+", found)
        yield from ids
        for first, last in re.findall(r"([A-Z]\d+)\]? to \[?([A-Z]\d+)", found):
            yield from (f"{first[0]}{number}" for number in range(int(first[1:]), int(last[1:])))
