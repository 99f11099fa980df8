# SPDX-License-Identifier: AGPL-3.0-only
"""Files and functions stay small enough to be read at once."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
LONGEST_FILE = 400
LONGEST_FUNCTION = 40


def python_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if "node_modules" not in path.parts)


def long_functions(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {lines} lines"


def test_functions_are_short() -> None:
    paths = [*python_files("src", "tests", "tools", "examples", "benchmarks"), ROOT / "hatch_build.py"]
    assert len(paths) > 100
    assert [found for path in paths for found in long_functions(path)] == []


def test_files_are_short() -> None:
    paths = python_files("src", "tests", "tools")
    lengths = {str(path.relative_to(ROOT)): path.read_text().count("\n") for path in paths}
    assert lengths
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}
