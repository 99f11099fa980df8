# SPDX-License-Identifier: AGPL-3.0-only
"""[S12]: what one address may have, directly and behind proxies."""

import asyncio
import contextlib
import socket
from pathlib import Path
from typing import Any

import aiohttp
import pytest

ANN, BOB = "203.0.113.1", "203.0.113.2"
DIRECT = "[server]\ntrusted_proxies = []\n"
TOO_MANY = (1013, "too many connections from this address")


def through(address: str, header: str = "X-Forwarded-For") -> dict[str, Any]:
    """Return options for a connection through a proxy that tells of this address."""
    return {"headers": {header: address}}


async def refusal(server: Any, session: aiohttp.ClientSession, **options: Any) -> tuple[int, str]:
    """Connect, and return how the server closes that."""
    async with session.ws_connect(f"{server.url}/signaling", autoclose=False, **options) as refused:
        message = await refused.receive(timeout=10)
        assert message.type is aiohttp.WSMsgType.CLOSE
        return message.data, message.extra or ""


async def connected_again(server: Any, session: aiohttp.ClientSession, **options: Any) -> None:
    """Connect until the server has room again."""
    while True:
        async with session.ws_connect(f"{server.url}/signaling", autoclose=False, **options) as socket:
            message = await socket.receive(timeout=10)
            if message.type is aiohttp.WSMsgType.TEXT:
                return


async def test_clients_of_one_address(command: Any, session: aiohttp.ClientSession, connect: Any) -> None:
    """There is room again when one has left; what a stranger writes into headers is ignored."""
    server = command.start(f"{DIRECT}[limits]\nconnections_per_address = 2")
    first, _ = await connect(server), await connect(server, **through(ANN))
    assert await refusal(server, session) == TOO_MANY
    assert await refusal(server, session, **through(BOB)) == TOO_MANY
    assert "if it is a proxy, name it in trusted_proxies" in server.log()
    await first.socket.close()
    await connected_again(server, session)


async def test_clients_behind_a_proxy(command: Any, session: aiohttp.ClientSession, connect: Any) -> None:
    """They count for the address that the proxy tells, in whatever form; this machine is trusted by default."""
    server = command.start("[limits]\nconnections_per_address = 1")
    await connect(server, **through(ANN))
    for same in (ANN, f"{BOB}, {ANN}", f"::ffff:{ANN}", f"{ANN}:4711"):
        assert await refusal(server, session, **through(same)) == TOO_MANY
    await connect(server, **through(f"{ANN}, {BOB}"))
    await connect(server, **through("2001:db8:1:2::1"))
    assert await refusal(server, session, **through("[2001:db8:1:2:ffff::9]:1")) == TOO_MANY
    await connect(server, **through("2001:db8:1:3::1"))
    await connect(server)
    await connect(server, **through(ANN, "Forwarded"))


async def test_the_other_header(command: Any, session: aiohttp.ClientSession, connect: Any) -> None:
    server = command.start('[server]\nforwarded_header = "Forwarded"\n[limits]\nconnections_per_address = 1')
    await connect(server, **through(f"for={ANN};proto=https", "Forwarded"))
    assert await refusal(server, session, **through(f'for="{ANN}:4711"', "Forwarded")) == TOO_MANY
    await connect(server, **through(ANN))


async def test_connections_for_pages(command: Any, session: aiohttp.ClientSession, dial: Any, connect: Any) -> None:
    """One address cannot take all sockets by keeping them open; clients do not count among them."""
    server = command.start(f"{DIRECT}[limits]\nhttp_connections_per_address = 10")
    for _ in range(3):
        await connect(server)
    # No more than half of them are kept after their answer, so the others ask for nothing.
    for _ in range(5):
        reader, writer = await dial(server)
        writer.write(b"GET /version HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b"200" in await reader.readline()
    for _ in range(5):
        await dial(server)
    refused, _ = await dial(server)
    # At once, and not as one that says nothing for too long.
    async with asyncio.timeout(5):
        with contextlib.suppress(ConnectionError):
            assert await refused.read() == b""


async def test_connections_are_not_kept_when_they_are_scarce(command: Any, dial: Any) -> None:
    server = command.start(f"{DIRECT}[limits]\nhttp_connections_per_address = 10")
    for number in range(1, 11):
        reader, writer = await dial(server)
        writer.write(b"GET /version HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        assert (b"Connection: close" in head) == (number > 5)
        if number > 5:
            assert b"keks-meet" in await reader.read(), "and it is closed: the next one finds a place"


async def test_half_handshakes_count(command: Any, dial: Any, certificate: Path) -> None:
    """Also those of TLS that never end; their places come back."""
    config = f'{DIRECT}tls_cert = "{certificate}"\ntls_key = "{certificate.with_name("key.pem")}"\n'
    server = command.start(f"{config}[limits]\nhttp_connections_per_address = 10\nhandshake_seconds = 2")
    silent = [await dial(server) for _ in range(10)]
    refused, _ = await dial(server)
    with contextlib.suppress(ConnectionError):
        assert await refused.read() == b""
    for reader, _ in silent:
        with contextlib.suppress(ConnectionError):
            await asyncio.wait_for(reader.read(), 20)
    for _ in range(10):
        await dial(server)
    last, _ = await dial(server)
    with contextlib.suppress(ConnectionError):
        assert await last.read() == b""


async def test_joins_of_one_address(command: Any, connect: Any) -> None:
    """They are slowed, then refused; those of other addresses are not."""
    server = command.start("[limits]\nburst_joins = 10\njoins_per_second = 0.1")
    ann, slowed, refused = [await connect(server, **through(ANN)) for _ in range(3)]
    bob = await connect(server, **through(BOB))
    for _ in range(10):
        await ann.join("room")
    await slowed.say({"join": {"hash": "room"}})
    await ann.say({"ping": None})
    await refused.say({"join": {"hash": "room"}})
    assert await refused.closed() == (1013, "too many joins from this address")
    await bob.join("room", others=1)
    # Closing politely would take as long as its place in the line.
    slowed.socket._response.connection.transport.abort()


async def test_watches_of_one_address(command: Any, connect: Any) -> None:
    server = command.start("[limits]\nwatched_rooms_per_address = 3")
    ann, another, bob = [await connect(server, **through(address)) for address in (ANN, ANN, BOB)]
    await ann.say({"watch_rooms": ["a", "b", "b"]})
    await ann.join("a")
    assert await ann.hear() == {"room_info": {"hash": "a", "user_count": 1}}
    await another.say({"watch_rooms": ["a", "b"]})
    assert await another.closed() == (1008, "more rooms to watch than one address may")
    await ann.say({"watch_rooms": ["c"]})
    await bob.say({"watch_rooms": ["a", "b", "c"]})
    assert await bob.hear() == {"room_info": {"hash": "a", "user_count": 1}}
    again = await connect(server, **through(ANN))
    await again.say({"watch_rooms": ["a", "b"]})
    assert await again.hear() == {"room_info": {"hash": "a", "user_count": 1}}


async def test_a_unix_socket(command: Any, connect: Any, tmp_path: Path) -> None:
    """Whoever may open it is taken for a proxy: its header counts, and without one nothing is counted."""
    path = str(tmp_path / "socket")
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(path)
        unix.listen()
        for sock in (tcp, unix):
            sock.set_inheritable(True)
        server = command.start(
            f"{DIRECT}[limits]\nconnections_per_address = 1", TEST_HAND_OVER=f"{tcp.fileno()},{unix.fileno()}"
        )
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(path)) as local:
        await connect(server, local, **through(ANN))
        assert await refusal(server, local, **through(ANN)) == TOO_MANY
        await connect(server, local)
        await connect(server, local)


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("trusted_proxies = ['10.0.0.1/8']", "server.trusted_proxies: expected addresses and networks such as"),
        ("trusted_proxies = ['proxy.example']", "server.trusted_proxies: expected addresses and networks such as"),
        ("forwarded_header = 'X-Real-IP'", "server.forwarded_header: "),
    ],
)
def test_mistakes(command: Any, config: str, said: str) -> None:
    code, output = command.fail(f"[server]\n{config}")
    assert code == 2
    assert said in output
