# SPDX-License-Identifier: AGPL-3.0-only
"""Rates as people write them. Pure."""

import re
from typing import Final

from keks_meet.errors import UsageError
from keks_meet.rift.terminal import printable

__all__ = ["parse_rate"]

_RATE: Final = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)([KMG]?)", re.IGNORECASE | re.ASCII)
_UNITS: Final = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
"""Those of curl."""


def parse_rate(text: str) -> int:
    """Return the bytes a second of a rate such as ``2M`` or ``1.5k``. Raises `UsageError`."""
    found = _RATE.fullmatch(text)
    rate = int(float(found[1]) * _UNITS[found[2].lower()]) if found else 0
    if rate < 1:
        msg = f"{printable(text, limit=40)} is no rate: expected bytes a second, such as 500K or 2M"
        raise UsageError(msg)
    return rate
