# SPDX-License-Identifier: AGPL-3.0-only
"""Gives every test of this folder the vectors that it names: `vector` is one case of `@cases("file.json", "key")`."""

import json
from pathlib import Path
from typing import Any

import pytest

VECTORS = Path(__file__).resolve().parents[2] / "spec" / "vectors"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Turn the marker `vectors(file, key)` into one test a case."""
    marker = metafunc.definition.get_closest_marker("vectors")
    if marker is not None:
        file, key = marker.args
        cases: list[Any] = json.loads((VECTORS / file).read_text(encoding="utf-8"))[key]
        metafunc.parametrize("vector", cases, ids=[_id(case) for case in cases])


def _id(case: Any) -> str:
    text = case if isinstance(case, str) else case.get("name") or case.get("why") or next(iter(case.values()))
    return ascii(text)[:60]


@pytest.fixture
def vector_file() -> Any:
    """Return a reader of whole vector files."""
    return lambda name: json.loads((VECTORS / name).read_text(encoding="utf-8"))
