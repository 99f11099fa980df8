# SPDX-License-Identifier: AGPL-3.0-only
"""The library: rooms joined from programs."""

import asyncio
import io
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from keks_meet.client.direct.tls_identity import TlsIdentity
from keks_meet.client.events import ChatReceived, LinkChanged, PeerJoined, PeerLeft, ResourceOffered, ResourceWithdrawn
from keks_meet.client.files.sinks import MemorySink
from keks_meet.client.files.sources import StreamSource
from keks_meet.client.joining.entry import Entry
from keks_meet.client.room import Room
from keks_meet.client.runtime import Runtime
from keks_meet.client.server_site import check_site
from keks_meet.errors import RoomLeft, ServerUnreachable
from tests.e2e.harness.server import Server, free_port
from tests.native.conftest import Join
from tests.native.waiting import event_in, offer_in, peer_of, soon


async def test_members_see_each_other_and_chat(join: Join) -> None:
    alice = await join("alice")
    bob = await join("bob")
    assert (await event_in(alice, PeerJoined)).peer.username == "bob"
    await peer_of(bob, "alice")
    bob.send_chat("hello\n\x1b[31mthere")
    said = await event_in(alice, ChatReceived)
    assert (said.peer.username, said.text, said.image) == ("bob", "hello\n\x1b[31mthere", None)
    alice.send_chat(image="data:image/png;base64,AAAA")
    assert (await event_in(bob, ChatReceived)).image == "data:image/png;base64,AAAA"


async def test_chat_is_a_text_or_an_image(join: Join) -> None:
    alice = await join("alice")
    with pytest.raises(ValueError, match="either text or image"):
        alice.send_chat()


async def test_names_change_and_members_leave(join: Join) -> None:
    alice = await join("alice")
    bob = await join("bob")
    await peer_of(alice, "bob")
    bob.rename("robert")
    await peer_of(alice, "robert")
    await bob.leave()
    await event_in(alice, PeerLeft)
    assert alice.peers == ()


async def test_offers_come_and_go(join: Join) -> None:
    alice = await join("alice")
    port = alice.provide_port(8080, "web")
    bob = await join("bob")
    assert (await event_in(bob, ResourceOffered)).resource == port
    alice.stop("web")
    assert (await event_in(bob, ResourceWithdrawn)).resource == port


async def test_asking_for_a_track_that_is_none_changes_nothing(join: Join, caplog: pytest.LogCaptureFixture) -> None:
    alice, bob = await join("alice"), await join("bob")
    await alice.provide(StreamSource(io.BytesIO(b"data"), "it"), "it")
    peer, _ = await offer_in(bob)
    bob.request(peer.key, "it")
    bob.request(peer.key, "nothing")
    sink = MemorySink(10)
    await bob.download(peer.key, "it", sink)
    assert sink.data == b"data"
    assert "failed" not in caplog.text


async def test_several_rooms_in_one_process_do_not_mix(server: Server) -> None:
    async with Room("one", server=server.url, username="a") as one, Room("two", server=server.url, username="b") as two:
        async with Room("one", server=server.url, username="c") as other:
            await peer_of(one, "c")
            other.send_chat("for one")
            await event_in(one, ChatReceived, text="for one")
        assert two.peers == ()


async def test_iteration_ends_with_the_room(join: Join) -> None:
    alice = await join("alice")
    events = [event async for event in _leaving_soon(alice)]
    assert isinstance(events[0], LinkChanged)
    with pytest.raises(RoomLeft):
        await alice.until(lambda: None)


async def _leaving_soon(room: Room):
    async for event in room:
        await room.leave()
        yield event


async def test_every_task_ends_with_its_room(server: Server, secret: str) -> None:
    before = asyncio.all_tasks()
    async with Room(secret, server=server.url) as one, Room(secret, server=server.url) as two:
        two.provide_port(1, "web")
        await soon(one, lambda: (one.peers and one.peers[0].resources) or None)
        assert asyncio.all_tasks() > before
    assert asyncio.all_tasks() <= before


async def test_joining_can_be_cancelled_at_any_time(server: Server, secret: str) -> None:
    before = asyncio.all_tasks()
    for step in range(0, 60, 4):
        task = asyncio.create_task(Room(secret, server=server.url).__aenter__())
        for _ in range(step):
            await asyncio.sleep(0)
        task.cancel()
        results = await asyncio.gather(task, return_exceptions=True)
        if isinstance(results[0], Room):
            await results[0].leave()
    assert asyncio.all_tasks() <= before


async def test_a_server_that_is_not_there_is_told(secret: str) -> None:
    with pytest.raises(ServerUnreachable, match=r"at 127\.0\.0\.1:\d+ cannot be reached: Connection refused"):
        async with Room(secret, server=f"ws://127.0.0.1:{free_port()}"):
            pass


@pytest.mark.parametrize(
    ("status", "said"), [(404, "it answers 404, not as a keks-meet server"), (503, "it takes nobody just now")]
)
async def test_something_else_than_a_server_that_takes_us_is_told(secret: str, status: int, said: str) -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 %d Something\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % status)
        writer.close()

    listener = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with listener:
        port = listener.sockets[0].getsockname()[1]
        with pytest.raises(ServerUnreachable, match=said):
            async with Room(secret, server=f"ws://127.0.0.1:{port}"):
                pass


@pytest.mark.parametrize(
    ("has_tls", "said"), [(True, "its certificate is not trusted"), (False, "it does not speak TLS")]
)
async def test_a_server_whose_tls_is_wrong_is_told(secret: str, has_tls: bool, said: str) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    own = TlsIdentity()
    tls = own.context(own.certificate, listens=True) if has_tls else None
    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls) as listener:
        url = f"wss://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        with pytest.raises(ServerUnreachable, match=f"cannot be reached: {said}"):
            async with Room(secret, server=url):
                pass
        with pytest.raises(ServerUnreachable, match=f"could not be fetched: {said}"):
            await check_site(url)


async def test_a_full_room_is_told(tmp_path, secret: str) -> None:
    server = Server(tmp_path, {"limits": {"members_per_room": 2}})
    await server.start()
    try:
        async with Room(secret, server=server.url), Room(secret, server=server.url):
            with pytest.raises(ServerUnreachable, match="room is full"):
                async with Room(secret, server=server.url):
                    pass
    finally:
        await server.stop()


async def test_a_restarted_server_loses_nobody(own_server: Server, secret: str) -> None:
    async with (
        Room(secret, server=own_server.url, username="alice") as alice,
        Room(secret, server=own_server.url, username="bob") as bob,
    ):
        await peer_of(bob, "alice")
        await own_server.kill()
        await event_in(bob, LinkChanged, status="reconnecting")
        bob.send_chat("are you there?")
        await own_server.start()
        await event_in(bob, LinkChanged, status="joined")
        # What is said before she is back is for who is there [M4].
        await event_in(alice, LinkChanged, status="reconnecting")
        await event_in(alice, LinkChanged, status="joined")
        await peer_of(alice, "bob")
        bob.send_chat("now?")
        await event_in(alice, ChatReceived, text="now?")


async def until_unready(server: Server) -> None:
    """Wait until it has noticed that it is to end."""
    async with aiohttp.ClientSession() as session:
        status = 200
        while status == 200:
            async with session.get(f"{server.url}/readyz") as answer:
                status = answer.status
    assert status == 503


@pytest.mark.slow
async def test_a_server_that_drains_takes_nobody_and_loses_nobody(tmp_path: Path, secret: str) -> None:
    """Who is sent away is refused until there is a server again, as newcomers are, and comes back."""
    server = Server(tmp_path, {"server": {"drain_seconds": 8}})
    await server.start()
    async with (
        Room(secret, server=server.url, username="alice") as alice,
        Room(secret, server=server.url, username="bob") as bob,
    ):
        await peer_of(bob, "alice")
        ending = asyncio.create_task(server.stop())
        await until_unready(server)
        with pytest.raises(ServerUnreachable, match="it takes nobody just now"):
            async with Room(secret, server=server.url):
                pass
        await ending
        await server.start()
        await event_in(alice, LinkChanged, status="reconnecting")
        for room, name in ((alice, "bob"), (bob, "alice")):
            await event_in(room, LinkChanged, status="joined")
            await peer_of(room, name)
    await server.stop()


async def test_many_files_hold_up_nothing_else(join: Join) -> None:
    """They are told in portions: what is said meanwhile is heard before the last of them."""
    alice = await join("alice")
    for number in range(200):
        await alice.provide(StreamSource(io.BytesIO(b""), f"{number}"), f"{number}")
    bob = await join("bob")
    await peer_of(alice, "bob")
    alice.send_chat("hello")
    heard = (await event_in(bob, ChatReceived)).peer
    assert len(heard.resources) < 100
    await soon(bob, lambda: len(bob.peers[0].resources) == 200 or None)


async def test_a_join_that_is_cancelled_as_the_stay_begins_leaves_nothing(
    server: Server, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Entry.begin

    async def begin_and_be_cancelled(entry: Entry, *rest: Any) -> Runtime:
        runtime = await begin(entry, *rest)
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        return runtime

    monkeypatch.setattr(Entry, "begin", begin_and_be_cancelled)
    before = asyncio.all_tasks()
    joining = asyncio.create_task(Room(secret, server=server.url).__aenter__())
    with pytest.raises(asyncio.CancelledError):
        await joining
    assert asyncio.all_tasks() == before
