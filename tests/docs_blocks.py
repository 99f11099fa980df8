# SPDX-License-Identifier: AGPL-3.0-only
"""The Python in the documentation."""

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def text_block(page: str, first_line: str, kind: str = "text") -> str:
    """Return the block of plain text, or of another kind, of a page that begins with a line."""
    found = re.search(
        rf"^```{kind}\n({re.escape(first_line)}\n.*?)^```$", (ROOT / "docs" / page).read_text(), re.M | re.S
    )
    assert found
    return found[1]


def python_blocks(page: str) -> list[str]:
    """Return every block of a page, in order."""
    return _BLOCK.findall((ROOT / "docs" / page).read_text())


def defined_in(page: str) -> dict[str, Any]:
    """Return what the blocks define, each run on its own, as modules that somebody imports."""
    defined: dict[str, Any] = {}
    for number, block in enumerate(python_blocks(page), 1):
        names: dict[str, Any] = {"__name__": f"block {number}"}
        exec(compile(block, f"{page}, block {number}", "exec"), names)  # noqa: S102
        defined |= {name: each for name, each in names.items() if not name.startswith("_")}
    return defined
