# SPDX-License-Identifier: AGPL-3.0-only
"""Probes against servers that answer oddly, each of a kind that is met or made up by somebody."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aioice import stun

from keks_meet.server.addresses import Address
from keks_meet.server.check import port_probes, run, site_probe, turn_probe
from keks_meet.server.check.findings import Level
from keks_meet.server.check.port_probes import stun_answers, try_tcp
from keks_meet.server.check.ports import Port
from keks_meet.server.check.proxies import SiteAnswer
from keks_meet.server.check.relay import TurnWay
from keks_meet.server.check.site_probe import ask_site, watch_arrival
from keks_meet.server.check.turn_probe import ask_for_relay
from keks_meet.server.client_config import TurnCredentials
from keks_meet.server.config import Config, Server, WebRtc
from tests.e2e.harness.server import free_port

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
LONG = "a" * 64 + ".example"
"""A name with a label that is too long."""


@contextlib.asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[Address]:
    runner = web.ServerRunner(web.Server(handler))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield Address(*runner.addresses[0])
    finally:
        await runner.cleanup()


async def test_who_sends_us_elsewhere_is_not_followed() -> None:
    asked = []

    async def elsewhere(_request: web.BaseRequest) -> web.Response:
        asked.append(1)
        return web.Response(headers={"Server": "keks-meet"})

    async with serving(elsewhere) as target:

        async def redirect(_request: web.BaseRequest) -> web.Response:
            return web.Response(status=302, headers={"Location": f"http://{target}/"})

        async with serving(redirect) as address:
            assert await try_tcp(address, "server.bind") == Port.TAKEN
    assert not asked


async def test_a_socket_that_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """As systemd holds it before the server runs."""
    monkeypatch.setattr(port_probes, "_PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as held:
        address = Address(*held.getsockname())
        assert await try_tcp(address, "server.bind") == Port.SILENT
        found = await run.look(Config(server=Server(bind=str(address), stun_bind="")), None, None)
    assert [each.level for each in found if "nobody answers" in each.what] == [Level.NOTE]
    assert any("socket activation" in each.advice for each in found)


async def test_a_configuration_that_comes_in_pieces() -> None:
    body = json.dumps({"webrtc": {"stun": 7}}).encode()

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for piece in (body[:5], body[5:]):
            await response.write(piece)
            await asyncio.sleep(0.05)
        return response

    async with serving(answer) as address:
        found = await ask_site(f"http://{address}")
    assert found == SiteAnswer(status=200, is_ours=True, websocket=200)


@pytest.mark.parametrize("body", [b"[" * 60_000, b"{}" * 60_000, b"\xff"])
async def test_what_is_no_configuration(body: bytes) -> None:
    async def answer(_request: web.BaseRequest) -> web.Response:
        return web.Response(body=body)

    async with serving(answer) as address:
        assert await ask_site(f"http://{address}") == SiteAnswer(status=200)


@pytest.mark.parametrize("url", [f"https://{LONG}", "http://a\nb", "http://\udcff", "http://a..b"])
async def test_addresses_that_there_cannot_be(url: str) -> None:
    assert (await ask_site(url)).error
    found = await watch_arrival(Config(server=Server(bind=f"127.0.0.1:{free_port()}")), url, None)
    assert isinstance(found, SiteAnswer)
    assert found.error


@pytest.mark.parametrize(
    ("told", "is_asked", "level"),
    [
        ("stun:meet.example:3478", True, Level.OK),
        ("stun:own.example", True, Level.OK),
        ("stun:[2001:db8::1]:3478", True, Level.OK),
        ("stun:printer.internal:631", False, Level.NOTE),
        ("stun:meet.example:99999", False, Level.WARNING),
        ("stun:meet.example:" + "9" * 5000, False, Level.WARNING),
        ("http://meet.example/", False, Level.WARNING),
        ("", False, Level.WARNING),
        (None, False, Level.WARNING),
    ],
)
async def test_whom_a_site_has_us_ask(
    told: str | None, *, is_asked: bool, level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody but hosts that are ours."""
    asked = []

    async def answers(*where: Any) -> bool:
        asked.append(where)
        return True

    async def site(_url: str) -> SiteAnswer:
        return SiteAnswer(status=200, is_ours=True, websocket=101, stun=told)

    monkeypatch.setattr(run, "stun_answers", answers)
    monkeypatch.setattr(run, "ask_site", site)
    config = Config(server=Server(names=("[2001:db8::1]",)), webrtc=WebRtc(stun="stun:OWN.example:3478"))
    found = [each async for each in run._about_public(config, "https://Meet.example", Port.OURS, None)]
    assert bool(asked) == is_asked
    assert [each.level for each in found if each.about == "STUN"] == [level]


@pytest.mark.parametrize(("host", "port"), [(LONG, 1), ("127.0.0.1", 65_536), ("a..b", 1)])
async def test_no_address_of_stun(host: str, port: int) -> None:
    assert not await stun_answers(host, port)


@pytest.mark.parametrize(
    "config",
    [
        Config(server=Server(bind=f"{LONG}:1", stun_bind=f"{LONG}:1")),
        Config(webrtc=WebRtc(turn=f"turn:{LONG}", turn_user="a", turn_cred="b")),
        Config(webrtc=WebRtc(turn=("turn:a..b:1", "turn:999.999.999.999"), turn_user="a", turn_cred="b")),
        Config(server=Server(tls_cert="/" + "a" * 300, tls_key="b")),
    ],
)
async def test_configurations_that_cannot_work_are_judged(config: Config) -> None:
    if config.server.tls_cert is None and config.server.bind == Server().bind:
        config = Config(server=Server(bind=f"127.0.0.1:{free_port()}", stun_bind=""), webrtc=config.webrtc)
    found = await run.look(config, f"https://{LONG}", None)
    assert any(LONG in each.what or "TURN" in each.about or "https" in each.about for each in found)


@pytest.mark.parametrize("kind", [stun.Class.RESPONSE, stun.Class.ERROR])
async def test_an_answer_about_a_relay_that_lacks_all(kind: stun.Class) -> None:
    """It says that all went well, or not, and nothing else."""

    class Answering(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: Any) -> None:
            asked = stun.parse_message(data)
            said = stun.Message(asked.message_method, kind, asked.transaction_id)
            self.transport.sendto(bytes(said), addr)

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Answering, ("127.0.0.1", 0))
    way = TurnWay("127.0.0.1", transport.get_extra_info("sockname")[1], "udp", is_tls=False)
    found = await ask_for_relay(way, TurnCredentials("ann", "secret"))
    transport.close()
    assert found.error
    assert found.relayed is None


async def test_an_answer_that_breaks_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """As versions of it that we allow have it: they look for what is not there."""

    async def create(*_arguments: Any, **_more: Any) -> None:
        raise KeyError("XOR-RELAYED-ADDRESS")

    monkeypatch.setattr(turn_probe.turn, "create_turn_endpoint", create)
    found = await ask_for_relay(TurnWay("127.0.0.1", 1, "udp", is_tls=False), TurnCredentials("ann", "secret"))
    assert found.error == "its answer makes no sense"


async def test_strangers_are_told_that_the_server_does_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """While a check listens in its place: a load balancer must not take that for a server."""
    config = Config(server=Server(bind=f"127.0.0.1:{free_port()}"))

    async def knock(url: str, _headers: dict[str, str]) -> SiteAnswer:
        async with aiohttp.ClientSession() as session:
            for stranger in (url.partition("?")[0], url.replace("/signaling", "/readyz")):
                async with session.get(stranger) as answer:
                    assert answer.status == 503
            async with session.get(url) as answer:
                return SiteAnswer(status=answer.status)

    monkeypatch.setattr(site_probe, "_knock", knock)
    assert not isinstance(await watch_arrival(config, f"http://{config.server.bind}", None), SiteAnswer)
