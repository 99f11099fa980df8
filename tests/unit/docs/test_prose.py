# SPDX-License-Identifier: AGPL-3.0-only
"""Prose is wrapped, so that differences of it can be read."""

from pathlib import Path

ROOT = Path(__file__).parents[3]
LONGEST = 120
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("spec/*.md")]


def prose_of(document: Path) -> list[tuple[int, str]]:
    """Return the lines that are neither code nor rows of tables, with their numbers."""
    found, is_code = [], False
    for number, line in enumerate(document.read_text().splitlines(), start=1):
        if line.startswith("```"):
            is_code = not is_code
        elif not is_code and not line.startswith("|"):
            found.append((number, line))
    return found


def test_prose_is_wrapped() -> None:
    assert len(DOCUMENTS) > 8
    long = [
        (document.name, number) for document in DOCUMENTS for number, line in prose_of(document) if len(line) > LONGEST
    ]
    assert long == []
