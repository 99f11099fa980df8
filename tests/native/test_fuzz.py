# SPDX-License-Identifier: AGPL-3.0-only
"""Members and servers that say anything: a room stays usable, and nothing escapes that nobody caught."""

import asyncio
import json
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from aiohttp import web

from keks_meet.client.events import ChatReceived, PeerWarned
from keks_meet.client.files.sinks import MemorySink
from keks_meet.client.files.sources import StreamSource
from keks_meet.client.room import Room
from keks_meet.crypto.encoding import encode_bytes
from keks_meet.crypto.envelope import draw_nonce, seal_envelope
from keks_meet.crypto.room_keys import derive_message_key
from keks_meet.errors import ClientError
from keks_meet.protocol.relay_messages import Sealed
from keks_meet.session import limits
from tests.e2e.harness.server import Server
from tests.native.conftest import Join
from tests.native.original import Original
from tests.native.strange_server import strange_server
from tests.native.waiting import event_in, peer_of, until_chat

SEEDS = range(4)
MESSAGES = 400

SDP = """v=0\r
o=- {origin} 2 IN IP4 127.0.0.1\r
s=-\r
t=0 0\r
a=group:BUNDLE 0\r
a=msid-semantic: WMS\r
m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r
c=IN IP4 0.0.0.0\r
a=ice-ufrag:abcd\r
a=ice-pwd:abcdefghijklmnopqrstuvwx\r
a=fingerprint:sha-256 {fingerprint}\r
a=setup:actpass\r
a=mid:0\r
a=sctp-port:5000\r
a=max-message-size:{size}\r
"""


@asynccontextmanager
async def nothing_escapes(caplog: pytest.LogCaptureFixture) -> AsyncIterator[None]:
    """Hold that no task and no callback failed, and that nothing that the library did was an error."""
    escaped: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, context: escaped.append(context))
    try:
        with caplog.at_level(logging.ERROR):
            yield
    finally:
        loop.set_exception_handler(before)
    assert escaped == []
    assert [record.getMessage() for record in caplog.records if record.name.startswith("keks_meet")] == []


class Chance:
    """Repeatable nonsense."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - nonsense, not a secret

    def text(self) -> str:
        return self.random.choice(
            ["", "it", "two", "0", "end", "x" * 300, "\x00\x1b[2J", "😀\u202e", "a=b\r\n" * 20, "x" * 200_000]
        )

    def value(self, depth: int = 0) -> Any:
        """Any JSON."""
        simple: list[Callable[[], Any]] = [
            lambda: None,
            lambda: self.random.choice([True, False]),
            lambda: self.random.choice([0, -1, 1, 2**53, 2**70, 1.5, -1e300]),
            self.text,
        ]
        nested: list[Callable[[], Any]] = [
            lambda: [self.value(depth + 1) for _ in range(self.random.randrange(4))],
            lambda: {self.text()[:20]: self.value(depth + 1) for _ in range(self.random.randrange(4))},
        ]
        return self.random.choice(simple if depth > 3 else simple + nested)()

    def sdp(self) -> str:
        """A description that is right, wrong in places, or none."""
        fingerprint = ":".join(f"{self.random.randrange(256):02X}" for _ in range(32))
        size = self.random.choice(["0", "1", "262144", "-5", "x"])
        sdp = SDP.format(origin=self.random.choice([1, 2, "x", ""]), fingerprint=fingerprint, size=size)
        lines = sdp.split("\r\n")
        match self.random.randrange(5):
            case 0:
                self.random.shuffle(lines)
            case 1:
                del lines[self.random.randrange(len(lines))]
            case 2:
                lines = lines * 20
            case 3:
                return self.text()
        return "\r\n".join(lines)

    def candidate(self) -> dict[str, Any]:
        address = self.random.choice(["127.0.0.1", "::1", "256.1.1.1", "x.local", "0.0.0.0"])
        line = f"candidate:1 1 udp 2122260223 {address} {self.random.choice([9, 0, 70000])} typ host"
        return {
            "candidate": self.random.choice([line, self.text()]),
            "sdpMid": self.random.choice(["0", "7", None]),
            "sdpMLineIndex": self.random.choice([0, 7, 65_535, None]),
        }

    def message(self) -> Any:
        """What a member may say, more or less."""
        name = self.random.choice(["it", "two", "no", ""])
        kind = self.random.choice(["file", "port", "track", "hologram"])
        wellformed = [
            {"identify": {"username": self.text(), "instance": self.random.choice(["a", "b"]), "features": FEATURES}},
            {"provide": {"id": name, "kind": kind, "track_kind": "audio", "label": self.text(), "size": 5}},
            {"provide_stop": {"id": name}},
            {"request": {"id": name, "offset": self.random.choice([0, 1, 2**50]), "salt": "0" * 64}},
            {"request": {"id": name}},
            {"request_stop": {"id": name}},
            {"offer": self.sdp()},
            {"answer": self.sdp()},
            {"ice_candidate": self.candidate()},
            {"ice_candidate": self.candidate()},
        ]
        found = self.random.choice(wellformed)
        match self.random.randrange(4):
            case 0:
                ((kind, value),) = found.items()
                return {kind: self.value()}
            case 1 if isinstance(next(iter(found.values())), dict):
                ((kind, value),) = found.items()
                return {kind: {**value, self.random.choice([*value, "more"]): self.value()}}
            case 2 if self.random.randrange(5) == 0:
                return self.value()
        return found


FEATURES = ["file-credit", "file-sha256", "file-resume-2", "port-eof"]


async def nosy(room: Room) -> None:
    """A program that asks everybody for everything, over and over."""
    with suppress(asyncio.CancelledError):
        while True:
            for peer in room.peers:
                for resource in peer.resources:
                    room.request(peer.key, resource.info.id)
                    with suppress(ClientError, TimeoutError):
                        async with asyncio.timeout(0.01):
                            await room.download(peer.key, resource.info.id, MemorySink(100))
            await asyncio.sleep(0.01)


class Stream:
    """A file that never ends."""

    def read(self, size: int) -> bytes:
        return bytes(size)

    def fileno(self) -> int:
        raise OSError

    def close(self) -> None:
        pass


@pytest.mark.parametrize("seed", SEEDS)
async def test_member_that_says_anything(
    server: Server, join: Join, secret: str, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    """It knows the key; alice offers things and asks for what it offers; bob is there to see that alice still is."""
    chance = Chance(seed)
    async with nothing_escapes(caplog):
        alice, bob = await join("alice"), await join("bob")
        alice.provide_port(1, "two")
        await alice.provide(StreamSource(Stream(), "endless"), "it")  # type: ignore[arg-type]
        asking = asyncio.create_task(nosy(alice))
        async with Original(server.url, secret) as hostile:
            hostile._heard = hostile.ignore
            await hostile.until(lambda: len(hostile.members) == 2)
            for _ in range(MESSAGES):
                await hostile.say(chance.message())
            await hostile.say({"chat": {"text": "that is all"}})
            await event_in(alice, ChatReceived, text="that is all")
            bob.send_chat("still there?")
            await event_in(alice, ChatReceived, text="still there?")
            alice.send_chat("still here")
            await event_in(bob, ChatReceived, text="still here")
        asking.cancel()
        await asking
        async with asyncio.timeout(5):
            await alice.leave()


def of_rosters(chance: Chance, room: Room) -> bytes:
    """What a member may say of rosters, more or less, once it has proven who it is."""
    ids = [*room._runtime._sealing._roster._members, 7, 2**53]
    pick = chance.random.choice

    def statement() -> dict[str, Any]:
        key, instance, signature = pick(["ed25519:x", "", "x"]), pick(["i", ""]), pick(["A", "_"]) * 86
        name = chance.text()[:200]
        return {"id": pick(ids), "key": key, "instance": instance, "number": pick([0, 1, 2**53 - 1]), "name": name,
                "signature": signature}  # fmt: skip

    numbers = [pick([0, 1, 10**6]) for _ in range(pick([0, 1, 3]))]
    found: dict[str, Any] = pick(
        [
            {"roster": {"hash": pick("ab") * 43, "ids": ids[:3], "sent": numbers, "told": numbers}},
            {"roster": {"hash": pick("ab") * 43, "ids": ids[:1], "sent": [5], "told": [10**9]}},
            {"roster_request": None},
            {"roster_members": [statement() for _ in range(pick([0, 1, 40]))]},
            {"identify": {"username": chance.text(), "statement": {"number": pick([0, 1, 5]), "signature": "A" * 86}}},
        ]
    )
    if chance.random.randrange(4) == 0:
        ((kind, value),) = found.items()
        found = {kind: {**value, pick([*value, "more"]): chance.value()} if isinstance(value, dict) else chance.value()}
    return json.dumps(found).encode()


@pytest.mark.parametrize("seed", SEEDS[:2])
async def test_member_that_says_anything_of_rosters(
    join: Join, seed: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sealed, as a member does that has proven itself: nobody is warned, and all else goes on."""
    monkeypatch.setattr(limits, "ROSTER_CHANGE_MS", 20)
    monkeypatch.setattr(limits, "ROSTER_MS", 20)
    monkeypatch.setattr(limits, "ROSTER_MEMBER_MS", 0)
    chance = Chance(seed)
    async with nothing_escapes(caplog):
        alice, bob, mallory = await join("alice"), await join("bob"), await join("mallory")
        for room in (alice, bob):
            await peer_of(room, "mallory")
        sealing = mallory._runtime._sealing
        keys = sealing._keys
        assert keys is not None
        for _ in range(MESSAGES):
            for client, pair in keys._used.items():
                number, ciphertext = pair.sealer.seal(of_rosters(chance, mallory))
                keys.sent[client] += 1
                sealing._link.relay(Sealed(pair.id, number, encode_bytes(ciphertext)), client)
            await asyncio.sleep(0)
        bob.send_chat("still there?")
        assert [event async for event in until_chat(alice) if isinstance(event, PeerWarned)] == []
        assert alice.ignored_messages > MESSAGES / 10


def frame(chance: Chance, key: bytes) -> str | bytes:
    """What a server may send, more or less."""
    sender = chance.random.choice([1, 2, 3, 4])
    inner = json.dumps(chance.message())
    sealed = seal_envelope(key, sender, inner.encode(), draw_nonce())
    packets: list[Any] = [
        {
            "init": {
                "your_id": sender,
                "version": chance.text(),
                "limits": {"message_bytes": chance.random.choice([0, 10**6])},
            }
        },
        {"client_join": {"id": sender}},
        {"client_join": {"id": sender}},
        {"client_leave": {"id": sender}},
        {"message": {"sender": sender, "message": sealed}},
        {"message": {"sender": sender, "message": sealed}},
        {"message": {"sender": sender, "message": sealed}},
        {"message": {"sender": sender, "message": chance.value()}},
        {"room_info": {"hash": "x", "user_count": 3}},
        {chance.text()[:20]: chance.value()},
        chance.value(),
    ]
    text = json.dumps(chance.random.choice(packets))
    match chance.random.randrange(12):
        case 0:
            return text[: chance.random.randrange(len(text) + 1)]
        case 1:
            return text.encode()
        case 2:
            return '{"message": {"sender": 1, "message": "\\ud800"}}'
        case 3:
            return "[" * 100_000
    return text


async def echo(socket: web.WebSocketResponse, count: int) -> None:
    """Relay to a client what it says to itself: then it knows who was there before, and its program may begin."""
    for _ in range(count):
        relayed = await socket.receive_json()
        await socket.send_json({"message": {"sender": 1, "message": relayed["relay"]["message"]}})


async def drain(socket: web.WebSocketResponse) -> None:
    """Read all that comes."""
    async for _ in socket:
        pass


@pytest.mark.parametrize("seed", SEEDS)
async def test_server_that_says_anything(secret: str, seed: int, caplog: pytest.LogCaptureFixture) -> None:
    """It even knows the key, which no server does. The next connection to it is a good one."""
    chance = Chance(seed)
    key = derive_message_key(secret)
    is_done = asyncio.Event()

    async def serve(socket: web.WebSocketResponse) -> None:
        await socket.send_str('{"init": {"your_id": 1, "version": "strange"}}')
        await socket.receive()
        await socket.send_str('{"client_join": {"id": 1}}')
        await echo(socket, 1 if is_done.is_set() else 2)
        draining = asyncio.create_task(drain(socket))
        if is_done.is_set():
            await socket.send_str('{"client_join": {"id": 2}}')
            for inner in ({"identify": {"username": "somebody"}}, {"chat": {"text": "hello"}}):
                sealed = seal_envelope(key, 2, json.dumps(inner).encode(), draw_nonce())
                await socket.send_str(json.dumps({"message": {"sender": 2, "message": sealed}}))
        for _ in range(0 if is_done.is_set() else MESSAGES):
            some = frame(chance, key)
            await (socket.send_bytes(some) if isinstance(some, bytes) else socket.send_str(some))
        if not is_done.is_set():
            is_done.set()
            await socket.close()
        await draining

    async with (
        nothing_escapes(caplog),
        strange_server(serve) as url,
        Room(secret, server=url, username="alice") as alice,
    ):
        alice.provide_port(1, "two")
        await alice.provide(StreamSource(Stream(), "endless"), "it")  # type: ignore[arg-type]
        asking = asyncio.create_task(nosy(alice))
        await is_done.wait()
        await event_in(alice, ChatReceived, text="hello")
        asking.cancel()
        await asking
        async with asyncio.timeout(5):
            await alice.leave()
