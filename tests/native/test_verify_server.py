# SPDX-License-Identifier: AGPL-3.0-only
"""`rift verify-server` before a real server, and before one that somebody has put their own hands into."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import aiohttp
import pytest
from aiohttp import web

from tests.e2e.harness.server import Server
from tests.native.rift import Start

Tamper: TypeAlias = Callable[[str, web.Response], None]


@asynccontextmanager
async def tampering(server: Server, tamper: Tamper, prefix: str = "") -> AsyncIterator[str]:
    """A server that passes on what another one says, after ``tamper`` has had its way with each path's answer."""
    async with aiohttp.ClientSession(auto_decompress=False) as http:

        async def answer(request: web.BaseRequest) -> web.Response:
            path = request.path.removeprefix(prefix)
            async with http.get(server.url + path, headers=request.headers) as true:
                kept = {name: value for name, value in true.headers.items() if name != "Content-Length"}
                response = web.Response(body=await true.read(), status=true.status, headers=kept)
            tamper(path, response)
            return response

        runner = web.ServerRunner(web.Server(answer))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}{prefix}"
        finally:
            await runner.cleanup()


def leave(_path: str, _response: web.Response) -> None:
    """Tamper with nothing."""


def with_a_script(path: str, response: web.Response) -> None:
    if path == "/room":
        response.headers.pop("Content-Encoding", None)
        response.body = b"<script>steal()</script>"


def with_another_worker(path: str, response: web.Response) -> None:
    if path == "/sw.js":
        response.headers.pop("Content-Encoding", None)
        response.body = b"steal()"


def with_a_preload(path: str, response: web.Response) -> None:
    if path == "/":
        response.headers["Link"] = "</steal.js>; rel=modulepreload"


def elsewhere(path: str, response: web.Response) -> None:
    if path == "/overrides.css":
        response.set_status(302)
        response.headers["Location"] = "http://127.0.0.1:1/"


def without_end(path: str, response: web.Response) -> None:
    if path == "/style.css":
        response.headers.pop("Content-Encoding", None)
        response.body = bytes(50_000_000)


def cut_off(path: str, response: web.Response) -> None:
    """Tamper with the room, and cut one answer off, as if the network were bad."""
    with_a_script(path, response)
    if path == "/license":
        response.headers["Content-Length"] = "99999999"
        response.force_close()


async def test_pages_of_our_own_server_are_ours(server: Server, rift: Start) -> None:
    """It joins no room, and asks for no secret. The server may be below a path of another one, whatever that is."""
    async with (
        tampering(server, leave, "/meet") as below,
        rift("verify-server", secret=None) as told,
        rift("verify-server", f"{below}/", "--json", secret=None) as programs,
    ):
        assert await told.ends() == 0
        assert "files are those, byte for byte" in told.errors
        assert await programs.ends() == 0
        (event,) = [json.loads(line) for line in programs.output.splitlines()]
        assert (event["event"], event["server"], event.get("differences")) == ("site-compared", below, None)
        assert event["compared"] > 50
        assert event["configured"]["documentation_url"] == "documentation"


@pytest.mark.parametrize(
    ("tamper", "address", "what"),
    [
        (with_a_script, "/room", "is different"),
        (with_another_worker, "/sw.js", "is different"),
        (with_a_preload, "/", "comes with the header link"),
        (elsewhere, "/overrides.css", "is answered with the status 302"),
        (without_end, "/style.css", "is longer"),
        (cut_off, "/room", "is different"),
    ],
)
async def test_another_page_is_found(server: Server, rift: Start, tamper: Tamper, address: str, what: str) -> None:
    async with tampering(server, tamper) as theirs, rift("verify-server", theirs) as told:
        assert await told.ends() == 1
        assert "These are NOT the pages of keks-meet" in told.errors
        assert f"  {address} {what}" in told.errors.splitlines()


async def test_a_server_that_does_not_answer_is_no_difference(rift: Start) -> None:
    async with rift("verify-server", "http://127.0.0.1:1") as told:
        assert await told.ends() == 3
        assert "could not be fetched" in told.errors
