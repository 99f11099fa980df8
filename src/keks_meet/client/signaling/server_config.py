# SPDX-License-Identifier: AGPL-3.0-only
"""What the server configures for its clients: `/config.json`."""

from typing import Annotated, Final

import aiohttp
import msgspec
from msgspec import Meta, Struct

__all__ = ["IceConfig", "IceServer", "fetch_ice_config"]

_LARGEST: Final = 65_536
"""Bytes of a configuration that are taken. A server's has some hundreds."""


class IceServer(Struct, frozen=True):
    """A STUN or TURN server."""

    url: str
    username: str | None = None
    credential: str | None = None


class IceConfig(Struct, frozen=True):
    """The STUN and TURN servers that a server names."""

    servers: tuple[IceServer, ...] = ()
    valid_seconds: float | None = None
    """How long the credentials last from when they were asked for; None when they have no end, or it is not told."""


class _WebRtc(Struct):
    stun: str | None = None
    turn: str | None = None
    turn_user: str | None = None
    turn_cred: str | None = None
    turn_valid_seconds: Annotated[float, Meta(gt=0)] | None = None


class _Config(Struct):
    webrtc: _WebRtc


async def fetch_ice_config(http: aiohttp.ClientSession, url: str) -> IceConfig:
    """Ask the server which STUN and TURN servers to use.

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
    turn = (IceServer(webrtc.turn, webrtc.turn_user or "", webrtc.turn_cred or ""),) if webrtc.turn else ()
    return IceConfig(stun + turn, webrtc.turn_valid_seconds if turn else None)
