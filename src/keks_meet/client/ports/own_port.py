# SPDX-License-Identifier: AGPL-3.0-only
"""An own port on offer, and the peers that may connect to it."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from keks_meet.client.tasks import Tasks
from keks_meet.session.events import PeerKey

__all__ = ["Allow", "OwnPort"]

_log = logging.getLogger(__name__)

Allow: TypeAlias = Callable[[PeerKey], Awaitable[bool]]
"""A question to the program, asked once for each peer that connects to an own port."""

_UNANSWERED: Final = 16
"""Connections of one peer to one own port that may wait for an answer at a time."""


_CONNECT_SECONDS: Final = 10.0
"""The time that a port has to take a connection."""
_LOOPBACK: Final = "127.0.0.1"
_LOOPBACK_6: Final = "::1"
"""What some servers listen at alone that say they are at localhost."""


class OwnPort:
    """A port on offer, and the peers that may connect to it."""

    def __init__(self, host: str, port: int, allow: Allow | None) -> None:
        """Offer a port; without ``allow`` every peer may connect."""
        self.host = host
        self.port = port
        self._allow = allow
        self._answers: dict[PeerKey, asyncio.Task[bool]] = {}
        self._waiting: Counter[PeerKey] = Counter()
        self.is_silence_told = False
        """Whether it was told that nothing answers there, and nothing has since."""

    @property
    def address(self) -> str:
        """The address in words."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    async def connect(self, limit: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to the port; ``limit`` is how many bytes are read at once. Raises `OSError` and `UnicodeError`."""
        try:
            return await self._connect(self.host, limit)
        except ConnectionRefusedError as error:
            if self.host != _LOOPBACK:
                raise
            try:
                return await self._connect(_LOOPBACK_6, limit)
            except OSError:
                raise error from None

    async def _connect(self, host: str, limit: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with asyncio.timeout(_CONNECT_SECONDS):
            return await asyncio.open_connection(host, self.port, limit=limit)

    @property
    def lets_in_everybody(self) -> bool:
        """Whether every peer may connect without a question."""
        return self._allow is None

    async def is_allowed(self, peer: PeerKey, tasks: Tasks) -> bool:
        """Ask about a peer once, in one of ``tasks``; connections that come meanwhile wait for the same answer."""
        if self._allow is None:
            return True
        if self._waiting[peer] >= _UNANSWERED:
            return False
        self._waiting[peer] += 1
        try:
            if peer not in self._answers:
                self._answers[peer] = tasks.start(_ask(self._allow, peer))
            return await asyncio.shield(self._answers[peer])
        finally:
            self._waiting[peer] -= 1
            self._waiting += Counter()  # forgets those with none

    def forget(self, peer: PeerKey) -> None:
        """Forget the answer about a peer that is gone, or may be another one by now."""
        answer = self._answers.pop(peer, None)
        if answer is not None:
            answer.cancel()


async def _ask(allow: Allow, peer: PeerKey) -> bool:
    try:
        return await allow(peer)
    except Exception as error:  # a fault of the program's, which is no permission
        _log.error("asking whether a peer may connect failed: %s", type(error).__name__)
        return False
