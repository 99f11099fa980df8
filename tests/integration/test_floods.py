# SPDX-License-Identifier: AGPL-3.0-only
"""[S11]: who sends more than others read is slowed, then closed; a reader only when it does not read."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

pytestmark = pytest.mark.alone
MESSAGE = "A" * 60_000
FAST = "message_bytes = 65536\nqueued_bytes = 1048576\npackets_per_second = 1000000\nburst_packets = 1000000"
ENOUGH = 2000
"""Messages that no buffers of the system hold."""
ENDLESS = 1_000_000
"""Messages that no flooder comes to the end of before it is closed."""
TOO_MUCH = (1008, "this client sends more than others can read")
TOO_SLOW = (1013, "this client reads too slowly")


@pytest.fixture
def server(command: Any) -> Any:
    return command.start(f"[limits]\n{FAST}\nslowed_seconds = 2\nstalled_seconds = 20")


@pytest.fixture
def strict_server(command: Any) -> Any:
    return command.start(f"[limits]\n{FAST}\nslowed_seconds = 10\nstalled_seconds = 1")


async def room_of(server: Any, connect: Any, count: int, name: str = "room") -> list[Any]:
    """Return so many clients in one room, each of which has heard of all others."""
    clients: list[Any] = []
    for others in range(count):
        client = await connect(server)
        await client.join(name, others)
        for before in clients:
            assert await before.hear() == {"client_join": {"id": client.id}}
        clients.append(client)
    return clients


async def flood(sender: Any, recipient: Any | None = None, count: int = ENDLESS) -> None:
    """Send numbered messages, as fast as they are taken, until all are sent or the server closes."""
    to = {} if recipient is None else {"recipient": recipient.id}
    for number in range(count):
        await sender.socket.send_str(json.dumps({"relay": {**to, "message": f"{number} {MESSAGE}"}}))
        # Sending waits for nothing while the server takes all, and the close frame has to be read.
        await asyncio.sleep(0)


async def until_closed(sender: Any, flooding: "asyncio.Task[None]") -> tuple[int | None, str]:
    code, reason = await sender.closed()
    sender.socket._response.connection.transport.abort()
    await asyncio.gather(flooding, return_exceptions=True)
    return code, reason


def number_of(packet: Any) -> int:
    return int(packet["message"]["message"].partition(" ")[0])


class Pacer:
    """Two clients in a room of their own: what they say to each other takes time, so that others can be slow.

    That is so on any machine: a flooder needs far less for a message than these two for what they say meanwhile.
    """

    def __init__(self, clients: list[Any]) -> None:
        self.one, self.other = clients

    async def wait(self, exchanges: int = 40) -> None:
        for _ in range(exchanges):
            await self.one.say({"relay": {"message": "tick"}})
            assert "message" in await self.other.hear()


@pytest.fixture
async def pacer(server: Any, connect: Any) -> Pacer:
    return Pacer(await room_of(server, connect, 2, "pace"))


async def read_slowly(reader: Any, pacer: Pacer, leaves: int = 1) -> dict[int, list[int]]:
    """Read until so many have left, with a pause after each message; return the numbers heard, by sender."""
    heard: dict[int, list[int]] = {}
    while leaves:
        packet = await reader.hear()
        if "client_leave" in packet:
            leaves -= 1
        else:
            heard.setdefault(packet["message"]["sender"], []).append(number_of(packet))
            await pacer.wait()
    return heard


async def meet(one: Any, other: Any) -> None:
    """Let two clients exchange a message, after whatever else was said."""
    await one.say({"relay": {"recipient": other.id, "message": "-1"}})
    while "message" not in (packet := await other.hear()) or packet["message"]["sender"] != one.id:
        pass
    assert number_of(packet) == -1


async def test_a_flooder_is_slowed_and_then_closed_and_nobody_else_is(server: Any, connect: Any, pacer: Pacer) -> None:
    """What it had sent before arrives, whole and in order; the reader stays, and so do the others."""
    reader, flooder, ann = await room_of(server, connect, 3)
    flooding = asyncio.create_task(flood(flooder, reader))
    reading = asyncio.create_task(read_slowly(reader, pacer))
    assert await until_closed(flooder, flooding) == TOO_MUCH
    heard = (await reading)[flooder.id]
    assert heard == list(range(len(heard)))
    assert await ann.hear() == {"client_leave": {"id": flooder.id}}
    await meet(ann, reader)
    await meet(reader, ann)


@pytest.mark.slow
async def test_a_flood_of_a_whole_room(server: Any, connect: Any, pacer: Pacer) -> None:
    """The slowest reader sets the pace for the flooder, and for nobody else."""
    reader, flooder, ann, bob = await room_of(server, connect, 4)
    flooding = asyncio.create_task(flood(flooder))
    reading = asyncio.create_task(read_slowly(reader, pacer))
    for _ in range(20):
        await meet(ann, bob)
    assert not reading.done()
    draining = [asyncio.create_task(read_slowly(client, Idle())) for client in (ann, bob)]
    assert await until_closed(flooder, flooding) == TOO_MUCH
    for heard in await asyncio.gather(reading, *draining):
        numbers = heard[flooder.id]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
    await meet(ann, reader)


class Idle(Pacer):
    """Lets nobody wait."""

    def __init__(self) -> None: ...

    async def wait(self, exchanges: int = 0) -> None: ...


@pytest.mark.slow
async def test_several_flooders_do_not_throw_a_reader_out(server: Any, connect: Any, pacer: Pacer) -> None:
    """Each has its share and is closed in the end; meanwhile an honest one is heard."""
    reader, ann, *flooders = await room_of(server, connect, 5)
    floods = [asyncio.create_task(flood(flooder, reader)) for flooder in flooders]
    await ann.say({"relay": {"recipient": reader.id, "message": "0"}})
    reading = asyncio.create_task(read_slowly(reader, pacer, leaves=3))
    closed = [until_closed(flooder, flooding) for flooder, flooding in zip(flooders, floods, strict=True)]
    assert await asyncio.gather(*closed) == [TOO_MUCH] * 3
    heard = await reading
    assert heard.pop(ann.id) == [0]
    assert all(numbers == list(range(len(numbers))) for numbers in heard.values())
    await meet(ann, reader)


async def test_a_reader_that_stopped_is_closed_and_honest_senders_are_not(strict_server: Any, connect: Any) -> None:
    """They wait for it only until it is found out, and lose nothing."""
    stopped, ann, bob = await room_of(strict_server, connect, 3)
    sending = [asyncio.create_task(flood(ann, count=600)), asyncio.create_task(flood(bob, count=600))]

    async def hear_all(listener: Any) -> None:
        heard = []
        while len(heard) < 600:
            packet = await listener.hear()
            if "message" in packet:
                heard.append(number_of(packet))
            else:
                assert packet == {"client_leave": {"id": stopped.id}}
        assert heard == list(range(600))

    # Both read all the while: who waits for a turn is as slow as who has stopped.
    await asyncio.gather(hear_all(ann), hear_all(bob), *sending)
    assert await stopped.closed() == TOO_SLOW


async def test_a_stopped_reader_that_still_speaks_is_closed_as_well(strict_server: Any, connect: Any) -> None:
    """Its pings keep it from being idle, and nobody but the sender of a few messages is there."""
    stopped, ann = await room_of(strict_server, connect, 2)
    flooding = asyncio.create_task(flood(ann, stopped, count=ENOUGH))
    leaving = asyncio.create_task(ann.hear())
    while not leaving.done():
        await stopped.say({"ping": None})
        await asyncio.wait([leaving], timeout=0.1)
    assert leaving.result() == {"client_leave": {"id": stopped.id}}
    await flooding
    assert await stopped.closed() == TOO_SLOW


@pytest.fixture
async def small_session() -> AsyncIterator[aiohttp.ClientSession]:
    """Return a session whose system takes little that is not read."""

    def small_socket(info: Any) -> socket.socket:
        made = socket.socket(*info[:3])
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        return made

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(socket_factory=small_socket)) as made:
        yield made


async def test_joins_without_end_are_accounted_to_who_joins(
    server: Any, small_session: Any, connect: Any, pacer: Pacer
) -> None:
    """Frames that the server makes itself have no sender: they are accounted to who causes them."""
    reader, joiner = await connect(server, small_session), await connect(server)
    await reader.join("room")
    await joiner.join("room", others=1)
    assert await reader.hear() == {"client_join": {"id": joiner.id}}

    async def come_and_go() -> None:
        for _ in range(200_000):
            await joiner.socket.send_str('{"join":{}}')
            await joiner.socket.send_str('{"join":{"hash":"room"}}')
            await asyncio.sleep(0)

    coming = asyncio.create_task(come_and_go())
    assert await until_closed(joiner, coming) == TOO_MUCH
    await pacer.wait()
    assert set(await reader.hear()) == {"client_leave"}


async def test_what_a_sender_said_before_it_left_arrives(server: Any, connect: Any) -> None:
    """Also when it waits at the sender because the reader is slow."""
    reader, ann = await room_of(server, connect, 2)
    sending = asyncio.create_task(flood(ann, reader, count=300))
    sending.add_done_callback(lambda _: ann.socket._response.connection.transport.close())
    packets = await reader.hear_all(301)
    assert [number_of(packet) for packet in packets[:-1]] == list(range(300))
    assert packets[-1] == {"client_leave": {"id": ann.id}}
