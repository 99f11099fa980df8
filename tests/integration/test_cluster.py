# SPDX-License-Identifier: AGPL-3.0-only
"""Servers that are nodes of one cluster, with a real NATS: where a client is connected makes no difference [C1]."""

import asyncio
import contextlib
import select
import signal
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest

from keks_meet.server.config import Cluster, Config, Server
from keks_meet.server.service import Service
from keks_meet.server.sockets import open_sockets
from tests.integration.cluster import Nats, running_nats
from tests.integration.conftest import write_certificate
from tests.integration.test_address_limits import TOO_MANY, connected_again

READY_SECONDS = 15
ROOMS = [f"room {number}" for number in range(20)]
"""So many that each of two nodes is home to some: of a million runs, one has them all at one node."""
MOVED_SECONDS = 5
"""The time after which a room has moved that is to move at all."""


@pytest.fixture
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    with running_nats(tmp_path_factory.mktemp("nats")) as nats:
        yield nats


async def until_ready(session: aiohttp.ClientSession, *servers: Any, status: int = 200) -> None:
    async with asyncio.timeout(READY_SECONDS):
        for server in servers:
            while True:
                async with session.get(f"{server.url}/readyz") as answer:
                    if answer.status == status:
                        break
                await asyncio.sleep(0.02)


@pytest.fixture
async def nodes(command: Any, nats: Nats, session: aiohttp.ClientSession) -> list[Any]:
    servers = [command.start(nats.config, "--verbose") for _ in range(2)]
    await until_ready(session, *servers)
    return servers


async def test_members_meet_whichever_node_they_are_at(nodes: list[Any], connect: Any) -> None:
    """In four rooms, of which each node is very likely home to one [C4]."""
    for number in range(4):
        ann, bob = await connect(nodes[0]), await connect(nodes[1])
        watcher = await connect(nodes[1])
        room = f"room {number}"
        await watcher.say({"watch_rooms": [room]})
        await ann.join(room)
        assert await watcher.hear() == {"room_info": {"hash": room, "user_count": 1}}
        await bob.say({"join": {"hash": room}})
        assert await bob.hear_all(2) == [{"client_join": {"id": bob.id}}, {"client_join": {"id": ann.id}}]
        assert await ann.hear() == {"client_join": {"id": bob.id}}
        assert await watcher.hear() == {"room_info": {"hash": room, "user_count": 2}}
        await ann.say({"relay": {"message": "to all"}})
        await bob.say({"relay": {"recipient": ann.id, "message": "to you"}})
        assert await bob.hear() == {"message": {"sender": ann.id, "message": "to all"}}
        assert await ann.hear() == {"message": {"sender": bob.id, "message": "to you"}}
        await ann.say({"join": {}})
        assert await ann.hear() == {"client_leave": {"id": ann.id}}
        assert await bob.hear() == {"client_leave": {"id": ann.id}}
        await bob.socket.close()
        assert [await watcher.hear() for _ in range(2)] == [
            {"room_info": {"hash": room, "user_count": count}} for count in (1, 0)
        ]


async def test_a_client_moves_between_rooms_of_all_nodes(nodes: list[Any], connect: Any) -> None:
    """What it says at once is heard in order, in the room in which it was said [C7]."""
    ann, bob = await connect(nodes[0]), await connect(nodes[1])
    for number in range(6):
        await bob.say({"join": {"hash": f"room {number}"}})
        assert await bob.hear() == {"client_join": {"id": bob.id}}
        await ann.say({"join": {"hash": f"room {number}"}})
        await ann.say({"relay": {"message": f"hello {number}"}})
        await ann.say({"join": {"hash": "another room"}})
        assert await ann.hear_all(3) == [
            {"client_join": {"id": ann.id}},
            {"client_join": {"id": bob.id}},
            {"client_join": {"id": ann.id}},
        ]
        assert await bob.hear_all(3) == [
            {"client_join": {"id": ann.id}},
            {"message": {"sender": ann.id, "message": f"hello {number}"}},
            {"client_leave": {"id": ann.id}},
        ]


async def test_a_node_that_is_killed_is_noticed(
    nodes: list[Any], command: Any, connect: Any, session: aiohttp.ClientSession
) -> None:
    """Its clients leave where they were; members of its rooms are closed, and meet again [C6]."""
    pairs = [(await connect(nodes[0]), await connect(nodes[1]), room) for room in ROOMS]
    for ann, bob, room in pairs:
        await bob.join(room)
        await ann.join(room, others=1)
        assert await bob.hear() == {"client_join": {"id": ann.id}}
    killed = nodes[0]
    killed.process.send_signal(signal.SIGKILL)
    endings = await asyncio.gather(*(ending(bob, ann.id) for ann, bob, _ in pairs))
    assert set(endings) == {"left", "closed"}, "each node was some room's home"
    command.running.remove(killed)
    killed.process.wait(10)
    killed.process.stdout.close()
    ann, bob = await connect(nodes[1]), await connect(nodes[1])
    for number, room in enumerate(ROOMS):
        await ann.say({"join": {"hash": room}})
        assert await ann.hear() == {"client_join": {"id": ann.id}}
        if endings[number] == "left":
            assert await ann.hear() == {"client_join": {"id": pairs[number][1].id}}
            await pairs[number][1].socket.close()
            assert await ann.hear() == {"client_leave": {"id": pairs[number][1].id}}
    await bob.join(ROOMS[-1], others=1)


async def is_closed(client: Any) -> bool:
    """Tell whether a client is closed, of those whose rooms move."""
    with contextlib.suppress(TimeoutError):
        return bool((await client.socket.receive(timeout=MOVED_SECONDS)).type is aiohttp.WSMsgType.CLOSE)
    return False


async def ending(client: Any, other: int) -> str:
    """Wait until a client hears that another one left, or is closed itself."""
    message = await client.socket.receive(timeout=10)
    if message.type is aiohttp.WSMsgType.CLOSE:
        assert message.data == 1001
        await client.socket.close()
        return "closed"
    assert message.json() == {"client_leave": {"id": other}}
    return "left"


async def test_without_nats_no_clients_are_taken(
    nats: Nats, nodes: list[Any], connect: Any, session: aiohttp.ClientSession
) -> None:
    """Who is there is closed: nobody can know who else is in a room. With NATS all is as before [C6]."""
    ann = await connect(nodes[0])
    await ann.join("room")
    nats.kill()
    code, _ = await ann.closed()
    assert code == 1001
    await ann.socket.close()
    await until_ready(session, *nodes, status=503)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await connect(nodes[1])
    assert refused.value.status == 503
    async with session.get(nodes[0].url) as page:
        assert page.status == 200
    nats.start_again()
    await until_ready(session, *nodes)
    ann, bob = await connect(nodes[0]), await connect(nodes[1])
    await ann.join("room")
    await bob.join("room", others=1)


@pytest.mark.slow
async def test_a_server_may_start_before_nats(
    nats: Nats, command: Any, connect: Any, session: aiohttp.ClientSession
) -> None:
    """It says that it is ready once it takes clients, and answers that it is not until then."""
    nats.kill()
    server = command.begin(nats.config)
    server.wait_for("NATS cannot be reached yet")
    for _ in range(5):  # so that it has had its turns to say it
        await until_ready(session, server, status=503)
    assert not select.select([server.process.stdout], [], [], 0)[0]
    nats.start_again()
    assert f"is ready: open {server.url}" in await asyncio.to_thread(server.process.stdout.readline)
    await until_ready(session, server)
    await (await connect(server)).join("room")


@pytest.mark.slow
async def test_a_node_that_drains_gives_its_rooms_away_first(
    nats: Nats, command: Any, connect: Any, session: aiohttp.ClientSession
) -> None:
    """Members elsewhere are closed once, and meet at another node while this one still sends clients away [C7]."""
    settings = "[server]\ndrain_seconds = 8\n"
    staying, going = command.start(nats.config), command.start(settings + nats.config)
    await until_ready(session, staying, going)
    members = [await connect(staying) for _ in ROOMS]
    for member, room in zip(members, ROOMS, strict=True):
        await member.join(room)
    last = [await connect(going) for _ in range(2)][-1]
    going.process.terminate()
    closed = await asyncio.gather(*map(is_closed, members))
    assert set(closed) == {True, False}, "each node was some room's home"
    for member, room, is_gone in zip(members, ROOMS, closed, strict=True):
        if not is_gone:
            await member.say({"watch_rooms": [room]})
            assert await member.hear() == {"room_info": {"hash": room, "user_count": 1}}
    assert not last.socket.closed


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ('nats = "http://127.0.0.1"', "cluster.nats: expected an address such as nats://127.0.0.1:4222"),
        ('nats = "nats://me:secret@127.0.0.1"', "without credentials"),
        ('token = "a"', "credentials or a certificate are set, but nats is not"),
    ],
)
def test_what_cannot_be_is_said(command: Any, section: str, said: str) -> None:
    code, text = command.fail(f"[cluster]\n{section}\n")
    assert code == 2
    assert said in text


@pytest.mark.slow
def test_a_nats_for_smaller_messages_is_refused(command: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    with running_nats(tmp_path_factory.mktemp("small")) as nats:
        code, text = command.fail(
            f"[limits]\nmessage_bytes = 16777216\nqueued_bytes = 134217728\n{nats.config}", BIND="127.0.0.1:0"
        )
    assert code == 2
    assert "set max_payload there" in text


@pytest.mark.slow
async def test_credentials_are_used_and_never_shown(
    command: Any, session: aiohttp.ClientSession, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with running_nats(tmp_path_factory.mktemp("closed"), "--auth", "open-sesame") as nats:
        right = command.start(f'{nats.config}token = "open-sesame"\n', "--verbose")
        wrong = command.begin(f'{nats.config}token = "open-barley"\n', "--verbose")
        await until_ready(session, right)
        await until_ready(session, wrong, status=503)
        assert "NATS fails: it refuses the credentials" in wrong.log()
        assert "open-" not in right.log() + wrong.log()
        right.stop()
        wrong.stop()


@pytest.mark.slow
async def test_tls_is_spoken_where_it_is_wanted_and_nothing_else(
    command: Any, session: aiohttp.ClientSession, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The certificate has to be one of ours; to a NATS without TLS, not even the password is said."""
    folder = tmp_path_factory.mktemp("tls")
    certificate = write_certificate(folder)
    options = ("--tls", "--tlscert", str(certificate), "--tlskey", str(folder / "key.pem"), "--auth", "open-sesame")
    with running_nats(tmp_path_factory.mktemp("nats"), *options) as nats:
        lines = 'token = "open-sesame"\n'
        url = f'[cluster]\nnats = "tls://127.0.0.1:{nats.port}"\n{lines}'
        right = command.start(f'{url}tls_ca = "{certificate}"\n')
        stranger = command.begin(url)
        await until_ready(session, right)
        await until_ready(session, stranger, status=503)
        assert "NATS fails: its certificate is not trusted" in stranger.log()
        right.stop()
        stranger.stop()
    with running_nats(tmp_path_factory.mktemp("plain")) as nats:
        cheated = command.begin(f'[cluster]\nnats = "tls://127.0.0.1:{nats.port}"\n{lines}tls_ca = "{certificate}"\n')
        await until_ready(session, cheated, status=503)
        cheated.wait_for("NATS fails: it speaks no TLS, and tls:// wants that")
        cheated.stop()


@pytest.mark.slow
async def test_a_nats_that_refuses_for_a_while_is_used_again(
    command: Any, session: aiohttp.ClientSession, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Its library gives up when it is refused; the server does not."""
    with running_nats(tmp_path_factory.mktemp("nats"), "--auth", "open-sesame") as nats:
        server = command.start(f'{nats.config}token = "open-sesame"\n')
        await until_ready(session, server)
        nats.kill()
        nats.options = ("--auth", "open-barley")
        nats.start_again()
        server.wait_for("it refuses the credentials")
        await until_ready(session, server, status=503)
        nats.kill()
        nats.options = ("--auth", "open-sesame")
        nats.start_again()
        await until_ready(session, server)
        server.stop()


@pytest.mark.slow
async def test_lists_of_rooms_to_watch_count_as_many_packets(nats: Nats, command: Any, connect: Any) -> None:
    """Each room is asked of a home, so who changes long lists again and again is slowed."""
    server = command.start(f"{nats.config}[limits]\nburst_packets = 100\npackets_per_second = 50\n")
    async with aiohttp.ClientSession() as session:
        await until_ready(session, server)
    client = await connect(server)
    began = time.monotonic()
    for turn in range(3):
        await client.say({"watch_rooms": [f"{turn} {number}" for number in range(100)]})
    await client.join("room")
    assert time.monotonic() - began > 3


async def refusal(server: Any, session: aiohttp.ClientSession) -> tuple[int, str] | None:
    """Connect, and return how that is closed; None when it is not."""
    async with session.ws_connect(f"{server.url}/signaling", autoclose=False) as socket:
        message = await socket.receive(timeout=10)
        return (message.data, message.extra or "") if message.type is aiohttp.WSMsgType.CLOSE else None


@pytest.mark.slow
async def test_an_address_counts_at_all_nodes(
    nats: Nats, command: Any, connect: Any, session: aiohttp.ClientSession
) -> None:
    """Near enough: nodes tell each other once a second [C5]."""
    limits = "[limits]\nconnections_per_address = 4\n[server]\ntrusted_proxies = []\n"
    nodes = [command.start(limits + nats.config) for _ in range(2)]
    await until_ready(session, *nodes)
    clients = [await connect(node) for node in (*[nodes[0]] * 3, nodes[1])]
    async with asyncio.timeout(10):
        while await refusal(nodes[1], session) != TOO_MANY:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.1)
    await clients[0].socket.close()
    async with asyncio.timeout(10):
        await connected_again(nodes[1], session)


async def test_nothing_is_left_of_clients(
    nats: Nats, command: Any, connect: Any, session: aiohttp.ClientSession, pages: Any
) -> None:
    """[S9]: at their edge and at the homes of their rooms, however they end."""
    other = command.start(nats.config)
    config = Config(server=Server(bind="127.0.0.1:0"), cluster=Cluster(nats=f"nats://127.0.0.1:{nats.port}"))
    service = Service(config, open_sockets(config.server, {}), pages)
    await service.start()
    here = SimpleNamespace(url=service.addresses[0])
    await until_ready(session, here, other)
    for number in range(12):
        ann, bob = await connect(here), await connect(other)
        await ann.say({"watch_rooms": [f"room {number}", "elsewhere"]})
        await bob.say({"watch_rooms": [f"room {number}"]})
        await ann.join(f"room {number}")
        await bob.say({"join": {"hash": f"room {number}"}})
        await ann.say({"relay": {"message": "A" * 60_000}})
        await ann.say({"join": {"hash": "another room"}} if number % 2 else "nonsense")
        for client in (ann, bob):
            client.socket._response.connection.transport.abort()
    core = service._rooms._core
    async with asyncio.timeout(10):
        while what_is_left(core):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.02)
    await service.stop()
    assert not service._rooms._windows._full
    assert not service._rooms._reading


def what_is_left(core: Any) -> list[Any]:
    """Return what a node knows of anybody."""
    edge, home = core._edge, core._home
    known = [edge._clients, edge._members, edge._watching._lists, edge._watching._rooms, edge._windows._windows]
    known += [home.hub._clients, home.hub._rooms, home.hub._watchers, home._watches, home._watched, home._probes]
    present = home._present
    return [each for each in (*known, present._edges, present._rooms, present._members) if each]
