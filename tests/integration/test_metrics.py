# SPDX-License-Identifier: AGPL-3.0-only
"""Numbers of a real server, at an address of its own."""

import asyncio
import contextlib
import re
import signal
import socket
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aioice import stun
from prometheus_client.parser import text_string_to_metric_families

from keks_meet.protocol.limits import METRICS_CONNECTIONS
from keks_meet.server.x509 import read_certificates

ON = '[metrics]\nbind = "127.0.0.1:0"\n'
HASH = "0123456789abcdef" * 4
Numbers = dict[tuple[str, ...], float]


def metrics_of(server: Any) -> str:
    """Return the address that the server says."""
    found = re.search(r"metrics are at (http://\S+)/metrics", server.log())
    assert found, server.log()
    return found[1]


async def numbers(session: aiohttp.ClientSession, server: Any) -> Numbers:
    async with session.get(f"{metrics_of(server)}/metrics") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        families = text_string_to_metric_families(await answer.text())
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


async def until(take: Callable[[], Awaitable[Numbers]], is_there: Callable[[Numbers], bool]) -> Numbers:
    """Ask until the numbers are as wanted: what ends is counted when it has ended."""
    deadline = time.monotonic() + 10
    while not is_there(found := await take()):
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.02)
    return found


async def test_what_a_room_comes_to(command: Any, session: aiohttp.ClientSession, connect: Any) -> None:
    """Connections, rooms, packets, bytes, and closes by code."""
    server = command.start(ON)
    ann, bob = await connect(server), await connect(server)
    await ann.join(HASH)
    await bob.join(HASH, others=1)
    await ann.hear()
    await ann.say({"relay": {"message": "A" * 1000}})
    assert "message" in await bob.hear()
    found = await numbers(session, server)
    assert (found["keks_meet_connections", "client"], found["keks_meet_client_limit",]) == (2, 5000)
    assert (found["keks_meet_rooms",], found["keks_meet_room_members",]) == (1, 2)
    assert found["keks_meet_received_packets_total", "join"] == 2
    assert found["keks_meet_received_packets_total", "relay"] == 1
    assert found["keks_meet_sent_packets_total", "init"] == 2
    assert found["keks_meet_sent_packets_total", "client_join"] == 4
    assert found["keks_meet_sent_packets_total", "message"] == 1
    assert 1000 < found["keks_meet_received_bytes_total",] < 1400
    assert 1000 < found["keks_meet_sent_bytes_total",] < 1800
    assert found["keks_meet_node_state", "ready"] == 1
    assert "keks_meet_certificate_end_timestamp_seconds" not in {name for name, *_ in found}
    await ann.socket.close()
    await bob.socket.send_str("no packet")
    assert (await bob.closed())[0] == 1007
    await bob.socket.close()
    found = await until(
        lambda: numbers(session, server), lambda found: found["keks_meet_closes_total", "server", "1007"] == 1
    )
    assert found["keks_meet_closes_total", "client", "1000"] == 1
    assert (found["keks_meet_connections", "client"], found["keks_meet_rooms",]) == (0, 0)


async def test_a_lost_connection_and_a_code_that_a_client_makes_up(
    command: Any, session: aiohttp.ClientSession, connect: Any
) -> None:
    server = command.start(ON)
    ann, bob = await connect(server), await connect(server)
    await ann.socket.close(code=4711)
    bob.socket._response.connection.transport.abort()
    found = await until(
        lambda: numbers(session, server), lambda found: found["keks_meet_closes_total", "nobody", "1006"] == 1
    )
    assert found["keks_meet_closes_total", "client", "other"] == 1
    assert "4711" not in {label for key in found for label in key}


async def test_a_close_frame_without_a_code(command: Any, session: aiohttp.ClientSession, connect: Any) -> None:
    """As pages send it. It is answered by an ordinary one."""
    server = command.start(ON)
    ann = await connect(server)
    await ann.socket._writer.send_frame(b"", aiohttp.WSMsgType.CLOSE)
    assert (await ann.closed())[0] == 1000
    await ann.socket.close()
    found = await until(
        lambda: numbers(session, server), lambda found: found["keks_meet_closes_total", "client", "1005"] == 1
    )
    assert found["keks_meet_closes_total", "client", "1000"] == 0


async def test_bytes_that_wait_for_a_slow_reader(command: Any, session: aiohttp.ClientSession, connect: Any) -> None:
    server = command.start(ON)
    slow, ann = await connect(server, max_msg_size=0), await connect(server)
    await slow.join(HASH)
    await ann.join(HASH, others=1)
    slow.socket._response.connection.transport.pause_reading()
    for _ in range(20):
        await ann.say({"relay": {"message": "A" * 200_000}})
    found = await until(lambda: numbers(session, server), lambda found: found["keks_meet_queued_bytes",] > 200_000)
    assert found["keks_meet_largest_queue_bytes",] == found["keks_meet_queued_bytes",]
    slow.socket._response.connection.transport.resume_reading()


async def test_stun_answers_and_refused_connections(command: Any, session: aiohttp.ClientSession, dial: Any) -> None:
    server = command.start(ON + "[limits]\nhttp_connections_per_address = 10\n[server]\ntrusted_proxies = []\n")
    loop = asyncio.get_running_loop()
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.bind(("127.0.0.1", 0))
        for packet in (b"nonsense", bytes(stun.Message(stun.Method.BINDING, stun.Class.REQUEST))):
            await loop.sock_sendto(sock, packet, ("127.0.0.1", server.port))
        await asyncio.wait_for(loop.sock_recv(sock, 2000), 10)
    dialed = [await dial(server) for _ in range(11)]
    assert await asyncio.wait_for(dialed[-1][0].read(), 10) == b""
    found = await numbers(session, server)
    assert found["keks_meet_stun_answers_total",] == 1
    assert found["keks_meet_refused_connections_total",] == 1
    assert found["keks_meet_connections", "page"] == 10


async def test_the_loop_is_watched(command: Any, session: aiohttp.ClientSession) -> None:
    """A server that is stopped for a while was late by that, and says so."""
    server = command.start(ON)
    server.process.send_signal(signal.SIGSTOP)
    await asyncio.sleep(0.6)
    server.process.send_signal(signal.SIGCONT)
    found = await until(
        lambda: numbers(session, server), lambda found: found["keks_meet_event_loop_lag_seconds_sum",] > 0.3
    )
    late = found["keks_meet_event_loop_lag_seconds_count",] - found["keks_meet_event_loop_lag_seconds_bucket", "0.25"]
    assert late >= 1
    assert found["keks_meet_event_loop_lag_seconds_bucket", "+Inf"] == found["keks_meet_event_loop_lag_seconds_count",]


async def test_whoever_asks_for_numbers_takes_no_more_than_some_connections(
    command: Any, session: aiohttp.ClientSession
) -> None:
    """None stays open; of silent ones there are 20, and the site goes on."""
    server = command.start(ON)
    async with session.get(f"{metrics_of(server)}/metrics") as answer:
        assert answer.headers["Connection"] == "close"
    port = int(metrics_of(server).rpartition(":")[2])
    async with contextlib.AsyncExitStack() as stack:
        for number in range(METRICS_CONNECTIONS + 1):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            stack.callback(writer.close)
            if number == METRICS_CONNECTIONS:
                assert await asyncio.wait_for(reader.read(), 5) == b""
        async with session.get(server.url) as answer:
            assert answer.status == 200


async def test_numbers_are_told_by_own_names_alone(command: Any, session: aiohttp.ClientSession) -> None:
    """A page of a name that somebody lets lead here (DNS rebinding) reads nothing."""
    server = command.start(ON)
    for host, status in (("evil.example", 421), ("localhost", 200)):
        async with session.get(f"{metrics_of(server)}/metrics", headers={"Host": host}) as answer:
            assert answer.status == status
            assert (b"keks_meet_rooms" in await answer.read()) == (status == 200)


async def test_numbers_are_gathered_once_for_many_who_ask(command: Any, session: aiohttp.ClientSession) -> None:
    server = command.start(ON, TEST_FRESH_SECONDS="60")
    async with session.get(f"{metrics_of(server)}/metrics") as answer:
        first = await answer.read()
    async with session.get(f"{metrics_of(server)}/metrics", headers={"Accept": "text/plain; version=1.x"}) as answer:
        assert await answer.read() == first


async def test_when_the_certificate_in_use_ends(
    command: Any, session: aiohttp.ClientSession, certificate: Path
) -> None:
    pem = certificate.read_bytes()  # noqa: ASYNC240 - a small file of the test
    server = command.start('[server]\ntls_cert = "cert.pem"\ntls_key = "key.pem"\n' + ON)
    found = await numbers(session, server)
    assert found["keks_meet_certificate_end_timestamp_seconds",] == read_certificates(pem).end


async def test_nothing_of_anybody_is_told(command: Any, session: aiohttp.ClientSession, connect: Any) -> None:
    """Neither room, id nor address, by which name whoever came."""
    server = command.start(ON)
    client = await connect(server, headers={"X-Forwarded-For": "203.0.113.77"})
    await client.join(HASH)
    await client.say({"watch_rooms": [HASH]})
    await client.hear()
    async with session.get(f"{metrics_of(server)}/metrics") as answer:
        text = await answer.text()
    for secret in (HASH[:8], str(client.id), "203.0.113", "127.0.0.1"):
        assert secret not in text


async def test_that_address_has_health_and_nothing_else(command: Any, session: aiohttp.ClientSession) -> None:
    """The main one has no metrics; when it is told to end, the address of metrics says so, too."""
    server = command.start(ON + "[server]\ndrain_seconds = 60\n")
    for url, status in (
        (f"{metrics_of(server)}/healthz", 200),
        (f"{metrics_of(server)}/readyz", 200),
        (f"{metrics_of(server)}/", 404),
        (f"{metrics_of(server)}/room", 404),
        (f"{server.url}/metrics", 404),
    ):
        async with session.get(url) as answer:
            assert answer.status == status, url
    async with session.post(f"{metrics_of(server)}/metrics") as answer:
        assert answer.status == 405
    server.process.terminate()
    found = await until(lambda: numbers(session, server), lambda found: found["keks_meet_node_state", "draining"] == 1)
    assert found["keks_meet_node_state", "ready"] == 0
    async with session.get(f"{metrics_of(server)}/readyz") as answer:
        assert answer.status == 503
    server.process.terminate()
    assert await asyncio.to_thread(server.process.wait, 5) == 0


def listening(pid: int) -> int:
    """Return on how many sockets of TCP a process listens."""
    links = (str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir() if file.is_symlink())
    own = {link for link in links if link.startswith("socket:")}
    lines = [line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]]
    return sum(fields[3] == "0A" and f"socket:[{fields[9]}]" in own for fields in lines)


@pytest.mark.parametrize(("config", "sockets"), [("", 1), (ON, 2)])
def test_metrics_are_off_by_default(command: Any, config: str, sockets: int) -> None:
    assert listening(command.start(config).process.pid) == sockets


def test_a_busy_address_is_told(command: Any) -> None:
    server = command.start()
    code, output = command.fail(f'[metrics]\nbind = "127.0.0.1:{server.port}"', BIND="127.0.0.1:0")
    assert code == 1
    assert "metrics.bind in the configuration sets another address" in output
