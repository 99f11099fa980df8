# SPDX-License-Identifier: AGPL-3.0-only
"""Rates as people write them."""

import pytest

from keks_meet.errors import UsageError
from keks_meet.rift.rates import parse_rate


@pytest.mark.parametrize(
    ("text", "rate"),
    [("1", 1), ("500K", 512_000), ("500k", 512_000), ("2M", 2_097_152), ("1.5m", 1_572_864), ("1G", 1_073_741_824)],
)
def test_rates_are_those_of_curl(text: str, rate: int) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "0", "0.1", "-1", "2MB", "M", "1e6", "\u0662", "nan", "2 M", "\x1b[2J"])
def test_what_is_no_rate(text: str) -> None:
    with pytest.raises(UsageError, match="is no rate") as caught:
        parse_rate(text)
    assert str(caught.value).isprintable()
