# SPDX-License-Identifier: AGPL-3.0-only
"""What waits to be passed on."""

from collections.abc import Callable

import pytest

from keks_meet.client.ports import tunnel
from keks_meet.client.ports.spool import Allowance, Spool


class SeenSpool(Spool):
    """A spool that remembers the most that has waited in it: what fills fast is emptied before anybody looks."""

    most = 0

    def put(self, data: bytes) -> None:
        """Take bytes as any spool does."""
        super().put(data)
        self.most = max(self.most, len(self))


@pytest.fixture
def spools(monkeypatch: pytest.MonkeyPatch) -> list[SeenSpool]:
    """All that are made."""
    made: list[SeenSpool] = []

    def make(limit: int, allowance: Allowance, failed: Callable[[OSError], None]) -> SeenSpool:
        made.append(SeenSpool(limit, allowance, failed))
        return made[-1]

    monkeypatch.setattr(tunnel, "Spool", make)
    return made
