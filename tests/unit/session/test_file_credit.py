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
    turns=st.lists(st.tuples(st.booleans(), st.lists(st.integers(0, 3_145_728), max_size=3)), min_size=1, max_size=50),
)
def test_a_sender_is_never_far_ahead_and_gets_to_the_end(size: int, turns: list[tuple[bool, list[int]]]) -> None:
    """Whatever begins and ends beside it."""
    sender, receiver = FileSending(FEATURES), FileReceiving(size, FEATURES)
    waiting: list[int] = []
    written = turn = 0

    def give(length: int, beside: list[int]) -> None:
        nonlocal written
        written += length
        credit = receiver.bytes_written(length, credit_ahead(beside))
        if credit is not None:
            sender.text_received(credit)

    give(0, [])
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


@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 400_000)), max_size=80))
def test_all_files_that_share_a_connection_are_together_as_far_ahead_as_one(steps: list[tuple[int, int]]) -> None:
    """Whichever begins when; beyond that each goes on with a message of its own."""
    begun: dict[int, FileReceiving] = {}
    for number, length in steps:
        file = begun.setdefault(number, FileReceiving(None, FEATURES))
        taken = min(length, file.ahead)
        file.bytes_written(taken, credit_ahead([each.ahead for each in begun.values() if each is not file]))
        assert file.ahead > 0
        assert sum(each.ahead for each in begun.values()) <= limits.CREDIT_AHEAD_BYTES + 20 * limits.FILE_MESSAGE_BYTES
