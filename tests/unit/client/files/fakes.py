# SPDX-License-Identifier: AGPL-3.0-only
"""A data channel without an engine, and who is told of what goes over it."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from keks_meet.client.files.transfers import Transfer
from keks_meet.client.rtc.channel import DataChannel, Message
from keks_meet.protocol.relay_messages import Provide

if TYPE_CHECKING:
    from keks_meet.session.events import SessionEvent


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


class Told:
    """Whom transfers are reported to."""

    def __init__(self) -> None:
        self.spoilt: list[tuple[str, bool]] = []
        self.handled: list[SessionEvent] = []

    def transfer_started(self, transfer: Transfer) -> None:
        return

    def transfer_stalled(self, transfer: Transfer) -> None:
        return

    def transfer_ended(self, transfer: Transfer) -> None:
        return

    def file_spoilt(self, resource: Provide, is_gone: bool) -> None:
        self.spoilt.append((resource.id, is_gone))


async def until(look: Callable[[], object]) -> None:
    """Look until it is so."""
    async with asyncio.timeout(20):
        while not look():  # noqa: ASYNC110 - what threads do is no event
            await asyncio.sleep(0.001)
