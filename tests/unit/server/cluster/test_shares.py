# SPDX-License-Identifier: AGPL-3.0-only
"""What one address may have counts over all nodes, as far as they tell it [C5]."""

from keks_meet.server.address_limits import Tally
from keks_meet.server.cluster.shares import Shares


def test_what_nodes_tell_adds_up_and_goes_with_them() -> None:
    shares = Shares()
    shares.tell(1, {"a": 3})
    shares.tell(2, {"a": 4, "b": 1})
    assert shares.totals == {"a": 7, "b": 1}
    shares.tell(2, {"a": 1})
    assert shares.totals == {"a": 4}
    shares.keep((2,))
    assert shares.totals == {"a": 1}


def test_what_is_elsewhere_counts() -> None:
    tally = Tally(16)
    assert tally.take("a", 6)
    tally.elsewhere = {"a": 9}
    assert tally.take("a")
    assert not tally.take("a")
    assert tally.take("b", 16)
    tally.elsewhere = {}
    assert tally.take("a", 9)


def test_only_addresses_that_have_much_are_told_of() -> None:
    tally = Tally(16)
    for place, count in enumerate((1, 2, 16, 8)):
        tally.take(f"address {place}", count)
    assert tally.largest(256) == {"address 1": 2, "address 2": 16, "address 3": 8}
    assert tally.largest(2) == {"address 2": 16, "address 3": 8}
