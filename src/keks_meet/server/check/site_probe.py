# SPDX-License-Identifier: AGPL-3.0-only
"""Asks by the public address, as a browser would: a server that runs, or a stand-in that looks at what arrives."""

import base64
import contextlib
import json
import secrets
import socket
import ssl
from typing import Any, Final

import aiohttp
from aiohttp import web

from keks_meet.server.check.proxies import Arrival, SiteAnswer, forged
from keks_meet.server.client_address import ForwardedHeader
from keks_meet.server.config import Config
from keks_meet.server.sockets import bind

__all__ = ["ask_site", "watch_arrival"]

_TIMEOUT: Final = aiohttp.ClientTimeout(total=10)
_MOST_BYTES: Final = 65_536
_FAILURES: Final = (aiohttp.ClientError, OSError, TimeoutError, ValueError, OverflowError)
"""What asking comes to; the last two are for addresses that there cannot be."""


async def ask_site(url: str) -> SiteAnswer:
    """Ask a server that runs for its configuration, and for a WebSocket as one of its pages."""
    try:
        async with _browser() as session:
            async with session.get(f"{url}/config.json", allow_redirects=False) as answer:
                config = _read_config(await _read_all(answer.content))
                status = answer.status
            if config is None:
                return SiteAnswer(status=status)
            async with session.get(f"{url}/signaling", headers=_handshake(url), allow_redirects=False) as answer:
                stun = config["webrtc"].get("stun")
                told = stun if isinstance(stun, str) else None
                return SiteAnswer(status=status, is_ours=True, websocket=answer.status, stun=told)
    except _FAILURES as error:
        return SiteAnswer(error=_in_words(error))


async def watch_arrival(config: Config, url: str, context: ssl.SSLContext | None) -> Arrival | SiteAnswer:
    """Listen in place of the server for a moment, and return how a request to ``url`` arrives; or what came instead."""
    token, arrivals = secrets.token_hex(16), []
    header = config.server.forwarded_header

    async def take(request: web.BaseRequest) -> web.Response:
        if request.query.get("check") == token and request.path.endswith("/signaling"):
            arrivals.append(_arrival(request, header))
            return web.Response(text="keks-meet-server check\n")
        # Others are told what a server says that is about to serve.
        return web.Response(status=503, text="The server does not run: keks-meet-server check is trying its address.\n")

    server = web.Server(take)
    runner = web.ServerRunner(server)
    await runner.setup()
    try:
        for sock in bind([config.server.address], socket.SOCK_STREAM, "server.bind"):
            await web.SockSite(runner, sock, ssl_context=context).start()
        answer = await _knock(f"{url}/signaling?check={token}", _handshake(url) | {header: forged(header)})
    finally:
        await runner.cleanup()
    return arrivals[0] if arrivals else answer


async def _knock(url: str, headers: dict[str, str]) -> SiteAnswer:
    try:
        async with (
            _browser() as session,
            session.get(url, headers=headers, allow_redirects=False) as answer,
        ):
            return SiteAnswer(status=answer.status)
    except _FAILURES as error:
        return SiteAnswer(error=_in_words(error))


def _browser() -> aiohttp.ClientSession:
    """Return a client that trusts whom this machine trusts."""
    connector = aiohttp.TCPConnector(ssl=ssl.create_default_context())
    return aiohttp.ClientSession(connector=connector, timeout=_TIMEOUT)


def _handshake(url: str) -> dict[str, str]:
    """Return the headers with which a page of ``url`` asks for a WebSocket."""
    scheme, _, rest = url.partition("://")
    return {
        "Origin": f"{scheme}://{rest.partition('/')[0]}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(secrets.token_bytes(16)).decode(),
    }


def _arrival(request: web.BaseRequest, header: ForwardedHeader) -> Arrival:
    return Arrival(
        peer=request.remote,
        host=request.headers.get("Host"),
        forwarded=tuple(request.headers.getall(header, ())),
        upgrade=request.headers.get("Upgrade", ""),
    )


async def _read_all(content: aiohttp.StreamReader) -> bytes:
    """Read what is sent, however many pieces it comes in, up to a bound."""
    body = b""
    while len(body) < _MOST_BYTES and (piece := await content.read(_MOST_BYTES - len(body))):
        body += piece
    return body


def _read_config(body: bytes) -> dict[str, Any] | None:
    """Read what `/config.json` says; None when it is something else."""
    with contextlib.suppress(ValueError, RecursionError):
        found = json.loads(body)
        if isinstance(found, dict) and isinstance(found.get("webrtc"), dict):
            return found
    return None


def _in_words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "there is no answer"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        reason = getattr(error.certificate_error, "verify_message", "")
        return f"its certificate is not trusted: {reason}"
    if isinstance(error, aiohttp.ClientConnectorError):
        return error.os_error.strerror or str(error.os_error)
    return str(error) or type(error).__name__
