# SPDX-License-Identifier: AGPL-3.0-only
"""A stay ends whole, and takes what is on offer for what it is."""

import asyncio
from typing import Any
from unittest.mock import MagicMock

import pytest

from keks_meet.client.files.sinks import MemorySink
from keks_meet.client.ice_servers import IceConfig, IceServers
from keks_meet.client.identity.acquaintances import Acquaintances
from keks_meet.client.identity.keys import VisitKeys
from keks_meet.client.runtime import Runtime
from keks_meet.client.tasks import Tasks
from keks_meet.errors import NotOnOffer
from keks_meet.protocol.relay_messages import Provide
from keks_meet.session.resources import RemoteResource
from keks_meet.session.view import PeerView, SessionOptions


def staying(link: Any) -> tuple[Runtime, Tasks]:
    """Return a stay over a link that is none."""
    tasks = Tasks()

    async def fetch() -> None:
        return

    ice_servers = IceServers(IceConfig(), fetch, tasks)
    options = SessionOptions("alice", "session", ())
    return Runtime(options, link, ice_servers, Acquaintances(VisitKeys(), ""), tasks, MagicMock()), tasks


async def test_leaving_that_is_cancelled_ends_everything_all_the_same() -> None:
    waits = asyncio.Event()

    async def flushed() -> None:
        waits.set()
        await asyncio.Event().wait()

    runtime, tasks = staying(MagicMock(flushed=flushed))
    beside = tasks.start(asyncio.Event().wait())
    closing = asyncio.create_task(runtime.close())
    await waits.wait()
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert beside.cancelled()


@pytest.mark.parametrize(
    "offer",
    [Provide("it", kind="port", label="8080"), Provide("it", kind="track", track_kind="audio")],
    ids=lambda offer: offer.kind,
)
async def test_what_is_no_file_cannot_be_downloaded(offer: Provide, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime, tasks = staying(MagicMock())
    peer = PeerView(1, "bob", "connected", None, (RemoteResource(offer),))
    monkeypatch.setattr(runtime, "peer", lambda _: peer)
    handle = MagicMock()
    monkeypatch.setattr(runtime._incoming, "_handle", handle)
    with pytest.raises(NotOnOffer):
        await runtime.download(1, "it", MemorySink(10))
    handle.assert_not_called()
    await tasks.close()
