# SPDX-License-Identifier: AGPL-3.0-only
"""The library's guide names all that is public, and nothing else. Its programs run in `tests/native`."""

import re

import keks_meet.client
from keks_meet import errors
from keks_meet.client import Room
from tests.docs_blocks import ROOT, defined_in, python_blocks

PAGE = (ROOT / "docs" / "library.md").read_text()
FOR_THE_SHELL = {"happened", "changed"}


def table(title: str) -> set[str]:
    """Find the names in the first column of a table, by the title of that."""
    rows = PAGE.split(f"| {title} |")[1].split("\n\n")[0].splitlines()[2:]
    return {name for row in rows for name in re.findall(r"`(\w+)[`(]", row.split("|")[1])}


def test_every_block_runs_on_its_own() -> None:
    assert len(python_blocks("library.md")) == PAGE.count("```python")
    assert {"main", "tell", "bridge"} <= defined_in("library.md").keys()


def test_the_table_of_names_is_complete() -> None:
    assert table("name") == set(keks_meet.client.__all__)


def test_the_table_of_a_room_is_complete() -> None:
    public = {name for name in vars(Room) if not name.startswith("_")}
    assert table("of a room") == public - FOR_THE_SHELL


def test_errors_are_called_by_their_names() -> None:
    assert table("error") <= {*errors.__all__, "ValueError"}
