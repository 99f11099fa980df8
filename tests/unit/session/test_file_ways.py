# SPDX-License-Identifier: AGPL-3.0-only
"""The hand-over of a file's bytes from the channel to TCP and back, wherever it happens [F15] [F16]."""

import json
import os

from hypothesis import given
from hypothesis import strategies as st

from keks_meet.session import limits
from keks_meet.session.file_ways import ReceivingWays, SendingWays

CONTENT = os.urandom(4096)


class Ends:
    """Both ends of a transfer; what is on the channel comes always, what is on TCP until it breaks."""

    def __init__(self) -> None:
        self.sender, self.receiver = SendingWays(), ReceivingWays()
        self.given = 0
        self.channel: list[bytes | str] = []
        self.tcp = bytearray()
        self.arrived = bytearray()
        self.is_down = False

    def send(self, length: int) -> None:
        piece = memoryview(CONTENT)[self.given : self.given + length]
        self.given += len(piece)
        if self.sender.carrier == "channel":
            self.sender.give_to_channel(len(piece))
            self.channel.append(bytes(piece))
        else:
            self.sender.give_to_tcp(piece)
            self.tcp += piece

    def deliver(self, length: int) -> None:
        """Let some bytes come over TCP, if the receiver listens there."""
        if self.receiver.carrier == "tcp" and not self.is_down and self.tcp:
            part = bytes(self.tcp[:length])
            del self.tcp[:length]
            assert self.receiver.arrived(len(part), "tcp")
            self.arrived += part

    def deliver_channel(self) -> None:
        for message in self.channel:
            if isinstance(message, bytes):
                assert self.receiver.arrived(len(message), "channel")
                self.arrived += message
            elif "switch" in message:
                assert self.receiver.heard_switch(json.loads(message)["switch"])
            else:
                self.answer(self.receiver.go_back())
        self.channel.clear()

    def answer(self, text: str | None) -> None:
        if text is not None:
            again = self.sender.heard_back(json.loads(text)["back"])
            assert again is not None
            self.channel_after = [bytes(piece) for piece in again]


@given(
    st.lists(st.integers(1, 700), max_size=12),
    st.lists(st.tuples(st.integers(1, 700), st.integers(0, 900), st.booleans()), max_size=12),
    st.lists(st.integers(1, 700), max_size=12),
    st.booleans(),
)
def test_every_byte_comes_once_wherever_tcp_begins_and_breaks(
    before: list[int], during: list[tuple[int, int, bool]], after: list[int], is_told_by_sender: bool
) -> None:
    ends = Ends()
    for length in before:
        ends.send(length)
    ends.channel.append(ends.sender.switch())
    assert not ends.sender.may_switch
    for length, delivered, is_said in during:
        ends.send(length)
        if delivered > 450:
            ends.deliver_channel()
        ends.deliver(delivered)
        if is_said and ends.receiver.is_silent:
            assert ends.sender.heard_received(json.loads(ends.receiver.say_received())["received"])
    ends.deliver_channel()
    ends.channel_after: list[bytes] = []
    if is_told_by_sender:
        question = ends.sender.broken()
        assert question is not None
        assert ends.sender.broken() is None
        ends.channel.append(question)
        ends.deliver_channel()
    else:
        ends.answer(ends.receiver.go_back())
    assert (ends.sender.carrier, ends.receiver.carrier) == ("channel", "channel")
    ends.channel += ends.channel_after
    for length in after:
        ends.send(length)
    ends.deliver_channel()
    assert bytes(ends.arrived) == CONTENT[: ends.given]
    assert ends.receiver.go_back() is None


@given(st.integers(0, 300), st.lists(st.integers(1, 50), max_size=8), st.integers(-5, 1000))
def test_numbers_that_cannot_be_change_nothing(first: int, pieces: list[int], said: int) -> None:
    ways = SendingWays()
    ways.give_to_channel(first)
    ways.switch()
    for length in pieces:
        ways.give_to_tcp(memoryview(CONTENT)[:length])
    can_be = first <= said <= ways.sent
    # The first word is news in any case: the receiver listens.
    assert ways.heard_received(said) is can_be
    assert ways.is_heard is can_be
    assert not ways.heard_received(said)
    assert ways.received == (said if can_be else first)
    if not can_be:
        assert ways.heard_back(said) is None
        assert ways.carrier == "tcp"
    receiver = ReceivingWays()
    receiver.arrived(first, "channel")
    assert receiver.heard_switch(said) is (said == first)


def test_what_is_kept_is_bounded_and_forgotten() -> None:
    ways = SendingWays()
    ways.switch()
    assert ways.room() == limits.KEPT_BYTES
    ways.give_to_tcp(memoryview(bytes(limits.KEPT_BYTES)))
    assert ways.room() == 0
    ways.heard_received(limits.KEPT_BYTES)
    assert ways.room() == limits.KEPT_BYTES
    assert ways.is_all_received
    assert not ways._kept


def test_receiver_speaks_after_each_step() -> None:
    ways = ReceivingWays()
    ways.heard_switch(0)
    assert ways.is_word_due
    assert json.loads(ways.say_received()) == {"received": 0}
    ways.arrived(limits.RECEIVED_STEP_BYTES - 1, "tcp")
    assert (ways.is_silent, ways.is_word_due) == (True, False)
    ways.arrived(1, "tcp")
    assert ways.is_word_due
    ways.say_received()
    assert not ways.is_silent
    assert not ways.arrived(5, "channel")
    assert ways.received == limits.RECEIVED_STEP_BYTES
