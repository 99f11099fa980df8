# SPDX-License-Identifier: AGPL-3.0-only
"""The link to servers that are slow, silent or gone [S3] [S10] [L1]."""

import asyncio
from contextlib import suppress

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, web

from keks_meet.client import addresses
from keks_meet.client import room as room_module
from keks_meet.client.events import ChatReceived, ChatSettled, LinkChanged, MessageTooLarge
from keks_meet.client.room import Room
from keks_meet.client.signaling import link as signaling_link
from keks_meet.client.signaling import network_watch, outgoing_frames
from keks_meet.errors import ServerUnreachable
from keks_meet.protocol.packets import ClientJoin
from keks_meet.protocol.relay_messages import Chat, Identify, Request
from keks_meet.session.limits import DOUBT_MS, PROBE_MS
from keks_meet.session.link_watch import LinkOrder
from tests.e2e.harness.relay import Relay
from tests.e2e.harness.server import Server
from tests.native.conftest import Join
from tests.native.strange_server import let_in, strange_server
from tests.native.waiting import event_in, peer_of, soon, until

LARGE = Chat(image="data:image/png;base64," + "A" * 500_000)
SOON = 5.0
"""Seconds: what leaving may take whatever the server does."""


async def for_ever(_: web.WebSocketResponse) -> None:
    await asyncio.Event().wait()


async def for_ever_in(socket: web.WebSocketResponse) -> None:
    """Let somebody in, and say nothing any more."""
    await let_in(socket)
    async for _ in socket:
        pass


async def deaf(socket: web.WebSocketResponse) -> None:
    """Let somebody in, and read nothing any more."""
    await let_in(socket)
    await for_ever(socket)


async def test_server_that_stops_reading_counts_as_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for it is bounded, and leaving does not wait for it."""
    monkeypatch.setattr(outgoing_frames, "_QUEUED_BYTES", 8 * 1_048_576)
    async with strange_server(deaf) as url:
        room = Room("secret", server=url)
        async with room:
            link = room._runtime._link
            assert link is not None
            while room.link == "joined":
                link.relay(LARGE, None)
                await asyncio.sleep(0)
                assert link._outgoing._bytes <= 8 * 1_048_576
            lost = await event_in(room, LinkChanged, status="reconnecting")
            assert lost.reason == "it takes messages too slowly"
            await event_in(room, LinkChanged, status="joined")
            async with asyncio.timeout(SOON):
                await room.leave()


@pytest.mark.slow
async def test_leaving_a_server_that_reads_nothing_and_has_much_to_read() -> None:
    before = asyncio.all_tasks()
    async with strange_server(deaf) as url, Room("secret", server=url) as room:
        for _ in range(40):
            room._runtime._link.relay(LARGE, None)
        await asyncio.sleep(0)
        async with asyncio.timeout(SOON):
            await room.leave()
    await until(lambda: asyncio.all_tasks() <= before)


async def test_server_that_talks_on_while_it_is_left() -> None:
    async def talkative(socket: web.WebSocketResponse) -> None:
        await let_in(socket)
        with suppress(ConnectionError):
            while True:
                await socket.send_str('{"client_leave": {"id": 7}}')
                await asyncio.sleep(0.001)

    async with strange_server(talkative) as url, Room("secret", server=url) as room:
        async with asyncio.timeout(SOON):
            await room.leave()


async def test_server_that_lets_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_module, "_JOIN_SECONDS", 0.5)
    before = asyncio.all_tasks()
    async with strange_server(for_ever) as url:
        with pytest.raises(ServerUnreachable, match="lets nobody in"):
            async with Room("secret", server=url):
                pass
    await until(lambda: asyncio.all_tasks() <= before)


async def test_server_that_is_not_there_leaves_nothing_behind() -> None:
    before = asyncio.all_tasks()
    with pytest.raises(ServerUnreachable):
        await Room("secret", server="ws://127.0.0.1:1").__aenter__()
    assert asyncio.all_tasks() <= before


async def test_a_name_that_no_server_can_have() -> None:
    async with ClientSession() as http:
        with pytest.raises(ServerUnreachable, match="its name has no address"):
            await signaling_link.SignalingLink(http, "ws://a..b:1/signaling").connect()


async def test_pauses_begin_anew_after_a_connection_that_worked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when nothing was said on it since."""
    monkeypatch.setattr(signaling_link, "SETTLED_MS", 200)
    go_on = asyncio.Event()

    async def serve(socket: web.WebSocketResponse) -> None:
        await let_in(socket)
        await go_on.wait()

    async with strange_server(serve) as url, Room("secret", server=url) as room:
        link = room._runtime._link
        assert link is not None
        link._attempt = 7
        await asyncio.sleep(0.3)
        assert room.link == "joined"
        go_on.set()
        await soon(room, lambda: room.link == "reconnecting" or None)
        assert link._attempt <= 1


async def test_server_that_takes_no_messages_of_this_size() -> None:
    async def serve(socket: web.WebSocketResponse) -> None:
        await let_in(socket, limits={"message_bytes": 0})
        await for_ever(socket)

    async with strange_server(serve) as url, Room("secret", server=url) as room:
        room._runtime._sealing.packet_received(ClientJoin(2))
        room._runtime._sealing.message_relayed(2, Identify("somebody"))
        room.send_chat("hello")
        while (await event_in(room, MessageTooLarge)).kind != "chat":
            pass


async def test_ice_servers_that_are_none_leave_a_connection_without(caplog: pytest.LogCaptureFixture) -> None:
    config = {"webrtc": {"stun": "x" * 1000, "turn": "turn:"}}
    async with strange_server(for_ever_in, config) as url, Room("secret", server=url) as room:
        port = room.provide_port(1)
        room._runtime.packet_received(ClientJoin(2))
        for message in (Identify("somebody"), Request(port.id)):
            room._runtime.message_relayed(2, message)
        assert list(room._runtime._connections._open) == [room.peers[0].key]
    assert "STUN and TURN cannot be used" in caplog.text


async def test_silent_way_to_the_server_is_noticed_and_what_was_said_into_it_is_said_again(
    monkeypatch: pytest.MonkeyPatch, server: Server, secret: str, join: Join
) -> None:
    monkeypatch.setattr(signaling_link, "PROBE_MS", 200)
    heard: list[str | None] = []
    bob = await join("bob")
    async with Relay(server.port) as relay, Room(secret, server=relay.url, username="alice") as alice:
        await peer_of(alice, "bob")
        await event_in(alice, ChatSettled, line=alice.send_chat("before"), state="sent")
        relay.hold()
        line = alice.send_chat("into the silence")
        lost = await event_in(alice, LinkChanged, status="reconnecting")
        assert lost.reason == "it does not answer any more"
        relay.release()
        await event_in(alice, ChatSettled, line=line, state="sent")
        alice.send_chat("after")
        async for event in bob:
            if isinstance(event, ChatReceived):
                heard.append(event.text)
                if event.text == "after":
                    break
    assert heard == ["before", "into the silence", "after"]


async def test_a_way_that_is_in_doubt_and_silent_is_left_at_once(server: Server, secret: str, join: Join) -> None:
    """Within the moment that the server has, and not only after three probes; who answers is not left [L8]."""
    await join("bob")
    async with Relay(server.port) as relay, Room(secret, server=relay.url, username="alice") as alice:
        await peer_of(alice, "bob")
        link = alice._runtime._link
        assert link is not None
        link.doubt()
        await event_in(alice, ChatSettled, line=alice.send_chat("in doubt"), state="sent")
        assert not link._watch.checked()
        for _ in range(3):
            await event_in(alice, ChatSettled, line=alice.send_chat("answered"), state="sent")
            relay.hold()
            # What was on its way by then answers a doubt.
            losing = asyncio.create_task(event_in(alice, LinkChanged, status="reconnecting"))
            async with asyncio.timeout(PROBE_MS / 1000):
                while not losing.done():
                    link.doubt()
                    await asyncio.wait({losing}, timeout=2 * DOUBT_MS / 1000)
            lost = losing.result()
            assert lost.reason == "it does not answer any more"
            relay.release()
            await event_in(alice, LinkChanged, status="joined")
            # However short a connection that worked has lived, the pauses begin anew: the server is not to blame [L1].
            assert link._attempt == 1


async def test_a_connection_is_doubted_when_the_own_address_changes(
    monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    """Also where nobody else is, and so no way to a peer is silent; one that goes on answering is not left [L8]."""
    address: list[str | None] = ["127.0.0.1"]
    monkeypatch.setattr(network_watch, "own_address_toward", lambda _: address[0])
    async with Relay(server.port) as relay, Room("secret", server=relay.url) as room:
        link = room._runtime._link
        assert link is not None
        probed = link._probed
        address[0] = "127.0.0.2"
        async with asyncio.timeout(PROBE_MS / 2000):
            await until(lambda: link._probed > probed)
        await event_in(room, ChatSettled, line=room.send_chat("it answers"), state="sent")
        assert not link._watch.checked()
        assert room.link == "joined"
        relay.hold()
        address[0] = "127.0.0.3"
        async with asyncio.timeout(PROBE_MS / 1000):
            await event_in(room, LinkChanged, status="reconnecting")
        relay.release()
        await event_in(room, LinkChanged, status="joined")


async def test_a_change_of_the_own_address_ends_the_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed before may have failed by the network before [L1]."""
    address: list[str | None] = ["127.0.0.1"]
    monkeypatch.setattr(network_watch, "own_address_toward", lambda _: address[0])
    monkeypatch.setattr(signaling_link, "pause_before", lambda _: 3_600_000)
    end = asyncio.Event()

    async def serve(socket: web.WebSocketResponse) -> None:
        await let_in(socket)
        await end.wait()

    async with strange_server(serve) as url, Room("secret", server=url) as room:
        end.set()
        await event_in(room, LinkChanged, status="reconnecting")
        end.clear()
        address[0] = "127.0.0.2"
        await event_in(room, LinkChanged, status="joined")


async def test_a_change_of_the_own_address_ends_an_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was begun on the way before may wait for ever [L1]."""
    address: list[str | None] = ["127.0.0.1"]
    monkeypatch.setattr(network_watch, "own_address_toward", lambda _: address[0])
    attempts, end, connect = [], asyncio.Event(), signaling_link.SignalingLink._open_socket

    async def connect_but_once(link: signaling_link.SignalingLink) -> ClientWebSocketResponse:
        attempts.append(link)
        if len(attempts) == 2:
            await asyncio.Event().wait()
        return await connect(link)

    async def serve(socket: web.WebSocketResponse) -> None:
        await let_in(socket)
        await end.wait()

    monkeypatch.setattr(signaling_link.SignalingLink, "_open_socket", connect_but_once)
    async with strange_server(serve) as url, Room("secret", server=url) as room:
        end.set()
        await event_in(room, LinkChanged, status="reconnecting")
        await until(lambda: len(attempts) == 2)
        end.clear()
        # Without any way it goes on waiting: there is no other one yet. The same one may come back.
        address[0] = None
        seen = attempts[0]._network
        await until(lambda: seen._seen is not None and not any(seen._seen.beginnings))
        assert len(attempts) == 2
        address[0] = "127.0.0.1"
        await event_in(room, LinkChanged, status="joined")


async def test_a_connection_whose_own_address_is_gone_is_left_at_once(
    monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    async with Room("secret", server=server.url) as room:
        await event_in(room, ChatSettled, line=room.send_chat("it answers"), state="sent")
        monkeypatch.setattr(network_watch.NetworkWatch, "is_gone", True)
        await event_in(room, LinkChanged, status="reconnecting")
        monkeypatch.undo()
        await event_in(room, LinkChanged, status="joined")


async def test_the_own_address_is_that_on_the_way() -> None:
    assert addresses.own_address_toward(("127.0.0.1", 9)) == "127.0.0.1"
    assert addresses.own_address_toward(("::1", 9, 0, 0)) in ("::1", None)
    assert addresses.own_address_toward(("255.255.255.255", 9)) is None


async def test_the_own_address_of_a_connection_may_be_gone() -> None:
    here, elsewhere = ("127.0.0.1", 24319), ("192.0.2.1", 24319)
    own = network_watch.NetworkWatch()
    assert not own.is_gone
    own.connected(here, here)
    assert not own.is_gone
    own.connected(elsewhere, here)
    assert own.is_gone


async def test_large_message_on_a_slow_way_is_no_silence(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    """Five moments without a sound, of which three would be the end if nothing were under way."""
    monkeypatch.setattr(signaling_link, "PROBE_MS", 300)
    async with Relay(server.port) as relay, Room("secret", server=relay.url) as room:
        await event_in(room, ChatSettled, line=room.send_chat("small"), state="sent")
        link = room._runtime._link
        assert link is not None
        five, ticks, judge = asyncio.Event(), [], link._watch.ticked

        def ticked(buffered: int) -> list[LinkOrder]:
            ticks.append(buffered)
            if len(ticks) == 5:
                five.set()
            return judge(buffered)

        monkeypatch.setattr(link._watch, "ticked", ticked)
        relay.hold()
        link.relay(Chat(image="data:image/png;base64," + "A" * 700_000), None)
        line = room.send_chat("behind it")
        await five.wait()
        assert room.link == "joined"
        relay.release()
        await event_in(room, ChatSettled, line=line, state="sent")
