# SPDX-License-Identifier: AGPL-3.0-only
"""Where a file is received."""

from pathlib import Path

import pytest


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "a.txt"
