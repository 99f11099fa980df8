# SPDX-License-Identifier: AGPL-3.0-only
"""Files are offered no faster than a server lets messages through, however many are told of them one by one [M7]."""

import pytest

from keks_meet.protocol.relay_messages import Provide
from keks_meet.session import limits
from keks_meet.session.effects import RelayOut
from keks_meet.session.offering import Offering
from keks_meet.session.outbox import Outbox
from keks_meet.session.peer import Peer
from keks_meet.session.resources import OwnResources


@pytest.mark.parametrize(("sealed", "at_once"), [(0, limits.OFFERS_AT_ONCE), (1, limits.OFFERS_AT_ONCE), (20, 2)])
def test_each_copy_counts(sealed: int, at_once: int) -> None:
    peers = {key: Peer(key, key, None, f"key {key}") for key in range(sealed)}
    own, out = OwnResources(), Outbox()
    offering = Offering(own, peers, out)
    for number in range(100):
        file = Provide(f"file {number}", "file")
        own.add(file)
        offering.tell(file)
    assert sum(isinstance(effect, RelayOut) for effect in out.take()) == at_once
    offering.due()
    assert sum(isinstance(effect, RelayOut) for effect in out.take()) == at_once
