# SPDX-License-Identifier: AGPL-3.0-only
"""How far a sender may be ahead of the writing [F5]."""

from hypothesis import given
from hypothesis import strategies as st

from keks_meet.session import limits
from keks_meet.session.file_receiving import FileReceiving, credit_ahead
from keks_meet.session.file_sending import FileSending

FEATURES = ("file-credit", "file-sha256")


@given(
    size=st.integers(0, 20_000_000),
    turns=st.lists(st.tuples(st.booleans(), st.integers(0, 7)), min_size=1, max_size=50),
)
def test_a_sender_is_never_far_ahead_and_gets_to_the_end(size: int, turns: list[tuple[bool, int]]) -> None:
    """Whatever begins and ends beside it."""
    sender, receiver = FileSending(FEATURES), FileReceiving(size, FEATURES)
    waiting: list[int] = []
    written = turn = 0

    def give(length: int, beside: int) -> None:
        nonlocal written
        written += length
        credit = receiver.bytes_written(length, credit_ahead(beside))
        if credit is not None:
            sender.text_received(credit)

    give(0, 1)
    while written < size:
        sends, beside = turns[turn % len(turns)]
        turn += 1
        length = min(sender.next_length(262_144), size - sender.sent)
        if length > 0 and (sends or not waiting):
            sender.message_sent(length)
            waiting.append(length)
        else:
            # One of both can always do something.
            give(waiting.pop(0), beside)
        assert sender.sent - written <= limits.CREDIT_AHEAD_BYTES
    assert sender.sent == size


def test_all_files_that_share_a_connection_are_together_as_far_ahead_as_one() -> None:
    for transfers in range(97):
        assert credit_ahead(transfers) * max(1, transfers) <= limits.CREDIT_AHEAD_BYTES
    # Each goes on, however many there are.
    assert credit_ahead(10_000) == limits.FILE_MESSAGE_BYTES
