# SPDX-License-Identifier: AGPL-3.0-only
"""[C9]: who sends more than readers at other nodes read is slowed, then closed; they are not, nor is anybody else."""

import asyncio
import time
from typing import Any

import aiohttp
import pytest

from tests.integration.cluster import running_nats
from tests.integration.test_cluster import until_ready
from tests.integration.test_floods import FAST, TOO_MUCH, flood, number_of, until_closed

pytestmark = [pytest.mark.alone, pytest.mark.slow]
ROOMS = ("one room", "another room", "a third room")
"""Of three rooms, each of two nodes is mostly the home of one."""


@pytest.fixture
async def nodes(command: Any, session: aiohttp.ClientSession, tmp_path_factory: pytest.TempPathFactory) -> Any:
    with running_nats(tmp_path_factory.mktemp("nats")) as nats:
        limits = f"[limits]\n{FAST}\nslowed_seconds = 2\nstalled_seconds = 20\n"
        nodes = [command.start(limits + nats.config) for _ in range(2)]
        await until_ready(session, *nodes)
        yield nodes
        for node in nodes:
            node.stop()


async def members_of(room: str, connect: Any, *nodes: Any) -> list[Any]:
    """Return a member at each of these nodes."""
    members: list[Any] = []
    for node in nodes:
        member = await connect(node)
        await member.join(room, others=len(members))
        for before in members:
            assert await before.hear() == {"client_join": {"id": member.id}}
        members.append(member)
    return members


async def test_who_floods_a_reader_at_another_node_is_closed(nodes: list[Any], connect: Any) -> None:
    """And neither the reader, which reads all of it afterwards, nor who says a word meanwhile."""
    for room in ROOMS:
        flooder, reader, friend = await members_of(room, connect, nodes[0], nodes[1], nodes[0])
        flooding = asyncio.create_task(flood(flooder, recipient=reader))
        await asyncio.sleep(0.5)
        await friend.say({"relay": {"recipient": reader.id, "message": "a word"}})
        assert await until_closed(flooder, flooding) == TOO_MUCH
        assert await friend.hear() == {"client_leave": {"id": flooder.id}}
        numbers, words = [], 0
        while (packet := await reader.hear()) != {"client_leave": {"id": flooder.id}}:
            if packet["message"]["sender"] == friend.id:
                words += 1
            else:
                numbers.append(number_of(packet))
        assert words == 1
        assert numbers == list(range(len(numbers)))
        assert len(numbers) * 60_000 < 24 * 1_048_576, "what the reader's queue and the system hold"


LARGE = "A" * 250_000
SENDERS = 10


async def test_nobody_is_closed_when_many_send_large_messages_at_once(
    command: Any, connect: Any, session: aiohttp.ClientSession, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Two and a half times as much as the queue of a reader holds, who reads nothing for a second."""
    limits = f"[limits]\n{FAST.replace('65536', '262144')}\nstalled_seconds = 20\n"
    with running_nats(tmp_path_factory.mktemp("nats")) as nats:
        nodes = [command.start(limits + nats.config) for _ in range(2)]
        await until_ready(session, *nodes)
        for room in ROOMS:
            reader, *senders = await members_of(room, connect, nodes[1], *[nodes[0]] * SENDERS)
            for sender in senders:
                await sender.say({"relay": {"recipient": reader.id, "message": LARGE}})
            await asyncio.sleep(1)
            heard = {(await reader.hear())["message"]["sender"] for _ in senders}
            assert heard == {sender.id for sender in senders}
        for node in nodes:
            node.stop()


JOINS = 450
"""Nearly all that one address may at once, with those who are there already."""


async def test_nobody_is_closed_for_all_the_joins_of_an_address(
    command: Any, connect: Any, session: aiohttp.ClientSession, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Not even a reader that reads nothing, while somebody at its own node floods it."""
    limits = f"[limits]\n{FAST}\nqueued_bytes = 4194304\nslowed_seconds = 40\n".replace("queued_bytes = 1048576\n", "")
    with running_nats(tmp_path_factory.mktemp("nats")) as nats:
        nodes = [command.start(limits + nats.config) for _ in range(2)]
        await until_ready(session, *nodes)
        reader, flooder, friend = await members_of("one room", connect, nodes[1], nodes[1], nodes[0])
        joiner = await connect(nodes[0])
        flooding = asyncio.create_task(flood(flooder, recipient=reader))
        for _ in range(JOINS):
            await joiner.join("one room", others=3)
            await joiner.say({"join": {}})
            assert await joiner.hear() == {"client_leave": {"id": joiner.id}}
        flooding.cancel()
        await joiner.socket.close()
        heard = [packet for packet in [await friend.hear() for _ in range(2 * JOINS)] if "message" not in packet]
        told = {"id": joiner.id}
        assert heard == [{"client_join": told}, {"client_leave": told}] * JOINS
        of_reader: list[Any] = []
        while len(of_reader) < 2 * JOINS:
            packet = await reader.hear()
            of_reader += [] if "message" in packet else [packet]
        assert of_reader == heard
        for node in nodes:
            node.stop()


@pytest.mark.slow
async def test_who_sends_much_to_who_reads_is_not_slowed_for_long(nodes: list[Any], connect: Any) -> None:
    """Twenty megabytes, which are many windows."""
    for room in ROOMS:
        sender, reader = await members_of(room, connect, *nodes)
        began = time.monotonic()
        sending = asyncio.create_task(flood(sender, count=350))
        assert [number_of(await reader.hear()) for _ in range(350)] == list(range(350))
        await sending
        assert time.monotonic() - began < 20
