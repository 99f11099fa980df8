# SPDX-License-Identifier: AGPL-3.0-only
"""What is counted, and what of clients is not."""

import pytest
from msgspec import Raw

from keks_meet.protocol.packets import ClientLeave, Join, Relay
from keks_meet.server.metrics.counts import Counts


def test_packets_are_counted_by_kind_and_for_each_recipient() -> None:
    counts = Counts()
    counts.packet_received(Relay(message=Raw(b'"x"')), 30)
    counts.packet_received(Join(hash="room"), 20)
    counts.packet_sent(ClientLeave(1), 10, 3)
    assert (counts.received[Relay], counts.received[Join], counts.received_bytes) == (1, 1, 50)
    assert (counts.sent[ClientLeave], counts.sent_bytes) == (3, 30)


@pytest.mark.parametrize(("code", "told"), [(1000, "1000"), (1013, "1013"), (1004, "other"), (4711, "other")])
def test_codes_that_clients_make_up_are_one_kind(code: int, told: str) -> None:
    counts = Counts()
    for _ in range(2):
        counts.client_closed(code, "client")
    assert counts.closes[told, "client"] == 2
    assert set(counts.closes) - {(told, "client")} <= set(Counts().closes)
