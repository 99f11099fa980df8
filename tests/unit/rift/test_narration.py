# SPDX-License-Identifier: AGPL-3.0-only
"""What is said of transfers and of files on offer."""

from types import SimpleNamespace
from typing import Any

import pytest

from keks_meet.client.events import Peer, PeerWarned, PortUnanswered, ResourceSpoilt, TransferStarted
from keks_meet.client.files.transfers import Transfer
from keks_meet.protocol.relay_messages import Provide
from keks_meet.rift import events as e
from keks_meet.rift.narration import Narrator

FILE = Provide("it", kind="file", label="photo.jpg", size=1000)


class Going(Transfer):
    """A transfer that goes as it is told to."""

    bytes = 0
    began_at = 0


class Told:
    """A narrator of a room with one peer, and what it has said."""

    def __init__(self) -> None:
        self.said: list[e.Event] = []
        self.room: Any = SimpleNamespace(username="me", peers=(self.peer("connected"),))
        self.narrator = Narrator(self.room, self.said.append)
        self.narrator._names.tell(self.room.peers[0], own="me")

    @staticmethod
    def peer(status: Any) -> Peer:
        return Peer(1, "bob", status, None, ())

    @property
    def lines(self) -> list[str]:
        return [event.text for event in self.said if isinstance(event, e.Status | e.Warned)]


@pytest.fixture
async def told() -> Told:
    return Told()


@pytest.mark.parametrize(
    ("there", "line"),
    [
        (1, '1 byte of "photo.jpg" is here already: "bob" has the same file, and sends what is missing.'),
        (999, '999 bytes of "photo.jpg" are here already: "bob" has the same file, and sends what is missing.'),
        (1000, 'All of "photo.jpg" is here already: "bob" has the same file.'),
    ],
)
async def test_what_is_here_and_who_sends_the_rest(told: Told, there: int, line: str) -> None:
    transfer = Going("in", 1, FILE)
    transfer.began_at = there  # type: ignore[misc]
    told.narrator.tell(TransferStarted(transfer))
    told.narrator._begun(transfer)
    assert told.lines == [line]


async def test_a_peer_that_went_without_a_word_is_told_of_once(told: Told) -> None:
    transfer = Going("out", 1, FILE)
    told.narrator.tell(TransferStarted(transfer))
    (state,) = told.narrator._transfers.values()
    for now, status, size in [
        (1.0, "connected", 10),
        (9.0, "connected", 10),  # slow, and there
        (9.1, "reconnecting", 20),
        (12.0, "reconnecting", 20),
    ]:
        told.room.peers = (told.peer(status),)
        transfer.bytes = size  # type: ignore[misc]
        told.narrator._tell_of_silence(transfer, state, now)
        assert told.lines == []
    for now in (12.2, 20.0):
        told.narrator._tell_of_silence(transfer, state, now)
        assert told.lines == ['"bob" does not answer; waiting for it to come back.']
    told.narrator.close()


def test_files_that_cannot_be_offered_any_more() -> None:
    told = Told()
    told.narrator.tell(ResourceSpoilt(FILE))
    told.narrator.tell(ResourceSpoilt(FILE, is_gone=True))
    assert told.lines == [
        '"photo.jpg" cannot be read any more: no longer offering it.',
        '"photo.jpg" is not there any more: no longer offering it.',
    ]


def test_a_port_at_which_nothing_answers() -> None:
    told = Told()
    told.narrator.tell(PortUnanswered("web", "127.0.0.1:5173", "Connection refused"))
    assert told.lines == ["Nothing answers at 127.0.0.1:5173: Connection refused."]


BOB, CAROL = '"bob"', '"ca\u2019rol"'
OR_NOT_TRUE = "The server withholds it, or one of the two does not tell the truth."
OR_LOST = "It withholds that, or their program hangs or cannot reach the server."
OR_NOBODY = f"The server hides somebody, or {BOB} makes them up."


@pytest.mark.parametrize(
    ("warning", "line"),
    [
        (
            PeerWarned(Told.peer("connected"), "contradicts", ("bob", "rob\u202eert")),
            '"bob" calls itself "bob" to some and "robert" to others, and has signed both.',
        ),
        (
            PeerWarned(Told.peer("connected"), "withheld", (), Told.peer("connected")),
            f"{BOB} hears what {BOB} says, and nothing of it arrives here. {OR_NOT_TRUE}",
        ),
        (
            PeerWarned(None, "withheld", ('ca"rol',), Told.peer("connected")),
            f"{BOB} speaks to {CAROL} in this room, whom the server does not show. {OR_NOBODY}",
        ),
        (
            PeerWarned(Told.peer("connected"), "unheard"),
            f"The server brings nothing from {BOB}, while you are connected directly. {OR_LOST}",
        ),
    ],
)
async def test_what_others_see_otherwise(told: Told, warning: PeerWarned, line: str) -> None:
    told.narrator.tell(warning)
    assert told.lines == [line]


async def test_who_is_named_after_leaving_is_not_kept(told: Told) -> None:
    gone = Peer(2, "bob", "connected", None, ())
    assert told.narrator.named(gone).number == 2
    assert len(told.narrator._names) == 1
