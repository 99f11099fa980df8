# SPDX-License-Identifier: AGPL-3.0-only
"""Members who mean harm: taking somebody's place, and what they make others hold [R1] [R2] [N10] [N11]."""

import asyncio
import io

import pytest
import webrtc

from keks_meet.client.events import ChatReceived, PeerJoined, PeerLeft
from keks_meet.client.files.sinks import MemorySink
from keks_meet.client.files.sources import StreamSource
from keks_meet.client.room import FEATURES, Room
from keks_meet.client.rtc import connection as rtc
from keks_meet.session.effects import DoubtPeer
from tests.e2e.harness.server import Server
from tests.native.conftest import Join
from tests.native.original import Original
from tests.native.waiting import event_in, offer_in, peer_of, soon, until


def as_instance(room: Room) -> dict[str, object]:
    """What somebody says who wants to be taken for a room's member."""
    return {"instance": room._runtime._session._members._options.instance, "features": list(FEATURES)}


async def answered(room: Room, member: Original) -> None:
    """Wait until a member has heard from a room and the room from it."""
    await member.until(lambda: any("identify" in inner for inner in member.heard))
    await peer_of(room, "original")


async def test_an_instance_that_everybody_hears_takes_nobodys_place(server: Server, join: Join, secret: str) -> None:
    alice = await join("alice")
    bob = await Room(secret, server=server.url, username="bob").__aenter__()
    key = (await event_in(alice, PeerJoined)).peer.key
    async with Original(server.url, secret, says=as_instance(bob)):
        stranger = (await event_in(alice, PeerJoined)).peer
        assert (stranger.username, stranger.key != key) == ("original", True)
        assert [peer.username for peer in alice.peers] == ["bob", "original"]
        # Not when the other one is gone, either: it gets neither the key nor the name.
        await bob.leave()
        assert (await event_in(alice, PeerLeft)).peer.key == key
        assert [(peer.key, peer.username) for peer in alice.peers] == [(stranger.key, "original")]


async def test_who_comes_back_is_known_by_its_key_and_nobody_hears_how(own_server: Server, secret: str) -> None:
    """A member that hears all that is meant for it hears no key when the server is started again."""
    async with (
        Room(secret, server=own_server.url, username="alice") as alice,
        Room(secret, server=own_server.url, username="bob") as bob,
    ):
        await alice.provide(StreamSource(io.BytesIO(b"data"), "it"), "it")
        peer, _ = await offer_in(bob)
        await bob.download(peer.key, "it", MemorySink(10))
        await own_server.kill()
        await own_server.start()
        async with Original(own_server.url, secret) as ear:
            for room in (alice, bob):
                await soon(room, lambda room=room: room.link == "joined" or None)
                await answered(room, ear)
            await soon(bob, lambda: bob.peers[0].status == "connected" or None)
            assert bob.peers[0].key == peer.key
            assert {next(iter(inner)) for inner in ear.heard} <= {"identify", "provide"}


async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer a connection."""
    writer.write(b"hello")
    writer.close()


async def test_a_peer_that_nothing_shows_to_be_the_same_is_asked_about_anew(join: Join) -> None:
    """Whoever was let in, and may be another one by now [R2]."""
    alice, bob = await join("alice"), await join("bob")
    asked: list[int] = []

    async def allow(peer: int) -> bool:
        asked.append(peer)
        return True

    web = await asyncio.start_server(greet, "127.0.0.1", 0)
    alice.provide_port(web.sockets[0].getsockname()[1], "it", allow=allow)
    await offer_in(bob)
    forward = await bob.forward("it")

    async def reads() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", forward.port)
        async with asyncio.timeout(20):
            found = await reader.read()
        writer.close()
        return found

    async with web:
        assert await reads() == await reads() == b"hello"
        (key,) = asked
        alice._runtime._carry_out(DoubtPeer(key))
        assert await reads() == b"hello"
        assert asked == [key, key]


async def test_a_new_connection_of_a_peer_with_a_key_needs_no_answer_anew(join: Join) -> None:
    """Its offer came sealed, so it is the same peer: bob's connection is made anew, and alice doubts nothing [R2]."""
    alice, bob = await join("alice"), await join("bob")
    doubted: list[int] = []
    alice._runtime._forwarding.doubt = doubted.append  # type: ignore[method-assign]
    await alice.provide(StreamSource(io.BytesIO(), "one"), "one")
    await bob.provide(StreamSource(io.BytesIO(), "two"), "two")
    peer, _ = await offer_in(bob, "one")
    await bob.download(peer.key, "one", MemorySink(10))
    session = bob._runtime._session
    bobs_alice = session._peers[peer.key]
    bobs_alice.connection = "failed"
    session._connections.restart(bobs_alice)
    for effect in session._out.take():
        bob._runtime._carry_out_safely(effect)
    theirs, _ = await offer_in(alice, "two")
    before = alice._runtime._connections._open[theirs.key]
    arriving = asyncio.create_task(alice.download(theirs.key, "two", MemorySink(10)))
    bob._runtime._connections._open[peer.key].open_channel("wake")
    await until(lambda: alice._runtime._connections._open[theirs.key] is not before)
    assert doubted == []
    arriving.cancel()
    await asyncio.gather(arriving, return_exceptions=True)


def offer_of(sections: int) -> str:
    """A hostile offer, one media section each a transceiver for the engine that reads it."""
    audio = (
        "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\n"
        "a=rtcp-mux\r\na=sendrecv\r\na=rtpmap:111 opus/48000/2\r\n"
    )
    head = (
        "v=0\r\no=- 7 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
        f"a=group:BUNDLE {' '.join(map(str, range(sections)))}\r\n"
        "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n"
        f"a=fingerprint:sha-256 {':'.join(['AB'] * 32)}\r\na=setup:actpass\r\n"
    )
    return head + "".join(f"{audio}a=mid:{number}\r\n" for number in range(sections))


async def test_offers_that_nobody_asked_for_reach_no_engine(server: Server, join: Join, secret: str) -> None:
    alice = await join("alice")
    async with Original(server.url, secret, says={"instance": "m" * 22, "features": []}) as mallory:
        await answered(alice, mallory)
        for _ in range(12):
            await mallory.say({"offer": offer_of(300)})
        await mallory.say({"chat": {"text": "done"}})
        await soon(alice, lambda: alice._runtime._session.ignored_messages >= 12 or None)
        assert alice._runtime._connections._open == {}


async def test_an_offer_beyond_the_limits_reaches_no_engine(
    server: Server, join: Join, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []
    take = rtc.PeerConnection._set_remote_description

    async def counted(self: rtc.PeerConnection, description: object) -> object:
        taken.append(str(description).count("m=audio"))
        return await take(self, description)  # type: ignore[arg-type]

    monkeypatch.setattr(rtc.PeerConnection, "_set_remote_description", counted)
    alice = await join("alice")
    async with Original(server.url, secret, says={"instance": "m" * 22, "features": []}) as mallory:
        await mallory.provide("it", b"")
        mallory._heard = mallory.ignore  # type: ignore[method-assign]
        peer, _ = await offer_in(alice)
        arriving = asyncio.create_task(alice.download(peer.key, "it", MemorySink(1)))
        await mallory.until(lambda: {"request": {"id": "it"}} in mallory.heard)
        for sections in (300, 65):
            await mallory.say({"offer": offer_of(sections)})
        await mallory.say({"offer": offer_of(2)})
        await until(lambda: taken)
        assert taken == [2]
        arriving.cancel()
        await asyncio.gather(arriving, return_exceptions=True)


async def test_channels_that_nobody_asked_for_close_their_connection(server: Server, join: Join, secret: str) -> None:
    alice = await join("alice")
    async with Original(server.url, secret, says={"instance": "m" * 22, "features": []}) as mallory:
        await mallory.provide("it", b"data")
        peer, _ = await offer_in(alice)
        await alice.download(peer.key, "it", MemorySink(10))
        (connection,) = mallory._connections.values()
        (own,) = alice._runtime._connections._open.values()
        for number in range(200):
            connection.create_data_channel(f"unasked {number}")
        await until(lambda: own._is_closed)
        assert len(own._channels) <= rtc._UNASKED_CHANNELS + 2


async def test_a_program_sends_nothing_to_its_own_machine(
    server: Server, join: Join, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever candidates say, unless the tests' own switch is on: no packet comes to a socket on loopback [N11]."""
    monkeypatch.delenv("WRTC_ALLOW_LOOPBACK")
    added: list[str] = []
    add = webrtc.RTCPeerConnection.add_ice_candidate

    async def counted(self: webrtc.RTCPeerConnection, init: webrtc.RTCIceCandidateInit) -> object:
        added.append(init.candidate)
        return await add(self, init)

    monkeypatch.setattr(webrtc.RTCPeerConnection, "add_ice_candidate", counted)
    alice = await join("alice")
    async with Original(server.url, secret) as mallory:
        await mallory.provide("it", b"data")
        peer, _ = await offer_in(alice)
        mallory._heard = mallory.ignore  # type: ignore[method-assign]
        arriving = asyncio.create_task(alice.download(peer.key, "it", MemorySink(10)))
        await mallory.until(lambda: {"request": {"id": "it"}} in mallory.heard)
        connection = webrtc.RTCPeerConnection()
        connection.create_data_channel("it")
        await connection.set_local_description()
        assert connection.local_description is not None
        await mallory.say({"offer": connection.local_description.sdp})
        await mallory.until(lambda: any("answer" in inner for inner in mallory.heard))
        for address in ("127.0.0.1", "localhost", "::1", "192.0.2.7"):
            line = f"candidate:1 1 udp 2113937151 {address} 9 typ host"
            await mallory.say({"ice_candidate": {"candidate": line, "sdpMid": "0", "sdpMLineIndex": 0}})
        await until(lambda: added)
        assert added == ["candidate:1 1 udp 2113937151 192.0.2.7 9 typ host"]
        connection.close()
        arriving.cancel()
        await asyncio.gather(arriving, return_exceptions=True)


async def test_labels_that_change_again_and_again_are_told_some_times(server: Server, join: Join, secret: str) -> None:
    alice = await join("alice")
    async with Original(server.url, secret) as mallory:
        await answered(alice, mallory)
        for number in range(100):
            await mallory.say({"provide": {"id": "it", "kind": "file", "label": f"{number}", "size": 1}})
        await mallory.say({"provide": {"id": "last", "kind": "file", "size": 1}})
        await offer_in(alice, "last")
        labels = {r.info.id: r.info.label for peer in alice.peers for r in peer.resources}
        assert labels["it"] == "16"


async def test_a_stream_that_is_asked_for_and_refused_in_one_breath_is_not_sent(join: Join) -> None:
    """On a transceiver that is used again, whose track comes a moment later."""
    alice, bob = await join("alice"), await join("bob")
    camera = await webrtc.media_devices.get_user_media(webrtc.MediaStreamConstraints(video=True))
    resource = alice.provide_stream(camera, "camera")
    peer, _ = await offer_in(bob)
    bob.request(peer.key, resource.id)
    await soon(bob, lambda: any(each.flowing for each in bob.peers[0].resources) or None)
    bob.request_stop(peer.key, resource.id)
    (connection,) = alice._runtime._connections._open.values()
    (transceiver,) = connection._connection.get_transceivers()
    await until(lambda: transceiver.current_direction == webrtc.RTCRtpTransceiverDirection.inactive)
    connection.attach(camera)
    connection.detach(camera.id)
    await until(lambda: not connection._operations)
    assert transceiver.sender.track is None
    assert transceiver.direction in {
        webrtc.RTCRtpTransceiverDirection.inactive,
        webrtc.RTCRtpTransceiverDirection.recvonly,
    }


async def test_a_program_that_shows_and_hides_a_stream_adds_no_media_section(join: Join) -> None:
    """A track that is asked for again takes the place that it had [N10]."""
    alice, bob = await join("alice"), await join("bob")
    camera = await webrtc.media_devices.get_user_media(webrtc.MediaStreamConstraints(video=True))
    resource = alice.provide_stream(camera, "camera")
    peer, _ = await offer_in(bob)

    def flows() -> bool:
        return any(each.flowing for each in bob.peers[0].resources)

    for _ in range(4):
        bob.request(peer.key, resource.id)
        await soon(bob, lambda: flows() or None)
        bob.request_stop(peer.key, resource.id)
        (connection,) = alice._runtime._connections._open.values()
        await until(
            lambda connection=connection: all(
                each.current_direction != webrtc.RTCRtpTransceiverDirection.sendonly
                for each in connection._connection.get_transceivers()
            )
        )
    description = connection._connection.local_description
    assert description is not None
    assert description.sdp.count("\nm=video") == 1


async def test_a_stream_in_the_place_of_another_keeps_its_name(join: Join) -> None:
    """Whatever is sent after it: each description names the stream that a media section carries now [N10]."""
    alice, bob = await join("alice"), await join("bob")

    async def share(*kinds: str) -> str:
        constraints = webrtc.MediaStreamConstraints(**dict.fromkeys(kinds, True))
        stream = alice.provide_stream(await webrtc.media_devices.get_user_media(constraints))
        bob.request((await offer_in(bob, stream.id))[0].key, stream.id)
        await soon(bob, lambda: stream.id in flowing() or None)
        return stream.id

    def flowing() -> set[str]:
        return {each.info.id for each in bob.peers[0].resources if each.flowing}

    first = await share("video")
    alice.stop(first)
    await soon(bob, lambda: not flowing() or None)
    (connection,) = alice._runtime._connections._open.values()
    (transceiver,) = connection._connection.get_transceivers()
    await until(lambda: transceiver.current_direction == webrtc.RTCRtpTransceiverDirection.inactive)
    shared = [await share(kind) for kind in ("video", "audio", "video")]
    assert flowing() == set(shared)
    description = connection._connection.local_description
    assert description is not None
    assert {line[7:43] for line in description.sdp.splitlines() if line.startswith("a=msid:")} == set(shared)


async def test_what_is_ignored_is_counted(server: Server, join: Join, secret: str) -> None:
    """Kinds that nobody knows or that only count sealed, wrong forms, and what nobody asked for [E3] [M5] [Y12]."""
    alice = await join("alice")
    async with Original(server.url, secret) as mallory:
        await answered(alice, mallory)
        assert alice.ignored_messages == 0
        for inner in (
            {"later": {}},
            {"chat": {"text": 3}},
            {"offer": "v=0"},
            {"leaving": None},
            {"hand": {"state": "up"}},
            {"roster_request": None},
        ):
            await mallory.say(inner)
        await mallory.say({"chat": {"text": "that was all"}})
        await event_in(alice, ChatReceived)
        assert alice.ignored_messages == 6
