# SPDX-License-Identifier: AGPL-3.0-only
"""Where a folder is received."""

from pathlib import Path

import pytest


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where to unpack: its neighbour must stay as it is."""
    (tmp_path / "neighbour").write_text("precious")
    return tmp_path / "target"
