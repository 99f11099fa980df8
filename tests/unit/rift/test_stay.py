# SPDX-License-Identifier: AGPL-3.0-only
"""How `send` ends when nothing is left to offer."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, MagicMock

import pytest

from keks_meet.client.events import Resource, ResourceSpoilt, TransferEnded, TransferStarted
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
