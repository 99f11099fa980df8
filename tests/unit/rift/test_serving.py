# SPDX-License-Identifier: AGPL-3.0-only
"""A receiver that stays for weeks: what it remembers, and what it takes again."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, MagicMock

import pytest

from keks_meet.client.events import (
    Peer,
    PeerJoined,
    PeerLeft,
    Resource,
    ResourceOffered,
    ResourceWithdrawn,
    TransferEnded,
    TransferStarted,
)
from keks_meet.client.files.transfers import Transfer
from keks_meet.rift.commands import receive
from keks_meet.rift.commands.receive import _Receiving
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.saving import Destination
from keks_meet.rift.stay import Stay

FILE = Resource("it", kind="file", label="photo.jpg", size=1000)


def peer(key: int) -> Peer:
    return Peer(key, "bob", "connected", None, ())


class Serving:
    """A receiver in a room of which events are told; files arrive at once, and every third one not."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tried = 0
        room: Any = SimpleNamespace(peers=())
        self.stay = Stay(room, MagicMock(), MagicMock())
        monkeypatch.setattr(receive, "save", AsyncMock(side_effect=self._save))
        self.receiving = _Receiving(self.stay, Destination(Path(), is_folder=True), None, one_file=False)
        self.task = asyncio.create_task(self.receiving.run())

    async def _save(self, _stay: object, who: Peer, resource: Resource, _destination: object) -> str:
        self.tried += 1
        transfer = Transfer("in", who.key, resource)
        self.stay._count(TransferStarted(transfer))
        transfer.outcome = "cut short" if self.tried % 3 == 0 else "whole"
        self.stay._count(TransferEnded(transfer))
        return "failed" if self.tried % 3 == 0 else "whole"

    async def tell(self, *events: Any) -> None:
        for event in events:
            self.stay._count(event)
        for _ in range(5):
            await asyncio.sleep(0)

    async def stop(self) -> None:
        self.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await self.task


async def test_nothing_is_remembered_of_peers_that_left(monkeypatch: pytest.MonkeyPatch) -> None:
    serving = Serving(monkeypatch)
    for key in range(300):
        await serving.tell(PeerJoined(peer(key)), ResourceOffered(peer(key), FILE), PeerLeft(peer(key)))
    # Whoever is gone is tried as well: its offer was on its way.
    assert serving.tried == 300
    assert not serving.receiving._taken
    for held in (serving.stay._here, serving.stay._parties, serving.stay._unarrived._here, serving.stay._under_way):
        assert not held
    assert serving.stay.has_failed
    assert serving.stay.code_when_stopped(nothing="") == ExitCode.TRANSFER_FAILED
    await serving.stop()


async def test_what_is_offered_anew_is_taken_again_and_what_is_said_again_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    serving = Serving(monkeypatch)
    bob = peer(1)
    await serving.tell(PeerJoined(bob), ResourceOffered(bob, FILE), ResourceOffered(bob, FILE))
    await serving.tell(ResourceOffered(bob, FILE))
    assert serving.tried == 1
    await serving.tell(ResourceWithdrawn(bob, FILE), ResourceOffered(bob, FILE))
    assert serving.tried == 2
    await serving.stop()
