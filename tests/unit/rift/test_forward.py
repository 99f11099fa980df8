# SPDX-License-Identifier: AGPL-3.0-only
"""A place that cannot be listened at is told in words."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from keks_meet.client.events import Peer
from keks_meet.errors import ListenError
from keks_meet.rift.commands.forward import Forward


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("a..b", "a..b, port 1: its name has no address"),
        ("x" * 64, f"{'x' * 64}, port 1: its name has no address"),
        ("192.0.2.1", "192.0.2.1, port 1: Cannot assign requested address"),
    ],
)
async def test_where_nobody_can_listen(host: str, said: str) -> None:
    async def forward(_id: str, port: int, *, peer: int, host: str) -> None:
        await asyncio.start_server(lambda *_: None, host, port)

    stay: Any = SimpleNamespace(room=SimpleNamespace(forward=forward))
    with pytest.raises(ListenError) as caught:
        await Forward("web", 1, host=host)._listen(stay, Peer(1, "bob", "connected", None, ()))
    assert str(caught.value) == said
