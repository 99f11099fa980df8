# SPDX-License-Identifier: AGPL-3.0-only
"""HTTP requests of the library: to the server that was named, and to nobody that it sends us to."""

from types import SimpleNamespace
from typing import Annotated, Any, Final

import aiohttp
import msgspec
from msgspec import Meta, Struct

from keks_meet.client.ice_servers import IceConfig, IceServer

__all__ = ["RedirectRefused", "fetch_ice_config", "new_session"]

_LARGEST: Final = 65_536
"""The largest configuration that is taken, in bytes. A server's has some hundreds."""
_MOST_URLS: Final = 8
"""The most addresses of a TURN server: each costs every connection a relay."""


class RedirectRefused(aiohttp.ClientError):
    """The server sent us elsewhere: that could be an address that only this machine can reach."""


def new_session(seconds: float, proxy: str | None = None, *, is_brief: bool = False) -> aiohttp.ClientSession:
    """Return a session in which a request takes no longer than this, and no redirect is followed.

    All requests go through ``proxy``, if there is one. Only a session that ends with its requests (``is_brief``) uses
    a connection for several: later the way that it was made on may be gone, and what is sent there waits for ever.

    WebSockets included: their handshake is a request, and aiohttp has no other way to keep it from being redirected.
    """
    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(_refuse)
    timeout = aiohttp.ClientTimeout(total=seconds)
    connector = aiohttp.TCPConnector(force_close=not is_brief)
    return aiohttp.ClientSession(connector=connector, timeout=timeout, trace_configs=[trace], proxy=proxy)


async def _refuse(_session: aiohttp.ClientSession, _context: SimpleNamespace, _parameters: Any) -> None:
    raise RedirectRefused("the server redirects")


class _WebRtc(Struct):
    stun: str | None = None
    turn: str | None = None
    turn_urls: Annotated[tuple[str, ...], Meta(max_length=_MOST_URLS)] = ()
    turn_user: str | None = None
    turn_cred: str | None = None
    turn_valid_seconds: Annotated[float, Meta(gt=0)] | None = None


class _Config(Struct):
    webrtc: _WebRtc


async def fetch_ice_config(http: aiohttp.ClientSession, url: str) -> IceConfig:
    """Ask the server, by its `/config.json`, which STUN and TURN servers to use.

    Returns none when its answer is not a configuration: peers on one network meet without. Raises
    `aiohttp.ClientError` and `TimeoutError` when it cannot be asked, or sends us elsewhere.
    """
    async with http.get(url) as response:
        body = b""
        async for piece in response.content.iter_any():
            body += piece
            if len(body) > _LARGEST:
                return IceConfig()
    try:
        webrtc = msgspec.json.decode(body, type=_Config).webrtc
    except (msgspec.MsgspecError, UnicodeError):
        return IceConfig()
    stun = (IceServer(webrtc.stun),) if webrtc.stun else ()
    urls = webrtc.turn_urls or ((webrtc.turn,) if webrtc.turn else ())
    turn = tuple(IceServer(url, webrtc.turn_user or "", webrtc.turn_cred or "") for url in urls)
    return IceConfig(stun + turn, webrtc.turn_valid_seconds if turn else None)
