# SPDX-License-Identifier: AGPL-3.0-only
"""A port at which nothing answers: who offers it hears of that."""

import asyncio
import socket

from keks_meet.client.events import PortUnanswered
from keks_meet.client.room import Room
from tests.native.ports.tcp import AT_ONCE, connected, ends, forwarded, greeted, listening, talk
from tests.native.waiting import event_in


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


async def test_it_is_told_once_until_something_answers(alice: Room, bob: Room) -> None:
    port = free_port()
    alice.provide_port(port, "it")
    forward = await forwarded(bob)
    for _ in range(2):
        for _ in range(3):
            async with connected(forward.port) as (reader, _):
                assert await ends(reader) == b""
        async with asyncio.timeout(AT_ONCE):
            told = await event_in(alice, PortUnanswered)
        assert told == PortUnanswered("it", f"127.0.0.1:{port}", "Connection refused")
        async with listening(talk, port=port), connected(forward.port) as (reader, writer):
            await greeted(reader, writer)
    await alice.leave()
    assert not [event async for event in alice if isinstance(event, PortUnanswered)]


async def test_a_name_that_no_host_can_have(alice: Room, bob: Room) -> None:
    alice.provide_port(80, "it", host="a..b")
    forward = await forwarded(bob)
    async with connected(forward.port) as (reader, _):
        assert await ends(reader) == b""
    async with asyncio.timeout(AT_ONCE):
        assert (await event_in(alice, PortUnanswered)).reason == "its name has no address"


async def test_what_listens_at_localhost_by_its_other_address(alice: Room, bob: Room) -> None:
    async with listening(talk, host="::1") as port:
        alice.provide_port(port, "it")
        forward = await forwarded(bob)
        async with connected(forward.port) as (reader, writer):
            await greeted(reader, writer)
