# SPDX-License-Identifier: AGPL-3.0-only
"""A data channel without an engine, and what goes over it."""

import asyncio
from collections.abc import Callable
from typing import cast

from keks_meet.client.rtc.channel import DataChannel, Message


class FakeChannel:
    """Is open until it is closed, and keeps what is sent."""

    label = "it"
    max_message = 65_536
    is_abandoned = False

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.is_open = True
        self.on_message: Callable[[Message], None] = lambda _: None
        self.on_close: Callable[[], None] = lambda: None

    @property
    def channel(self) -> DataChannel:
        return cast("DataChannel", self)

    async def opened(self) -> None:
        return

    async def drained(self) -> None:
        return

    async def closed(self) -> None:
        return

    async def send(self, data: Message) -> None:
        self.sent.append(bytes(data) if isinstance(data, memoryview) else data)

    def send_now(self, data: Message) -> None:
        self.sent.append(data)

    def close(self) -> None:
        self.is_open = False


async def until(look: Callable[[], object]) -> None:
    """Look until it is so."""
    async with asyncio.timeout(20):
        while not look():  # noqa: ASYNC110 - what threads do is no event
            await asyncio.sleep(0.001)
