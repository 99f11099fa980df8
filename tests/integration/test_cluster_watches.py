# SPDX-License-Identifier: AGPL-3.0-only
"""[C8]: who watches very many rooms hears of all of them while nodes come and go, though they are looked at in turn."""

import asyncio
import signal
from typing import Any

import aiohttp
import pytest

from tests.integration.cluster import running_nats
from tests.integration.test_cluster import until_ready

pytestmark = pytest.mark.slow
WATCHED = [f"a watched room {number}" for number in range(10_000)]
ENTERED = WATCHED[::500]
"""Spread over the list, and over the nodes."""
LIMITS = """[limits]
watched_rooms = 10000
watched_rooms_per_address = 20000
packets_per_second = 1000000
burst_packets = 1000000
"""


async def until_counts(watcher: Any, wanted: dict[str, int]) -> None:
    """Read until the last count of each of these rooms is the wanted one; of a room no count comes twice."""
    known: dict[str, int] = watcher.known
    async with asyncio.timeout(20):
        while any(known.get(room, 0) != count for room, count in wanted.items()):
            told = (await watcher.hear())["room_info"]
            assert known.get(told["hash"], 0) != told["user_count"]
            known[told["hash"]] = told["user_count"]


async def test_all_counts_are_right_in_the_end(
    command: Any, connect: Any, session: aiohttp.ClientSession, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with running_nats(tmp_path_factory.mktemp("nats")) as nats:
        nodes = [command.start(LIMITS + nats.config) for _ in range(2)]
        await until_ready(session, *nodes)
        watcher = await connect(nodes[0])
        watcher.known = {}
        await watcher.say({"watch_rooms": WATCHED})
        for room in ENTERED:
            await (await connect(nodes[1])).join(room)
        await until_counts(watcher, dict.fromkeys(ENTERED, 1))
        nodes[1].process.send_signal(signal.SIGKILL)
        await until_counts(watcher, dict.fromkeys(ENTERED, 0))
        command.running.remove(nodes[1])
        nodes[1].process.wait(10)
        nodes[1].process.stdout.close()
        newcomer = command.start(LIMITS + nats.config)
        await until_ready(session, newcomer)
        for room in ENTERED:
            await (await connect(newcomer)).join(room)
        await until_counts(watcher, dict.fromkeys(ENTERED, 1))
        for node in (newcomer, nodes[0]):
            node.stop()
