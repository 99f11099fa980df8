# SPDX-License-Identifier: AGPL-3.0-only
"""Connecting to a port on offer takes no longer than somebody waits for it."""

import asyncio
from typing import Any

import pytest

from keks_meet.client.ports import own_port
from keks_meet.client.ports.own_port import OwnPort


async def test_a_host_that_says_nothing_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(*_: Any, **__: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio, "open_connection", silent)
    monkeypatch.setattr(own_port, "_CONNECT_SECONDS", 0.001)
    async with asyncio.timeout(10):
        with pytest.raises(TimeoutError):
            await OwnPort("192.0.2.1", 80, None).connect(1)


@pytest.mark.parametrize(("host", "address"), [("localhost", "localhost:80"), ("::1", "[::1]:80")])
def test_an_address_in_words(host: str, address: str) -> None:
    assert OwnPort(host, 80, None).address == address
