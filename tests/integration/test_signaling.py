# SPDX-License-Identifier: AGPL-3.0-only
"""Signaling over a real WebSocket: rooms, relays, watches, and what is refused."""

import asyncio
import contextlib
import json
from typing import Any

import aiohttp
import pytest

_HANDSHAKE = (
    "GET /signaling HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


async def test_init(server: Any, connect: Any) -> None:
    """[S2] [S3]."""
    clients = [await connect(server) for _ in range(5)]
    ids = [client.id for client in clients]
    assert len(set(ids)) == 5
    assert all(0 <= id_ < 2**53 for id_ in ids)
    assert max(ids) > 2**40, "ids are drawn, not counted"
    assert clients[0].init["version"].startswith("keks-meet ")
    assert clients[0].init["features"] == []
    assert clients[0].init["limits"] == {"message_bytes": 1024 * 1024}


async def test_rooms_and_relays(server: Any, connect: Any) -> None:
    """[S4] [S5] [S7]."""
    ann, bob, eve = [await connect(server) for _ in range(3)]
    await ann.join("one")
    await bob.join("one", others=1)
    await eve.join("another")
    assert await ann.hear() == {"client_join": {"id": bob.id}}
    await ann.say({"relay": {"message": "to all"}})
    await ann.say({"relay": {"recipient": bob.id, "message": "to bob"}})
    await ann.say({"relay": {"recipient": eve.id, "message": "to eve"}})
    await ann.socket.send_str('{"relay":{"message":"\\u0041\\/grüß"}}')
    assert await bob.hear() == {"message": {"sender": ann.id, "message": "to all"}}
    assert await bob.hear() == {"message": {"sender": ann.id, "message": "to bob"}}
    raw = await bob.socket.receive_str(timeout=10)
    assert raw == f'{{"message":{{"sender":{ann.id},"message":"\\u0041\\/grüß"}}}}', "byte for byte"
    await ann.say({"join": {}})
    assert await ann.hear() == {"client_leave": {"id": ann.id}}
    assert await bob.hear() == {"client_leave": {"id": ann.id}}
    await eve.say({"join": {}})
    assert await eve.hear() == {"client_leave": {"id": eve.id}}, "and heard nothing before"


async def test_watches(server: Any, connect: Any) -> None:
    """[S8]."""
    watcher, member = await connect(server), await connect(server)
    await member.join("watched")
    await watcher.say({"watch_rooms": ["watched", "empty"]})
    assert await watcher.hear() == {"room_info": {"hash": "watched", "user_count": 1}}
    await member.socket.close()
    assert await watcher.hear() == {"room_info": {"hash": "watched", "user_count": 0}}


async def test_watches_can_be_off(command: Any, connect: Any) -> None:
    """[S8]."""
    client = await connect(command.start("[features]\nroom_watches = false"))
    await client.join("a")
    await client.say({"watch_rooms": ["a"]})
    await client.say({"join": {}})
    assert await client.hear() == {"client_leave": {"id": client.id}}


@pytest.mark.parametrize(
    "text", ["", "{", "null", "{}", '{"unknown":null}', '{"relay":{"message":3}}', '{"join":{"hash":""}}', "[" * 50_000]
)
async def test_a_malformed_packet_touches_nobody_else(server: Any, connect: Any, text: str) -> None:
    """[S1] [S10]."""
    bad, ann, bob = [await connect(server) for _ in range(3)]
    await ann.join("calm")
    await bob.join("calm", others=1)
    await bad.join("calm", others=2)
    await bad.socket.send_str(text)
    await bad.socket.send_str('{"relay":{"message":"too late"}}')
    code, reason = await bad.closed()
    assert code == 1007
    assert reason
    await ann.say({"relay": {"message": "still here"}})
    assert await bob.hear_all(3) == [
        {"client_join": {"id": bad.id}},
        {"client_leave": {"id": bad.id}},
        {"message": {"sender": ann.id, "message": "still here"}},
    ]


async def test_a_binary_frame(server: Any, connect: Any) -> None:
    """[S10]."""
    client = await connect(server)
    await client.socket.send_bytes(b'{"ping":null}')
    assert await client.closed() == (1003, "packets are text frames")


async def test_text_that_is_not_utf_8(server: Any, connect: Any) -> None:
    """[S10]."""
    client = await connect(server)
    await client.socket.send_frame(b"\xff\xfe", aiohttp.WSMsgType.TEXT)
    assert await client.closed() == (1007, "text that is not UTF-8")


async def test_the_largest_message_passes_and_a_larger_one_does_not(server: Any, connect: Any) -> None:
    """[S3] [S10]."""
    ann, bob = await connect(server), await connect(server)
    await ann.join("big")
    await bob.join("big", others=1)
    await ann.hear()
    most = ann.init["limits"]["message_bytes"]
    empty = '{"relay":{"message":""}}'
    largest = "A" * (most - len(empty))
    await ann.socket.send_str(empty.replace('""', f'"{largest}"'))
    assert await bob.hear() == {"message": {"sender": ann.id, "message": largest}}
    await ann.socket.send_str(empty.replace('""', f'"{largest}A"'))
    assert await ann.closed() == (1009, "a frame larger than the server takes")
    assert await bob.hear() == {"client_leave": {"id": ann.id}}


async def test_a_ping_frame_is_answered(server: Any, connect: Any) -> None:
    client = await connect(server, autoping=False)
    await client.socket.ping(b"are you there")
    message = await client.socket.receive(timeout=10)
    assert (message.type, message.data) == (aiohttp.WSMsgType.PONG, b"are you there")


async def test_nothing_is_compressed(server: Any, connect: Any) -> None:
    client = await connect(server, compress=15)
    assert client.socket.compress == 0


async def test_a_full_room(command: Any, connect: Any) -> None:
    """[S10]."""
    server = command.start("[limits]\nmembers_per_room = 2")
    for others in range(2):
        await (await connect(server)).join("small", others)
    late = await connect(server)
    await late.say({"join": {"hash": "small"}})
    assert await late.closed() == (1013, "the room is full")


async def test_a_full_server(command: Any, session: aiohttp.ClientSession, connect: Any) -> None:
    """[S10]: and there is room again when somebody has left."""
    server = command.start("[limits]\nconnections = 1")
    first = await connect(server)
    async with session.ws_connect(f"{server.url}/signaling", autoclose=False) as late:
        message = await late.receive(timeout=10)
        assert (message.data, message.extra) == (1013, "the server is full")
    await first.socket.close()
    await connect(server)


async def test_too_many_watches(command: Any, connect: Any) -> None:
    """[S10]."""
    client = await connect(command.start("[limits]\nwatched_rooms = 1"))
    await client.say({"watch_rooms": ["a", "b"]})
    assert await client.closed() == (1008, "more than 1 rooms to watch")


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 101),
        ("http://127.0.0.1:{port}", 101),
        ("https://friend.example", 101),
        ("http://127.0.0.1", 403),
        ("http://127.0.0.1:{port}.evil.example", 403),
        ("https://evil.example", 403),
        ("null", 403),
        ("", 403),
    ],
)
async def test_origin(origin_server: Any, session: aiohttp.ClientSession, origin: str | None, status: int) -> None:
    headers = {} if origin is None else {"Origin": origin.format(port=origin_server.port)}
    if status == 101:
        async with session.ws_connect(f"{origin_server.url}/signaling", headers=headers) as socket:
            assert "init" in await socket.receive_json(timeout=10)
        return
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await session.ws_connect(f"{origin_server.url}/signaling", headers=headers)
    assert caught.value.status == status


@pytest.fixture
def origin_server(command: Any) -> Any:
    return command.start('[server]\norigins = ["https://friend.example"]')


async def test_a_burst_is_slowed_and_not_punished(command: Any, connect: Any) -> None:
    """All of it arrives, in order, though the server reads no faster than it is told to."""
    server = command.start("[limits]\npackets_per_second = 100\nburst_packets = 100")
    ann, bob = await connect(server), await connect(server)
    await ann.join("burst")
    await bob.join("burst", others=1)
    for number in range(200):
        await ann.say({"relay": {"message": str(number)}})
    heard = await bob.hear_all(200)
    assert [packet["message"]["message"] for packet in heard] == [str(number) for number in range(200)]
    await ann.say({"join": {}})
    assert await ann.hear_all(2) == [{"client_join": {"id": bob.id}}, {"client_leave": {"id": ann.id}}]


async def test_a_slow_reader_is_disconnected_and_nobody_else_waits(command: Any, connect: Any) -> None:
    """[S10]: what waits for it is bounded; the others go on meanwhile and afterwards."""
    server = command.start(
        "[limits]\nmessage_bytes = 65536\nqueued_bytes = 131072\npackets_per_second = 100000\nburst_packets = 100000\n"
        "stalled_seconds = 1"
    )
    slow, ann, bob = [await connect(server) for _ in range(3)]
    await ann.join("room")
    await bob.join("room", others=1)
    await slow.join("room", others=2)
    await ann.hear_all(2)
    await bob.hear()
    packet = json.dumps({"relay": {"recipient": slow.id, "message": "A" * 60_000}})

    async def flood() -> None:
        for _ in range(1000):
            await ann.socket.send_str(packet)

    flooding = asyncio.create_task(flood())
    await bob.say({"relay": {"recipient": ann.id, "message": "meanwhile"}})
    assert await ann.hear() == {"message": {"sender": bob.id, "message": "meanwhile"}}
    assert await bob.hear() == {"client_leave": {"id": slow.id}}
    assert await slow.closed() == (1013, "this client reads too slowly")
    assert await ann.hear() == {"client_leave": {"id": slow.id}}
    await flooding
    await ann.say({"relay": {"message": "afterwards"}})
    assert await bob.hear() == {"message": {"sender": ann.id, "message": "afterwards"}}


async def test_a_client_that_never_reads_its_pongs(command: Any, dial: Any) -> None:
    """Answers to pings are counted like everything else, so they cannot fill the memory."""
    server = command.start(
        "[limits]\nmessage_bytes = 65536\nqueued_bytes = 131072\npackets_per_second = 100000\nburst_packets = 1000000",
        "--verbose",
    )
    reader, writer = await dial(server)
    await _open_websocket(writer)
    pings = (b"\x89\xfd" + bytes(4) + b"p" * 125) * 100
    with contextlib.suppress(ConnectionError):
        for _ in range(2000):
            writer.write(pings)
            await writer.drain()
    with contextlib.suppress(ConnectionError):
        await asyncio.wait_for(reader.read(), 30)
    assert "is disconnected: this client reads too slowly" in server.log()


async def test_a_dropped_connection_leaves(server: Any, dial: Any, connect: Any) -> None:
    """[S5] [S9]: no close frame is needed."""
    ann = await connect(server)
    await ann.join("dropped")
    _, writer = await dial(server)
    await _open_websocket(writer)
    writer.write(_masked(b'{"join":{"hash":"dropped"}}'))
    joined = await ann.hear()
    writer.transport.abort()
    assert await ann.hear() == {"client_leave": joined["client_join"]}


async def test_a_dead_connection_is_noticed(command: Any, dial: Any, connect: Any) -> None:
    """[S5]: a connection that is open and says nothing, not even a pong."""
    server = command.start("[limits]\nheartbeat_seconds = 1")
    ann = await connect(server)
    await ann.join("dead")
    _, writer = await dial(server)
    await _open_websocket(writer)
    writer.write(_masked(b'{"join":{"hash":"dead"}}'))
    joined = await ann.hear()
    assert await ann.hear() == {"client_leave": joined["client_join"]}


async def test_a_frame_that_is_not_masked(server: Any, dial: Any) -> None:
    """A violation of WebSocket itself ends that connection."""
    reader, writer = await dial(server)
    await _open_websocket(writer)
    writer.write(b"\xf1\x00")
    answer = await reader.read()
    assert b"not WebSocket as RFC 6455 has it" in answer


@pytest.mark.parametrize("key", ["", "short", "not ASCII: é", "AAAAAAAAAAAAAAAAAAAAAA"])
async def test_a_broken_handshake(server: Any, dial: Any, key: str) -> None:
    """It is refused, and is no mistake of the server."""
    reader, writer = await dial(server)
    writer.write(_HANDSHAKE.replace("AAAAAAAAAAAAAAAAAAAAAA==", key).encode())
    assert b"400 Bad Request" in await reader.readline()


async def _open_websocket(writer: asyncio.StreamWriter) -> None:
    writer.write(_HANDSHAKE.encode())
    await writer.drain()


def _masked(text: bytes) -> bytes:
    """Return a text frame as a client writes it, masked with zeroes."""
    return bytes([0x81, 0x80 | len(text)]) + bytes(4) + text


async def test_who_is_gone_leaves_at_once_whatever_it_has_still_said(command: Any, connect: Any) -> None:
    """[S5]: what is read slowly, since it is too much, waits for nobody who is gone."""
    server = command.start("[limits]\npackets_per_second = 50\nburst_packets = 100")
    ann, bob = await connect(server), await connect(server)
    await ann.join("room")
    await bob.join("room", others=1)
    assert await ann.hear() == {"client_join": {"id": bob.id}}
    for _ in range(2000):
        await bob.socket.send_str('"ping"')
    bob.socket._response.connection.transport.abort()
    assert await ann.hear() == {"client_leave": {"id": bob.id}}


async def test_a_packet_that_nobody_can_take_for_one_is_refused_without_a_second_look(
    server: Any, connect: Any
) -> None:
    """[S10]: of a megabyte, looked at by Python, a server would stand still."""
    client = await connect(server)
    rest = ",".join(["[]"] * 300_000)
    await client.socket.send_str(f'{{"join":{{"hash":1,"x":[{rest}]}}}}')
    code, reason = await client.closed()
    assert code == 1007
    assert "`$.hash`" in reason
