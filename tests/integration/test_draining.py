# SPDX-License-Identifier: AGPL-3.0-only
"""Health, and the end of a server that takes its time: it is ready no more, and clients go one after the other."""

import asyncio
import signal
import time
from typing import Any

import aiohttp
import pytest

DRAINING = "[server]\ndrain_seconds = {}\n"
GONE = (1001, "the server goes away")


async def health(session: aiohttp.ClientSession, server: Any) -> dict[str, int]:
    found = {}
    for path in ("/healthz", "/readyz"):
        async with session.get(f"{server.url}{path}") as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            found[path] = answer.status
    return found


async def until_unready(session: aiohttp.ClientSession, server: Any) -> None:
    while (await health(session, server))["/readyz"] != 503:  # noqa: ASYNC110 - another process
        await asyncio.sleep(0.01)


async def test_a_server_that_runs_is_healthy_and_ready(session: aiohttp.ClientSession, server: Any) -> None:
    assert await health(session, server) == {"/healthz": 200, "/readyz": 200}


async def test_a_draining_server_is_unready_first_and_sends_clients_away_one_by_one(
    command: Any, session: aiohttp.ClientSession, connect: Any
) -> None:
    """Nobody new comes in, pages are still served, and members hear who left before them."""
    server = command.start(DRAINING.format(2))
    ann, bob = await connect(server), await connect(server)
    await ann.join("room")
    await bob.join("room", others=1)
    server.process.terminate()
    began = time.monotonic()
    await asyncio.wait_for(until_unready(session, server), 1)
    assert await health(session, server) == {"/healthz": 200, "/readyz": 503}
    hearing = asyncio.create_task(ann.closed())
    await asyncio.sleep(0.05)
    assert not hearing.done(), "nobody is told at once"
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await connect(server)
    assert refused.value.status == 503
    assert await bob.hear() == {"client_leave": {"id": ann.id}}
    assert time.monotonic() - began > 0.9
    async with session.get(server.url) as page:
        assert page.status == 200
    assert await hearing == await bob.closed() == GONE
    assert time.monotonic() - began > 1.9
    for client in (ann, bob):
        await client.socket.close()
    assert await asyncio.to_thread(server.process.wait, 5) == 0


async def test_a_full_server_is_unready_until_somebody_goes(
    command: Any, session: aiohttp.ClientSession, connect: Any
) -> None:
    """A load balancer sends the next one elsewhere; here, that one would be refused."""
    server = command.start("[limits]\nconnections = 1\n")
    ann = await connect(server)
    assert await health(session, server) == {"/healthz": 200, "/readyz": 503}
    await ann.socket.close()
    async with asyncio.timeout(5):
        while (await health(session, server))["/readyz"] != 200:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("numbers", [(signal.SIGTERM, signal.SIGTERM), (signal.SIGINT,)])
async def test_who_is_in_a_hurry_ends_it_at_once(
    command: Any, session: aiohttp.ClientSession, connect: Any, numbers: tuple[signal.Signals, ...]
) -> None:
    server = command.start(DRAINING.format(3600))
    client = await connect(server)
    for number in numbers[:-1]:
        server.process.send_signal(number)
        await asyncio.wait_for(until_unready(session, server), 5)
    server.process.send_signal(numbers[-1])
    assert await client.closed() == GONE
    await client.socket.close()
    assert await asyncio.to_thread(server.process.wait, 5) == 0
