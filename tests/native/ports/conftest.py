# SPDX-License-Identifier: AGPL-3.0-only
"""What waits to be passed on."""

from collections.abc import Callable

import pytest

from keks_meet.client.ports import tunnel
from keks_meet.client.ports.spool import Allowance, Spool


@pytest.fixture
def spools(monkeypatch: pytest.MonkeyPatch) -> list[Spool]:
    """All that are made."""
    made: list[Spool] = []

    class Seen(Spool):
        def __init__(self, limit: int, allowance: Allowance, failed: Callable[[OSError], None]) -> None:
            super().__init__(limit, allowance, failed)
            made.append(self)

    monkeypatch.setattr(tunnel, "Spool", Seen)
    return made
