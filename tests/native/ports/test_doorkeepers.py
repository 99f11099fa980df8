# SPDX-License-Identifier: AGPL-3.0-only
"""Who offers a port may be asked about each peer, and nothing passes before the answer."""

import asyncio
import contextlib

import pytest

from keks_meet.client.room import Room
from tests.e2e.harness.server import free_port
from tests.native.conftest import Join
from tests.native.ports.conftest import SeenSpool
from tests.native.ports.tcp import (
    MIB,
    Doorkeeper,
    connected,
    ends,
    forwarded,
    greeted,
    listening,
    talk,
    through,
    welcome,
)
from tests.native.waiting import until


@pytest.mark.parametrize("answer", [True, False])
async def test_allow_is_asked_once_for_each_peer(join: Join, answer: bool) -> None:
    alice, bob, carol = [await join(name) for name in ("alice", "bob", "carol")]
    keeper = Doorkeeper(answer)
    seen = 0

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        seen += 1
        writer.write(b"welcome")

    async with listening(serve) as port:
        alice.provide_port(port, "it", allow=keeper)
        forwards = [await forwarded(bob), await forwarded(carol)]

        async def visit(number: int) -> bytes:
            async with connected(forwards[number % 2].port) as (reader, _):
                return await ends(reader)

        async with asyncio.TaskGroup() as tasks:
            visits = [tasks.create_task(visit(number)) for number in range(20)]
            await until(lambda: len(keeper.asked) == 2)
            assert seen == 0
            keeper.tell.set()
        assert {task.result() for task in visits} == {b"welcome" if answer else b""}
        assert await visit(0) == (b"welcome" if answer else b"")
    assert sorted(keeper.asked) == sorted(peer.key for peer in alice.peers)
    assert seen == (21 if answer else 0)


@pytest.mark.usefixtures("without_credit")
async def test_who_is_not_let_in_yet_fills_nothing(alice: Room, bob: Room, spools: list[SeenSpool]) -> None:
    keeper = Doorkeeper(True)
    alice.provide_port(free_port(), "it", allow=keeper)
    forward = await forwarded(bob)
    async with connected(forward.port) as (reader, writer):
        with contextlib.suppress(ConnectionError):
            for _ in range(64):
                writer.write(bytes(MIB))
                await writer.drain()
        with contextlib.suppress(ConnectionError):
            assert await ends(reader) == b""
    assert keeper.asked
    assert 0 < max(spool.most for spool in spools) <= 2 * MIB


async def test_too_many_that_wait_for_an_answer_are_turned_away(
    alice: Room, bob: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keks_meet.client.ports.own_port._UNANSWERED", 1)
    keeper = Doorkeeper(True)

    async with through(alice, bob, welcome, allow=keeper) as forward, connected(forward.port) as (first, _):
        await until(lambda: keeper.asked)
        async with connected(forward.port) as (second, _):
            assert await ends(second) == b""
        keeper.tell.set()
        assert await ends(first) == b"welcome"


async def test_doorkeeper_that_fails_lets_nobody_in(alice: Room, bob: Room, caplog: pytest.LogCaptureFixture) -> None:
    async def fail(_: int) -> bool:
        raise ZeroDivisionError("a word that is nobody's business")

    async with through(alice, bob, welcome, allow=fail) as forward, connected(forward.port) as (reader, _):
        assert await ends(reader) == b""
    assert "ZeroDivisionError" in caplog.text
    assert "business" not in caplog.text


async def test_who_waits_for_an_answer_keeps_nobody_else_out(join: Join) -> None:
    """However many connections a stranger begins, those of who is let in go through."""
    alice, bob, carol = await join("alice"), await join("bob"), await join("carol")
    carols = asyncio.Event()

    async def allow(peer: int) -> bool:
        if next(each.username for each in alice.peers if each.key == peer) == "bob":
            return True
        carols.set()
        await asyncio.Event().wait()
        return False

    async with listening(talk) as port, contextlib.AsyncExitStack() as stack:
        alice.provide_port(port, "it", allow=allow)
        theirs, ours = await forwarded(carol), await forwarded(bob)
        async with connected(ours.port) as (reader, writer):
            await greeted(reader, writer)
        for _ in range(80):
            await stack.enter_async_context(connected(theirs.port))
        await carols.wait()
        await until(lambda: alice._runtime._forwarding._connections_of[key_of(alice, "carol")] >= 16)
        async with connected(ours.port) as (reader, writer):
            await greeted(reader, writer)


def key_of(room: Room, username: str) -> int:
    """The key of a peer of this name."""
    return next(peer.key for peer in room.peers if peer.username == username)
