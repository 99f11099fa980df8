# SPDX-License-Identifier: AGPL-3.0-only
"""What a server configures for its clients, and that it can send them nowhere."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from keks_meet.client.files.sinks import MemorySink
from keks_meet.client.files.sources import FileSource
from keks_meet.client.ice_servers import IceConfig, IceServer
from keks_meet.client.room import Room
from keks_meet.client.signaling.http import fetch_ice_config, new_session
from keks_meet.errors import ServerUnreachable
from tests.e2e.harness.server import Server
from tests.native.conftest import Join
from tests.native.waiting import offer_in, peer_of


@asynccontextmanager
async def site(*routes: web.RouteDef) -> AsyncIterator[str]:
    """Serve these; gives the address."""
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class Inner:
    """An address that only this machine can reach."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        return web.json_response({"webrtc": {"stun": "stun:inner:1"}})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(status: int) -> None:
    """Neither of the configuration nor of signaling: a server could use them to reach into our network."""
    inner = Inner()
    async with site(web.get("/{path:.*}", inner.answer)) as elsewhere:

        async def send_elsewhere(request: web.Request) -> web.Response:
            return web.Response(status=status, headers={"Location": elsewhere + request.path})

        async with site(web.get("/{path:.*}", send_elsewhere)) as url:
            with pytest.raises(ServerUnreachable, match="it sends us to another address, which is not followed"):
                async with Room("secret", server=url):
                    pass
    assert inner.asked == []


async def test_an_endless_configuration_is_not_read_to_its_end() -> None:
    async def without_end(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" " * 65_536)

    async with site(web.get("/config.json", without_end)) as url, new_session(20) as http:
        assert await fetch_ice_config(http, f"{url}/config.json") == IceConfig()


async def test_a_server_that_drips_is_given_up() -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.01)

    async with site(web.get("/config.json", drip)) as url, new_session(0.3) as http:
        with pytest.raises(TimeoutError):
            await fetch_ice_config(http, f"{url}/config.json")


@pytest.mark.parametrize("seconds", [0, -1, "soon"])
async def test_a_lifetime_that_is_none_makes_it_no_configuration(seconds: object) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"webrtc": {"turn": "turn:t:1", "turn_valid_seconds": seconds}})

    async with site(web.get("/config.json", answer)) as url, new_session(20) as http:
        assert await fetch_ice_config(http, f"{url}/config.json") == IceConfig()


async def test_each_way_to_a_turn_server_is_taken() -> None:
    urls = ["turn:t:1", "turn:t:1?transport=tcp"]

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response({"webrtc": {"turn": urls[0], "turn_urls": urls, "turn_user": "u", "turn_cred": "c"}})

    async with site(web.get("/config.json", answer)) as url, new_session(20) as http:
        found = await fetch_ice_config(http, f"{url}/config.json")
    assert found == IceConfig(tuple(IceServer(each, "u", "c") for each in urls))


@pytest_asyncio.fixture(loop_scope="session")
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """A server whose credentials always end soon."""
    turn = {"turn": "turn:127.0.0.1:9", "turn_secret": "a secret", "turn_valid_seconds": 60}
    made = Server(tmp_path, {"webrtc": turn})
    await made.start()
    yield made
    await made.stop()


def turn_user(room: Room) -> str:
    """The user of the first connection."""
    (connection,) = room._runtime._connections._open.values()
    (name,) = [each.username for each in connection._connection.get_configuration().ice_servers if each.username]
    return str(name)


async def test_new_credentials_for_each_connection_and_each_restart(join: Join, tmp_path: Path) -> None:
    """When the old ones end within ten minutes."""
    (tmp_path / "file").write_bytes(b"data")
    alice, bob = await join("alice"), await join("bob")
    first = {room: room._runtime._connections._ice_servers.servers[-1].username for room in (alice, bob)}
    await alice.provide(FileSource(tmp_path / "file"), "it")
    peer, _ = await offer_in(bob)
    sink = MemorySink(10)
    await bob.download(peer.key, "it", sink)
    assert sink.data == b"data"
    used = {room: turn_user(room) for room in (alice, bob)}
    assert len({*first.values(), *used.values()}) == 4
    connection = next(iter(alice._runtime._connections._open.values()))
    connection.restart_ice()
    async with asyncio.timeout(10):
        while turn_user(alice) == used[alice]:
            await asyncio.sleep(0.01)
    assert turn_user(alice) not in {*first.values(), *used.values()}
    await peer_of(alice, "bob")
