# SPDX-License-Identifier: AGPL-3.0-only
"""How `send` ends when nothing is left to offer."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, MagicMock

import pytest

from keks_meet.client.events import Peer, PeerJoined, PeerLeft, Resource, ResourceSpoilt, TransferEnded, TransferStarted
from keks_meet.client.files.sources import FileSource
from keks_meet.client.files.transfers import Transfer
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.stay import Stay

FILE = Resource("it", kind="file", label="photo.jpg", size=1000)


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([], ExitCode.FAILED),
        (["whole"], ExitCode.DONE),
        (["whole", "cut short"], ExitCode.TRANSFER_FAILED),
    ],
)
async def test_what_was_sent_before_the_rest_was_deleted_counts(outcomes: list[Any], code: ExitCode) -> None:
    room: Any = SimpleNamespace(provide=AsyncMock(return_value=FILE), resources=(), peers=())
    stay = Stay(room, MagicMock(), MagicMock())
    for peer, outcome in enumerate(outcomes):
        transfer = Transfer("out", peer, FILE)
        stay._count(TransferStarted(transfer))
        transfer.outcome = outcome
        stay._count(TransferEnded(transfer))
    stay._count(ResourceSpoilt(FILE, is_gone=True))
    assert await stay.provide_until_stopped([(FileSource(__file__), None)]) == code


@pytest.mark.parametrize(
    ("outcomes", "summary"),
    [
        (["cut short", "cut short", "whole"], {"files": 1}),
        (["cut short", "cut short"], {"failed": 1}),
        (["unconfirmed"], {"unconfirmed": 1}),
        (["unknown"], {"unconfirmed": 1}),
    ],
)
async def test_a_summary_counts_files_and_not_tries(outcomes: list[Any], summary: dict[str, int]) -> None:
    setup = MagicMock()
    stay = Stay(SimpleNamespace(peers=()), setup, MagicMock())  # type: ignore[arg-type]
    peer = Peer(1, "bob", "connected", None, ())
    stay._count(PeerJoined(peer))
    for outcome in outcomes:
        transfer = Transfer("in", 1, FILE)
        stay._count(TransferStarted(transfer))
        transfer.outcome = outcome
        if outcome == "whole":
            stay.note_saved(peer, FILE, went_on=True)
        stay._count(TransferEnded(transfer))
    expected = {"files": 0, "failed": 0, "unconfirmed": 0} | summary
    for _ in range(2):  # who leaves changes nothing
        stay.say_summary("receiving")
        said = setup.display.say.call_args.args[0]
        assert {name: getattr(said, name) for name in expected} == expected
        stay._count(PeerLeft(peer))


async def test_a_file_that_could_not_even_be_asked_for_has_failed() -> None:
    setup = MagicMock()
    stay = Stay(SimpleNamespace(peers=()), setup, MagicMock())  # type: ignore[arg-type]
    stay.note_failed(Peer(1, "bob", "connected", None, ()), FILE)
    stay.say_summary("receiving")
    assert setup.display.say.call_args.args[0].failed == 1
