# SPDX-License-Identifier: AGPL-3.0-only
"""Pages, assets and their headers."""

import asyncio
import gzip
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from yarl import URL

from keks_meet.crypto.room_keys import parse_fragment

ASSET = "/assets/room-ABC12345.js"


@dataclass
class Answer:
    """What came back, as it was sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def get(session: aiohttp.ClientSession, server: Any, path: str, method: str = "GET", **options: Any) -> Answer:
    url = URL(server.url + path, encoded=True)
    async with session.request(method, url, allow_redirects=False, **options) as answer:
        return Answer(answer.status, answer.headers, await answer.read())


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html"),
        ("/room", "text/html"),
        ("/documentation", "text/html"),
        ("/style.css", "text/css"),
        ("/overrides.css", "text/css"),
        ("/sw.js", "text/javascript"),
        ("/favicon.ico", "image/x-icon"),
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/license", "text/plain"),
        ("/source.tar.gz", "application/gzip"),
        ("/version", "text/plain"),
        (ASSET, "text/javascript"),
    ],
)
async def test_what_there_is(session: aiohttp.ClientSession, server: Any, path: str, kind: str) -> None:
    """Served, cached by its tag, and headed."""
    answer = await get(session, server, path)
    assert answer.status == 200
    assert answer.headers["Content-Type"].partition(";")[0] == kind
    forever = "public, max-age=31536000, immutable"
    assert answer.headers["Cache-Control"] == (forever if path == ASSET else "no-cache")
    again = await get(session, server, path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    head = await get(session, server, path, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == answer.headers["Content-Length"]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("br, gzip", "br"),
        ("gzip, deflate", "gzip"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("*", "br"),
        ("identity", None),
        ("br;q=nonsense", None),
        ("", None),
    ],
)
async def test_compression(session: aiohttp.ClientSession, server: Any, accepted: str, encoding: str | None) -> None:
    answer = await get(session, server, ASSET, headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    plain = await get(session, server, ASSET, headers={"Accept-Encoding": "identity"})
    assert (answer.headers["ETag"] == plain.headers["ETag"]) == (encoding is None)


async def test_pages_are_filled_in_and_compressed(command: Any, session: aiohttp.ClientSession) -> None:
    server = command.start('[server]\nsource_url = "https://example.org/?a=1&b=\\"2\\""')
    answer = await get(session, server, "/", headers={"Accept-Encoding": "gzip"})
    text = gzip.decompress(answer.body).decode()
    assert text == "<p>start 0.1.0 https://example.org/?a=1&amp;b=&quot;2&quot; documentation</p>"


async def test_client_config(session: aiohttp.ClientSession, server: Any) -> None:
    answer = await get(session, server, "/config.json")
    assert answer.headers["Cache-Control"] == "no-store"
    config = json.loads(answer.body)
    assert config["webrtc"] == {"stun": f"stun:127.0.0.1:{server.port}"}
    assert config["features"] == {"room_watches": True}
    assert config["appearance"]["accent"] == "#5e3f84"
    assert set(config) == {"webrtc", "features", "appearance"}
    elsewhere = await get(session, server, "/config.json", headers={"Host": "meet.example.org"})
    assert json.loads(elsewhere.body)["webrtc"] == {}, "STUN listens on loopback alone"


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/room/mymeeting", "../room#mymeeting?warn_redirect=true"),
        ("/room/a%3Fb%20%23c", "../room#a%3Fb%20%23c&warn_redirect=true"),
        ("/room/a%3fwarn_redirect=no", "../room#a%3fwarn_redirect=no&warn_redirect=true"),
        ("/room/a%253Fb", "../room#a%253Fb?warn_redirect=true"),
        ("/room/%zz", "../room#%zz?warn_redirect=true"),
        ("/room/Sweet%20K%C3%A4se", "../room#Sweet%20K%C3%A4se?warn_redirect=true"),
        ("/room/a?username=ann", "../room#a?warn_redirect=true"),
        ("/room/a/b", "../../room#a/b?warn_redirect=true"),
        ("/room/", "../room"),
    ],
)
async def test_old_links(session: aiohttp.ClientSession, server: Any, path: str, location: str) -> None:
    answer = await get(session, server, path)
    assert (answer.status, answer.headers["Location"]) == (301, location)
    assert answer.headers["Cache-Control"] == "no-store"
    if path != "/room/" and "%zz" not in path:
        address = parse_fragment(location.partition("#")[2])
        assert address.parameters["warn_redirect"] == "true", "the page is told, whatever the secret has in it"
        assert address.secret == parse_fragment(path.removeprefix("/room/").partition("?")[0]).secret


@pytest.fixture
def named_server(command: Any) -> Any:
    return command.start('[server]\nnames = ["meet.example.org"]\norigins = ["https://friend.example"]')


async def test_other_names_are_refused(session: aiohttp.ClientSession, named_server: Any) -> None:
    """A page of another name that leads here would count as one of ours (DNS rebinding)."""
    for path in ("/", "/room", ASSET, "/config.json", "/room/secret", "/nothing", "/signaling"):
        for host in ("evil.example", f"127.0.0.1:{named_server.port}", "meet.example.org.evil.example", ""):
            answer = await get(session, named_server, path, headers={"Host": host})
            assert answer.status == 421
            assert "Location" not in answer.headers
            assert "Content-Security-Policy" in answer.headers


async def test_the_own_name_is_served(session: aiohttp.ClientSession, named_server: Any) -> None:
    host = "meet.example.org:8443"
    assert (await get(session, named_server, "/", headers={"Host": host})).status == 200
    for origin, status in ((f"https://{host}", 101), ("https://friend.example", 101), ("https://evil.example", 403)):
        headers = {"Host": host, "Origin": origin}
        if status == 101:
            async with session.ws_connect(f"{named_server.url}/signaling", headers=headers) as socket:
                assert "init" in await socket.receive_json(timeout=10)
        else:
            with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                await session.ws_connect(f"{named_server.url}/signaling", headers=headers)


async def test_turn_credentials_are_new_each_time(command: Any, session: aiohttp.ClientSession) -> None:
    server = command.start('[webrtc]\nturn = "turn:example.org:3478"\nturn_secret = "a secret of the server"')
    told = [json.loads((await get(session, server, "/config.json")).body)["webrtc"] for _ in range(3)]
    assert len({each["turn_user"] for each in told}) == len({each["turn_cred"] for each in told}) == 3
    for each in told:
        expiry, _, name = each["turn_user"].partition(":")
        assert abs(int(expiry) - time.time() - 3600) < 60
        assert len(name) == 16
        assert each["turn_valid_seconds"] == 3600


@pytest.mark.parametrize(
    "path", ["/nothing", "/assets/", "/assets/../pages.py", "/assets/%2e%2e/start.html", "//", "/room.html"]
)
async def test_what_there_is_not(session: aiohttp.ClientSession, server: Any, path: str) -> None:
    answer = await get(session, server, path)
    assert (answer.status, answer.body) == (404, b"There is nothing at this address.\n")


async def test_other_methods(session: aiohttp.ClientSession, server: Any) -> None:
    answer = await get(session, server, "/", method="POST", data=b"x" * 100_000)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/", ASSET, "/config.json", "/room/x", "/nothing", "/signaling"])
async def test_headers_on_everything(session: aiohttp.ClientSession, server: Any, path: str) -> None:
    headers = (await get(session, server, path)).headers
    policy = headers["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "frame-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not any("http" in part or "*" in part or "unsafe-inline" in part for part in policy), "no third party"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "camera=(self)" in headers["Permissions-Policy"]
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers
    assert headers["Server"] == "keks-meet"


async def test_headers_on_what_is_not_http(server: Any, dial: Any) -> None:
    reader, writer = await dial(server)
    writer.write(b"GET / HTTP/9.9\r\n\r\n")
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.0 400")
    assert b"Content-Security-Policy" in answer
    assert answer.endswith(b"This request cannot be understood.\n")


@pytest.mark.parametrize("beginning", [b"", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow:"])
async def test_dawdlers_are_hung_up_on(command: Any, dial: Any, beginning: bytes) -> None:
    """A connection must bring a whole request within the handshake time."""
    reader, writer = await dial(command.start("[limits]\nhandshake_seconds = 1"))
    writer.write(beginning)
    with pytest.raises(ConnectionError):
        await asyncio.wait_for(_until_closed(reader), 20)


async def _until_closed(reader: asyncio.StreamReader) -> None:
    if await reader.read() == b"":
        raise ConnectionResetError
