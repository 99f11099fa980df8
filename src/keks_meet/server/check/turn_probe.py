# SPDX-License-Identifier: AGPL-3.0-only
"""Asks a TURN server for a relay, with the credentials that a client would get, and gives it back."""

import asyncio
import ssl
import struct
from typing import Final

from aioice import stun, turn

from keks_meet.server.check.relay import TurnAnswer, TurnWay
from keks_meet.server.client_config import TurnCredentials

__all__ = ["ask_for_relay"]

_PATIENCE: Final = 6.0
_GIVING_BACK: Final = 1.0
_NONSENSE: Final = (LookupError, OverflowError, struct.error)
"""What comes of answers that lack something, or have something else in its place."""


async def ask_for_relay(way: TurnWay, credentials: TurnCredentials) -> TurnAnswer:
    """Return what came of it."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await _ask(way, credentials)
    except (stun.TransactionError, OSError, ValueError, *_NONSENSE) as error:
        return _failed(error)


def _failed(error: Exception) -> TurnAnswer:
    if isinstance(error, stun.TransactionFailed):
        code, reason = error.response.attributes.get("ERROR-CODE", (0, "no reason"))
        return TurnAnswer(code=code, error=reason)
    if isinstance(error, ssl.SSLCertVerificationError):
        return TurnAnswer(error=f"its certificate is not trusted: {error.verify_message}")
    if isinstance(error, TimeoutError):
        return TurnAnswer(error="there is no answer")
    if isinstance(error, OSError):
        return TurnAnswer(error=error.strerror or str(error) or type(error).__name__)
    if isinstance(error, _NONSENSE):
        return TurnAnswer(error="its answer makes no sense")
    return TurnAnswer(error=str(error) or type(error).__name__)


async def _ask(way: TurnWay, credentials: TurnCredentials) -> TurnAnswer:
    transport, ending = await turn.create_turn_endpoint(
        _Ending,
        (way.host, way.port),
        credentials.turn_user,
        credentials.turn_cred,
        ssl=ssl.create_default_context() if way.is_tls else None,
        transport=way.transport,
    )
    relayed = transport.get_extra_info("sockname")[0]
    transport.close()
    async with asyncio.timeout(_GIVING_BACK):
        await ending.lost.wait()
    return TurnAnswer(relayed=relayed)


class _Ending(asyncio.DatagramProtocol):
    """Waits until the relay has been given back."""

    def __init__(self) -> None:
        self.lost = asyncio.Event()

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note of it."""
        self.lost.set()
