# SPDX-License-Identifier: AGPL-3.0-only
"""Waiting for what happens in a room."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from keks_meet.client.events import ChatReceived, Peer, Resource, RoomEvent
from keks_meet.client.room import Room

T = TypeVar("T")

PATIENCE = 20.0
"""Seconds after which what should happen is taken not to."""


async def peer_of(room: Room, username: str) -> Peer:
    """Wait for a peer of this name."""
    return await soon(room, lambda: next((peer for peer in room.peers if peer.username == username), None))


async def offer_in(room: Room, resource_id: str | None = None) -> tuple[Peer, Resource]:
    """Wait for something to be on offer."""
    return await soon(
        room,
        lambda: next(
            ((peer, r.info) for peer in room.peers for r in peer.resources if resource_id in {None, r.info.id}), None
        ),
    )


async def soon(room: Room, look: Callable[[], T | None]) -> T:
    """Wait for `look` to find something."""
    async with asyncio.timeout(PATIENCE):
        return await room.until(look)


async def until(look: Callable[[], object]) -> None:
    """Look until it is so; for what is no event."""
    async with asyncio.timeout(PATIENCE):
        while not look():
            await asyncio.sleep(0.001)


async def event_in(room: Room, kind: type[T], **fields: object) -> T:
    """Wait for an event of a kind, with these fields."""

    async def find() -> T:
        async for event in room:
            if isinstance(event, kind) and all(getattr(event, name) == value for name, value in fields.items()):
                return event
        raise AssertionError("the room was left")

    async with asyncio.timeout(PATIENCE):
        return await find()


async def until_chat(room: Room) -> AsyncIterator[RoomEvent]:
    """Give the events of a room up to the next line of chat."""
    async with asyncio.timeout(PATIENCE):
        async for event in room:
            if isinstance(event, ChatReceived):
                return
            yield event


def kinds(events: list[RoomEvent]) -> list[str]:
    """The names of events."""
    return [type(event).__name__ for event in events]
