# SPDX-License-Identifier: AGPL-3.0-only
"""A program that takes no events costs no more and more memory."""

from keks_meet.client.backlog import Backlog
from keks_meet.client.events import ChatReceived, ChatSettled, Peer, ResourceSpoilt, TransferEnded
from keks_meet.client.files.transfers import Transfer
from keks_meet.protocol.relay_messages import Provide


def chat(text: str) -> ChatReceived:
    return ChatReceived(Peer(1, "", "unconnected", None, ()), text, None)


def test_what_nobody_takes_is_bounded() -> None:
    backlog = Backlog(events=10, characters=100)
    for number in range(30):
        backlog.put(chat(str(number)))
    found = [event.text for event in iter(backlog.take, None) if isinstance(event, ChatReceived)]
    assert found == [str(number) for number in range(20, 30)]
    for number in range(10):
        backlog.put(chat(f"{number}" * 30))
    assert [event.text for event in iter(backlog.take, None) if isinstance(event, ChatReceived)] == [
        "7" * 30,
        "8" * 30,
        "9" * 30,
    ]
    backlog.put(chat("x" * 101))
    assert backlog.take() is None
    assert backlog._characters == 0


def test_flood_of_others_does_not_push_out_what_the_program_waits_for() -> None:
    backlog = Backlog(events=10, characters=100)
    file = Provide("f", "file")
    own = [TransferEnded(Transfer("in", 1, file)), ChatSettled("a", "sent"), ResourceSpoilt(file)]
    for event in own:
        backlog.put(event)
    for number in range(50):
        backlog.put(chat(str(number)))
    backlog.put(chat("x" * 101))
    assert list(iter(backlog.take, None)) == own
    for number in range(30):
        backlog.put(ChatSettled(str(number), "sent"))
    assert next(event.line for event in iter(backlog.take, None) if isinstance(event, ChatSettled)) == "20"
