# SPDX-License-Identifier: AGPL-3.0-only
"""A server behind nginx and Caddy as deploy/ has them, at the root of a site and below a path of one."""

import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver

from tests.deploy.proxies import (
    caddyfile,
    make_certificate,
    nginx_path,
    nginx_site,
    running_caddy,
    running_nginx,
)
from tests.e2e.harness.server import Server, free_port

# Clients are at other addresses of the loopback interface than the proxy, which alone is believed.
LIMITED = {"server": {"trusted_proxies": ["127.0.0.1"]}, "limits": {"connections_per_address": 1}}
Run = Callable[[Path, int, str], AbstractContextManager[None]]


@dataclass(frozen=True)
class Kind:
    """A proxy, and where it has the server."""

    name: str
    path: str
    config: Callable[[Path, int, int], str]
    run: Run


KINDS = {
    "nginx": Kind("meet.example.org", "", nginx_site, running_nginx),
    "nginx below a path": Kind("example.org", "/meet", nginx_path, running_nginx),
    "Caddy": Kind("meet.example.org", "", lambda *all_: caddyfile("Caddyfile", *all_), running_caddy),
    "Caddy below a path": Kind("example.org", "/meet", lambda *all_: caddyfile("Caddyfile-path", *all_), running_caddy),
}


class Names(AbstractResolver):
    """Every name leads to one port of this machine, as if it was the usual one."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> Any:
        return [{"hostname": host, "host": "127.0.0.1", "port": self._port, "family": 2, "proto": 0, "flags": 0}]

    async def close(self) -> None:
        pass


@dataclass
class Site:
    """A server behind a proxy, at its public address."""

    url: str
    origin: str
    port: int
    folder: Path
    server: Server

    @asynccontextmanager
    async def visitor(self, address: str = "127.0.0.2") -> AsyncIterator[aiohttp.ClientSession]:
        """Somebody at an address, who trusts the certificate."""
        trusting = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        connector = aiohttp.TCPConnector(resolver=Names(self.port), ssl=trusting, local_addr=(address, 0))
        async with aiohttp.ClientSession(connector=connector) as session:
            yield session

    async def connect(self, session: aiohttp.ClientSession, **headers: str) -> tuple[Any, aiohttp.WSMessage]:
        """Connect to signaling as a page does; returns what was heard first."""
        socket = await session.ws_connect(f"{self.url}/signaling", origin=self.origin, headers=headers)
        return socket, await socket.receive(timeout=10)


@pytest.fixture(params=KINDS)
def proxied(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A proxy that runs, and a server behind it that does not yet."""
    kind, server, port = KINDS[request.param], Server(tmp_path, LIMITED), free_port()
    make_certificate(tmp_path, kind.name)
    with kind.run(tmp_path, port, kind.config(tmp_path, port, server.port)):
        origin = f"https://{kind.name}"
        yield Site(origin + kind.path, origin, port, tmp_path, server)


@pytest.fixture
async def site(proxied: Site) -> AsyncIterator[Site]:
    await proxied.server.start()
    yield proxied
    await proxied.server.stop()


def only_once(kind: str) -> Any:
    """The fast tier tries one proxy."""
    return pytest.param(kind, marks=[] if kind == "nginx" else pytest.mark.slow)


every_proxy = pytest.mark.parametrize("proxied", [only_once(kind) for kind in KINDS], indirect=True)


@every_proxy
async def test_pages_come_as_they_are(site: Site) -> None:
    """With all that they ask for, and the headers that protect them; a path without its slash is led on."""
    async with site.visitor() as session:
        async with session.get(f"{site.url}/") as answer:
            page = await answer.text()
            assert answer.status == 200
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "<title>" in page
        for path in ("room", "config.json", "version", "manifest.webmanifest"):
            async with session.get(f"{site.url}/{path}") as answer:
                assert answer.status == 200, path
        async with session.get(site.url) as answer:
            assert str(answer.url).rstrip("/") == site.url
            assert await answer.text() == page
        async with session.get(f"{site.url}/config.json") as answer:
            assert (await answer.json())["webrtc"] == {}, "STUN is for this machine alone, and the page is elsewhere"


@every_proxy
async def test_clients_have_the_addresses_that_they_have(site: Site) -> None:
    """One connection each: a second one is refused whatever it makes up, and somebody else's is not."""
    async with site.visitor() as first, site.visitor("127.0.0.3") as second:
        socket, heard = await site.connect(first)
        assert "init" in heard.json()
        for header in ("X-Forwarded-For", "Forwarded"):
            other, heard = await site.connect(
                first, **{header: "for=192.0.2.9" if header == "Forwarded" else "192.0.2.9"}
            )
            assert (heard.type, heard.data) == (aiohttp.WSMsgType.CLOSE, 1013)
            await other.close()
        socket_of_second, heard = await site.connect(second)
        assert "init" in heard.json()
        for each in (socket, socket_of_second):
            await each.close()


@every_proxy
async def test_pages_of_other_sites_are_refused(site: Site) -> None:
    async with site.visitor() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await session.ws_connect(f"{site.url}/signaling", origin="https://elsewhere.example")


@every_proxy
async def test_secrets_of_old_links_are_logged_nowhere(proxied: Site, secret: str) -> None:
    """Neither when the server answers nor when it is down."""
    site = proxied
    async with site.visitor() as session:
        async with session.get(f"{site.url}/room/{secret}", allow_redirects=False) as answer:
            assert answer.status == 502
        await site.server.start()
        async with session.get(f"{site.url}/room/{secret}", allow_redirects=False) as answer:
            assert answer.status == 301
    await site.server.stop()
    written = [path for path in site.folder.rglob("*") if path.is_file()]
    assert len(written) >= 4
    assert [path.name for path in written if secret.encode() in path.read_bytes()] == []


async def test_http_leads_to_https_and_proves_the_name(tmp_path: Path) -> None:
    """Of nginx: Caddy has that built in."""
    port, plain = free_port(), free_port()
    make_certificate(tmp_path, "meet.example.org")
    challenge = tmp_path / "html/.well-known/acme-challenge/token"
    challenge.parent.mkdir(parents=True)
    challenge.write_text("proof")
    with running_nginx(tmp_path, port, nginx_site(tmp_path, port, free_port(), plain)):
        async with aiohttp.ClientSession(f"http://127.0.0.1:{plain}") as session:
            async with session.get("/.well-known/acme-challenge/token") as answer:
                assert await answer.text() == "proof"
            async with session.get("/room?x=1", allow_redirects=False) as answer:
                assert answer.headers["Location"] == "https://meet.example.org/room?x=1"
