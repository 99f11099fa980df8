# SPDX-License-Identifier: AGPL-3.0-only
"""Each promise of `docs/security.md` names a test that holds it, and that test exists."""

import re

import pytest

from tests.docs_blocks import ROOT

SECTION = (ROOT / "docs/security.md").read_text(encoding="utf-8").split("## What is promised\n")[1].split("\n## ")[0]
ROWS = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in SECTION.splitlines() if row.startswith("| ")]


def test_promises_have_all_that_belongs_to_one() -> None:
    assert len(ROWS) > 8
    assert {len(row) for row in ROWS} == {4}


@pytest.mark.parametrize("row", ROWS[2:], ids=lambda row: row[0])
def test_the_test_of_a_promise_exists(row: list[str]) -> None:
    (named,) = re.findall(r"`([^`]+)::(test_\w+)`", row[3])
    path, name = named
    assert re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
