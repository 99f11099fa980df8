# SPDX-License-Identifier: AGPL-3.0-only
"""Whom a stay takes note of [Y14]."""

from keks_meet.client.identity.acquaintances import Acquaintances
from keks_meet.client.identity.keys import VisitKeys
from keks_meet.session.people import MOST_NEW
from keks_meet.session.view import PeerView


def test_somebody_with_ever_new_keys_leaves_no_more_than_a_stay_keeps() -> None:
    keys = VisitKeys()
    acquaintances = Acquaintances(keys, "own")
    for number in range(5 * MOST_NEW):
        view = PeerView(1, f"name {number}", "connected", None, (), credential=f"key {number}", features=())
        acquaintances.meet(view)
        keep = acquaintances.unkept()
        assert (keep is not None) == (number < MOST_NEW)
        if keep is not None:
            keep()
        assert acquaintances.seen(view).identity.mark == "new"
    assert len(keys.people()) == len(acquaintances._met_now) == MOST_NEW
