# SPDX-License-Identifier: AGPL-3.0-only
"""`rift` behind an HTTP proxy, which is all of the network that it can reach, and without one where it is excepted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from keks_meet.client.events import ChatReceived
from tests.e2e.harness.server import Server
from tests.native.conftest import Join
from tests.native.rift import Rift
from tests.native.waiting import event_in


class Proxy:
    """Opens tunnels, and passes plain requests on; whatever name is asked for leads to one port of this machine."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.asked: list[str] = []

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            method, target, _ = head.decode().split(" ", 2)
            self.asked.append(f"{method} {target}")
            inner, outer = await asyncio.open_connection("127.0.0.1", self._port)
            if method == "CONNECT":
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            else:
                path = "/" + target.split("://", 1)[1].partition("/")[2]
                outer.write(head.replace(target.encode(), path.encode(), 1))
            await asyncio.gather(_pass_on(reader, outer), _pass_on(inner, writer))
        writer.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def test_signaling_goes_through_the_proxy(server: Server, join: Join, secret: str) -> None:
    """The name has no address here: only the proxy knows it."""
    proxy = Proxy(server.port)
    room = await join("alice")
    async with (
        proxy.listening() as address,
        Rift("chat", "through it", "-u", "rift", server="ws://meet.invalid", secret=secret, http_proxy=address) as rift,
    ):
        await event_in(room, ChatReceived, text="through it")
        assert await rift.ends() == 0
    assert any("meet.invalid/signaling" in line for line in proxy.asked)
    assert any("meet.invalid/config.json" in line for line in proxy.asked)


async def test_tls_goes_through_a_tunnel(server: Server, secret: str) -> None:
    """There is no TLS at its end, which is an error; the tunnel was asked for all the same."""
    proxy = Proxy(server.port)
    async with (
        proxy.listening() as address,
        Rift("chat", "x", server="wss://meet.invalid:8443", secret=secret, https_proxy=address) as rift,
    ):
        assert await rift.ends() != 0
    assert set(proxy.asked) == {"CONNECT meet.invalid:8443"}


@pytest.mark.parametrize(
    "variables",
    [{"no_proxy": "127.0.0.0/8"}, pytest.param({"https_proxy": "http://127.0.0.1:9"}, marks=pytest.mark.slow)],
)
async def test_excepted_servers_are_asked_directly(
    server: Server, join: Join, secret: str, variables: dict[str, str]
) -> None:
    await join("alice")
    proxies = {"http_proxy": "http://127.0.0.1:9"} if "no_proxy" in variables else {}
    async with Rift("chat", "x", server=server.url, secret=secret, **proxies, **variables) as rift:
        assert await rift.ends() == 0


async def test_names_without_an_address_are_said_so(secret: str) -> None:
    async with Rift("chat", "x", server="ws://meet.invalid", secret=secret) as rift:
        assert await rift.ends() != 0
    assert "its name has no address" in rift.errors
    assert "Unknown error" not in rift.errors
