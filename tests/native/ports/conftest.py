# SPDX-License-Identifier: AGPL-3.0-only
"""What waits to be passed on."""

from collections.abc import Callable
from typing import Any

import pytest

from keks_meet.client import room
from keks_meet.client.ports import tunnel
from keks_meet.client.ports.port_line import PortLine
from keks_meet.client.ports.spool import Allowance, Spool


class SeenSpool(Spool):
    """A spool that remembers the most that has waited in it: what fills fast is emptied before anybody looks."""

    most = 0

    def put(self, data: bytes | bytearray) -> None:
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


@pytest.fixture
def port_lines(monkeypatch: pytest.MonkeyPatch) -> list[PortLine]:
    """All that are made; of one connection, that of the end that offers the port is the first."""
    made: list[PortLine] = []
    begin = PortLine.__init__

    def noted(self: PortLine, *args: Any) -> None:
        begin(self, *args)
        made.append(self)

    monkeypatch.setattr(PortLine, "__init__", noted)
    return made


@pytest.fixture
def without_credit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody knows credit of connections to ports, as nobody did before there was such a thing [P4]."""
    known = [each for each in room.FEATURES if each not in {"port-credit", "port-tcp"}]
    monkeypatch.setattr(room, "FEATURES", known)
