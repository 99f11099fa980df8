# SPDX-License-Identifier: AGPL-3.0-only
"""TCP connections through a room: its own ports for others, and others' for this machine [P1] to [P3]."""

import asyncio
import contextlib
import hashlib
import os

import aiohttp
import pytest
from aiohttp import web

from keks_meet.client.ports import forwarding, tunnel
from keks_meet.client.room import Room
from tests.e2e.harness.relay import Relay
from tests.e2e.harness.server import Server, free_port
from tests.native.ports.conftest import SeenSpool
from tests.native.ports.tcp import (
    MIB,
    connected,
    ends,
    forwarded,
    greeted,
    listening,
    talk,
    through,
)
from tests.native.waiting import soon, until


async def test_fifty_downloads_at_once(alice: Room, bob: Room) -> None:
    bodies = [os.urandom((number * 21_269) % MIB + 1) for number in range(50)]

    async def serve(request: web.Request) -> web.Response:
        return web.Response(body=bodies[int(request.match_info["number"])])

    site = web.Application()
    site.router.add_get("/{number}", serve)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    alice.provide_port(runner.addresses[0][1], "it")
    forward = await forwarded(bob)

    async def fetch(number: int) -> str:
        async with http.get(f"http://127.0.0.1:{forward.port}/{number}") as answer:
            return hashlib.sha256(await answer.read()).hexdigest()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        found = await asyncio.gather(*(fetch(number) for number in range(50)))
    assert found == [hashlib.sha256(body).hexdigest() for body in bodies]
    await runner.cleanup()


async def echo_at_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer after the other side's EOF only."""
    writer.write((await reader.read())[::-1])


async def test_server_that_answers_after_the_end_of_what_it_gets(alice: Room, bob: Room) -> None:
    data = os.urandom(MIB)
    async with through(alice, bob, echo_at_the_end) as forward, connected(forward.port) as (reader, writer):
        writer.write(data)
        writer.write_eof()
        assert await ends(reader) == data[::-1]


async def test_client_that_answers_after_the_end_of_what_it_gets(alice: Room, bob: Room) -> None:
    heard: list[bytes] = []

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        writer.write_eof()
        heard.append(await reader.read())

    async with through(alice, bob, greet) as forward, connected(forward.port) as (reader, writer):
        assert await ends(reader) == b"hello"
        writer.write(b"good")
        await asyncio.sleep(0)
        writer.write(b"bye")
        writer.write_eof()
        await until(lambda: heard)
    assert heard == [b"goodbye"]


async def test_nobody_listens(alice: Room, bob: Room) -> None:
    alice.provide_port(free_port(), "it")
    forward = await forwarded(bob)
    for _ in range(3):
        async with connected(forward.port) as (reader, _):
            assert await ends(reader) == b""


async def test_port_that_is_not_on_offer(bob: Room) -> None:
    forward = await bob.forward("nothing")
    async with connected(forward.port) as (reader, _):
        assert await ends(reader) == b""


async def test_forwards_listen_on_loopback(bob: Room) -> None:
    forward = await bob.forward("it")
    assert forward._server is not None
    assert [each.getsockname() for each in forward._server.sockets] == [("127.0.0.1", forward.port)]


async def test_more_connections_than_are_taken_are_refused(
    alice: Room, bob: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarding, "_CONNECTIONS", 3)
    async with through(alice, bob, talk) as forward, contextlib.AsyncExitStack() as stack:
        for _ in range(3):
            reader, writer = await stack.enter_async_context(connected(forward.port))
            await greeted(reader, writer)
        async with connected(forward.port) as (refused, _):
            assert await ends(refused) == b""
        await stack.aclose()
        await until(lambda: bob._runtime._forwarding._connections == 0 == alice._runtime._forwarding._connections)
        async with connected(forward.port) as (reader, writer):
            await greeted(reader, writer)


async def test_connections_outlive_the_server_and_new_ones_do_not_wait_for_it(own_server: Server, secret: str) -> None:
    async with (
        listening(talk) as port,
        Room(secret, server=own_server.url, username="alice") as alice,
        Room(secret, server=own_server.url, username="bob") as bob,
    ):
        alice.provide_port(port, "it")
        forward = await forwarded(bob)
        async with connected(forward.port) as (reader, writer):
            await greeted(reader, writer)
            await own_server.kill()
            await soon(bob, lambda: bob.link == "reconnecting" or None)
            await greeted(reader, writer)
            async with connected(forward.port) as (refused, _):
                assert await ends(refused) == b""
            await own_server.start()
            await soon(bob, lambda: (bob.link == "joined" and bob.peers[0].status == "connected") or None)
            await greeted(reader, writer)
        async with connected(forward.port) as (reader, writer):
            await greeted(reader, writer)


async def test_both_connect_to_each_other_at_once(server: Server, secret: str) -> None:
    """Glare: the offer that is taken back takes the first channels with it, and their connections work all the same."""
    async with Relay(server.port, delay=0.03) as slow, listening(talk) as port:
        for turn in range(4):
            async with (
                Room(secret + str(turn), server=slow.url, username="alice") as alice,
                Room(secret + str(turn), server=slow.url, username="bob") as bob,
            ):
                alice.provide_port(port, "it")
                bob.provide_port(port, "it")
                one, two = await forwarded(alice), await forwarded(bob)
                async with connected(one.port) as first, connected(two.port) as second, connected(two.port) as third:
                    await asyncio.gather(greeted(*first), greeted(*second), greeted(*third))


@pytest.mark.usefixtures("without_credit")
async def test_slow_reader_takes_no_memory(alice: Room, bob: Room, spools: list[SeenSpool]) -> None:
    data = os.urandom(32 * MIB)

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    async with through(alice, bob, serve) as forward, connected(forward.port) as (reader, _):
        # Nothing is read until nearly everything waits here.
        await until(lambda: any(len(spool) > 24 * MIB for spool in spools))
        # Three that stay there, one that a thread is writing, one that comes meanwhile, and the last pieces of both.
        assert all(spool.in_memory < 6 * MIB for spool in spools)
        assert await ends(reader) == data
    assert all(len(spool) == 0 for spool in spools)


@pytest.mark.usefixtures("without_credit")
async def test_too_much_for_a_slow_reader_is_an_error_and_no_end(
    alice: Room, bob: Room, spools: list[SeenSpool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tunnel, "_SPOOLED", 8 * MIB)

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            writer.write(bytes(32 * MIB))
            await writer.drain()

    async with through(alice, bob, serve) as forward, connected(forward.port) as (reader, _):
        await until(lambda: any(spool.most > 7 * MIB for spool in spools))
        await until(lambda: all(len(spool) == 0 for spool in spools))
        with pytest.raises(ConnectionResetError):
            await reader.read()
