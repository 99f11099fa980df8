# SPDX-License-Identifier: AGPL-3.0-only
"""The map says exactly which modules the two cores share, and which only one of them has."""

import re
from pathlib import Path

from tests.docs_blocks import ROOT
from tools.protocol import python

SECTION = (ROOT / "docs/architecture.md").read_text(encoding="utf-8").split("## What the cores share\n")[1]
PACKAGE = ROOT / "src/keks_meet"
CORE = ROOT / "web/src/core"


def row(title: str) -> set[str]:
    """Return what stands between backticks in a row of the table."""
    found = re.search(rf"^\| {re.escape(title)} \| (.*) \|$", SECTION, re.MULTILINE)
    assert found
    return set(re.findall(r"`([^`]+)`", found[1]))


def modules(folder: Path, ending: str) -> set[str]:
    """Return the names of a folder's modules, as TypeScript has them."""
    names = {path.stem.replace("_", "-") for path in folder.glob(f"*{ending}") if path.stem != "__init__"}
    return names | {f"{path.name}/" for path in folder.iterdir() if list(path.glob(f"*{ending}"))}


PYTHON = modules(PACKAGE / "session", ".py")
PAGE = modules(CORE, ".ts")
ELSEWHERE = row("in `core/`, and elsewhere in Python")


def test_what_both_have() -> None:
    assert row("in both, file for file") == PYTHON & PAGE


def test_what_python_alone_has() -> None:
    assert row("in Python alone") == PYTHON - PAGE


def test_what_the_page_alone_has() -> None:
    elsewhere = {name for name in ELSEWHERE if "/" not in name}
    assert row("in the page alone") | elsewhere == PAGE - PYTHON
    assert not row("in the page alone") & elsewhere


def test_what_is_elsewhere_in_python_is_there() -> None:
    paths = {name for name in ELSEWHERE if "/" in name}
    assert [path for path in paths if not (PACKAGE / path).is_file()] == []


def test_what_is_made() -> None:
    made = {path.removeprefix("src/keks_meet/") for path in python.MODULES}
    assert row("made from `spec/protocol.json`") == made | {"core/generated/"}
