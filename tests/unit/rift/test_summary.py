# SPDX-License-Identifier: AGPL-3.0-only
"""What all transfers of a command come to, and the line that says so."""

import pytest

from keks_meet.rift.events import Summary
from keks_meet.rift.summary_words import summary_line
from keks_meet.rift.tally import Tally


def test_seconds_are_those_in_which_something_was_under_way() -> None:
    tally = Tally()
    tally.started(10.0)
    tally.started(11.0)  # beside the first one
    tally.ended(12.0, 1000, "whole")
    tally.ended(14.0, 500, "failed")
    tally.started(100.0)
    tally.ended(101.0, 2000, "whole")
    tally.started(101.0)
    tally.ended(101.0, 0, "unconfirmed")
    for way in (None, "direct", "relay-udp", "direct"):
        tally.note_way(way)  # type: ignore[arg-type]
    assert tally.summary("sending", failed=1, excluded=7) == Summary(
        "sending", 2, 3500, 5.0, 1, ("direct", "relay-udp"), 7, unconfirmed=1
    )


@pytest.mark.parametrize(
    ("summary", "line"),
    [
        (
            Summary("sending", 2, 9_000_000, 4.5, 0, ("direct",)),
            "Sent 2 files in all: 9.0 MB in 4.5 s, 2.0 MB/s, directly.",
        ),
        (
            Summary("receiving", 1, 1000, 0.0, 2, ("direct", "nat"), 3),
            "Received 1 file in all: 1.0 kB in 0.0 s, 1.0 MB/s, directly and through NAT; 2 failed; 3 excluded.",
        ),
        (Summary("sending", 0, 0, 0.0, 1, unconfirmed=2), "Sent 0 files in all; 2 unconfirmed; 1 failed."),
        (Summary("receiving", 0, 0, 0.0), "Received 0 files in all."),
        (Summary("sending", 1, 1000, 1.0), "Sent 1 file in all: 1.0 kB in 1.0 s, 1.0 kB/s."),
    ],
)
def test_the_line_for_people(summary: Summary, line: str) -> None:
    assert summary_line(summary) == line
