# SPDX-License-Identifier: AGPL-3.0-only
"""What the server configures for its clients: `/config.json`."""

from typing import Final

import aiohttp
import msgspec
from msgspec import Struct

__all__ = ["IceServer", "fetch_ice_servers"]

_LARGEST: Final = 1_048_576
"""Bytes of a configuration that are taken."""


class IceServer(Struct, frozen=True):
    """A STUN or TURN server."""

    url: str
    username: str | None = None
    credential: str | None = None


class _WebRtc(Struct):
    stun: str | None = None
    turn: str | None = None
    turn_user: str | None = None
    turn_cred: str | None = None


class _Config(Struct):
    webrtc: _WebRtc


async def fetch_ice_servers(http: aiohttp.ClientSession, url: str) -> tuple[IceServer, ...]:
    """Ask the server which STUN and TURN servers to use.

    Returns none when its answer is not a configuration: peers on one network meet without. Raises
    `aiohttp.ClientError` and `TimeoutError` when it cannot be asked.
    """
    async with http.get(url) as response:
        body = b""
        async for piece in response.content.iter_any():
            body += piece
            if len(body) > _LARGEST:
                return ()
    try:
        webrtc = msgspec.json.decode(body, type=_Config).webrtc
    except (msgspec.MsgspecError, UnicodeError):
        return ()
    stun = (IceServer(webrtc.stun),) if webrtc.stun else ()
    turn = (IceServer(webrtc.turn, webrtc.turn_user or "", webrtc.turn_cred or ""),) if webrtc.turn else ()
    return stun + turn
