# SPDX-License-Identifier: AGPL-3.0-only
"""The programs in the library's guide, word for word, in real rooms."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import webrtc

from keks_meet.client import ChatReceived, PeerJoined, Room
from tests.docs_blocks import defined_in
from tests.e2e.harness.server import Server
from tests.native.conftest import Join
from tests.native.waiting import PATIENCE, event_in, offer_in, peer_of, soon

GUIDE = defined_in("library.md")


@asynccontextmanager
async def running(program: Coroutine[Any, Any, Any]):
    """Let a program run that does not end by itself."""
    task = asyncio.create_task(program)
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled(), task.exception()


async def until(look: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not look():
            await asyncio.sleep(0.01)


async def test_greeter(server: Server, join: Join, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    alice = await join("alice")
    monkeypatch.setitem(
        GUIDE["main"].__globals__, "Room", lambda _, **options: Room(secret, **options | {"server": server.url})
    )
    async with running(GUIDE["main"]()):
        assert (await event_in(alice, ChatReceived)).text == "Welcome, alice!"


async def test_events_are_told(join: Join, capsys: pytest.CaptureFixture[str]) -> None:
    alice, bob = await join("alice"), await join("bob")
    told = ""

    def has_told(text: str) -> bool:
        nonlocal told
        told += capsys.readouterr().out
        return text in told

    async with running(GUIDE["tell"](alice)):
        await peer_of(bob, "alice")
        bob.send_chat("hello\x1b")
        bob.provide_port(80, "web")
        await until(lambda: has_told("'bob' offers a port: '80'"))
        await bob.leave()
        await until(lambda: has_told("'bob' has left"))
    assert "the server: joined" in told
    assert r"'bob' says 'hello\x1b'" in told


async def test_a_peer_is_found(join: Join) -> None:
    alice = await join("alice")
    finding = asyncio.create_task(GUIDE["find"](alice, "bob"))
    await join("bob")
    assert (await finding).username == "bob"


async def test_a_file_is_offered_and_taken(join: Join, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("notes")
    (tmp_path / "taken").mkdir()
    alice, bob = await join("alice"), await join("bob")
    async with running(GUIDE["offer"](alice, tmp_path / "notes.txt", 60)):
        taken = await GUIDE["take_one"](bob, tmp_path / "taken")
        assert taken == tmp_path / "taken" / "notes.txt"
        assert taken.read_text() == "notes"
        await GUIDE["offer"](alice, tmp_path / "notes.txt", 0)
        assert len(alice.resources) == 1


async def test_a_download_is_given_up_after_a_while(join: Join, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("notes")
    alice, bob = await join("alice"), await join("bob")
    await alice.provide(tmp_path / "notes.txt", "it")
    peer, resource = await offer_in(bob)
    assert await GUIDE["fetch"](bob, peer.key, resource, PATIENCE) == b"notes"
    assert await GUIDE["fetch"](bob, peer.key, resource, 0) is None
    alice.stop("it")
    await soon(bob, lambda: not bob.peers[0].resources or None)
    assert await GUIDE["fetch"](bob, peer.key, resource, PATIENCE) is None


async def test_a_port_is_shared_with_friends(join: Join, monkeypatch: pytest.MonkeyPatch) -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"a page")
        writer.close()

    web = await asyncio.start_server(serve, "127.0.0.1", 0)
    alice, bob = await join("alice"), await join("bob")
    number = web.sockets[0].getsockname()[1]
    provide = alice.provide_port
    monkeypatch.setattr(alice, "provide_port", lambda _, *rest, **options: provide(number, *rest, **options))
    await GUIDE["share_web_server"](alice, {(await peer_of(alice, "bob")).key})
    await offer_in(bob, "web")
    reader, writer = await asyncio.open_connection("127.0.0.1", await GUIDE["reach_web_server"](bob))
    async with asyncio.timeout(PATIENCE), web:
        assert await reader.read() == b"a page"
        writer.close()
        await writer.wait_closed()


async def test_cameras_are_asked_for(join: Join) -> None:
    alice, bob = await join("alice"), await join("bob")
    camera = await webrtc.media_devices.get_user_media(webrtc.MediaStreamConstraints(video=True))
    alice.provide_stream(camera, "camera")
    async with asyncio.timeout(PATIENCE):
        assert await GUIDE["count_cameras"](bob, 1) == 1


async def test_two_rooms_are_joined_by_a_bridge(server: Server) -> None:
    here, there = secrets.token_hex(32), secrets.token_hex(8)
    async with (
        Room(here, server=server.url, username="alice") as alice,
        Room(there, server=server.url, username="bob") as bob,
        Room(here, server=server.url) as one,
        Room(there, server=server.url) as other,
        running(GUIDE["bridge"](one, other)),
    ):
        await event_in(alice, PeerJoined)
        await event_in(bob, PeerJoined)
        alice.send_chat("hello over there")
        assert (await event_in(bob, ChatReceived)).text == "alice: hello over there"
        bob.send_chat("hello yourself")
        assert (await event_in(alice, ChatReceived)).text == "bob: hello yourself"
