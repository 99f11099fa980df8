# SPDX-License-Identifier: AGPL-3.0-only
"""A session gets events and gives effects: nothing of it calls back."""

import ast
from pathlib import Path

import keks_meet.session

SESSION = Path(keks_meet.session.__file__).parent


def test_session_takes_no_callables() -> None:
    paths = sorted(SESSION.rglob("*.py"))
    assert len(paths) > 10
    for path in paths:
        tree = ast.parse(path.read_text())
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
        assert not names & {"Callable", "Awaitable", "Coroutine"}, path
