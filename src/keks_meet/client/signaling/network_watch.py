# SPDX-License-Identifier: AGPL-3.0-only
"""Where the ways from this machine begin, and when that changes: it is in another network, or in one again [L1]."""

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator
from typing import Final, NamedTuple

from keks_meet.client.addresses import SocketName, has_address, own_address_toward

__all__ = ["NetworkWatch"]

_LOOK_SECONDS: Final = 0.5
_LEAST_SECONDS: Final = 2.0
"""The least time between two changes that are told: routes may change all the time."""
_DOUBT_SECONDS: Final[tuple[float, ...]] = (1.0, 2.0, 4.0, 8.0)
"""The pauses between the doubts after a change."""
_ANYWHERE: Final = (("192.0.2.1", 9), ("2001:db8::1", 9, 0, 0))
"""An address of each family that is nobody's (RFC 5737, RFC 3849), for what leads to all others."""


class _Ways(NamedTuple):
    """Where ways begin: those to the server and to anywhere, each None without one; and whether the own end is here."""

    beginnings: tuple[str | None, ...]
    has_own: bool


class NetworkWatch:
    """Looks twice a second where ways begin: only few systems tell of changes, and each in its own manner."""

    def __init__(self) -> None:
        self._own: SocketName | None = None
        self._server: SocketName | None = None
        self._seen: _Ways | None = None
        self._told = -math.inf

    def connected(self, own: object, server: object) -> None:
        """Look at the way of this connection as well from now on; its addresses are as a socket says them."""
        if isinstance(own, tuple) and isinstance(server, tuple):
            self._own, self._server = own, server
            _, *anywhere = self._look().beginnings
            self._seen = _Ways((str(own[0]), *anywhere), has_own=True)

    @property
    def is_gone(self) -> bool:
        """Whether the own address of the connection is this machine's no more: nothing comes there."""
        return self._own is not None and not has_address(self._own)

    async def changed(self) -> None:
        """Wait until ways begin elsewhere than they did; while there is none at all, that is only taken note of."""
        loop = asyncio.get_running_loop()
        if self._seen is None:
            self._seen = self._look()
        while True:
            now = self._look()
            if now != self._seen and not any(now.beginnings):
                self._seen = now
            if now != self._seen and loop.time() - self._told >= _LEAST_SECONDS:
                self._seen, self._told = now, loop.time()
                return
            await asyncio.sleep(_LOOK_SECONDS)

    async def doubts(self) -> AsyncIterator[None]:
        """Yield after each change, and some times more: what was under way by then may still have come."""
        pauses = iter(_DOUBT_SECONDS[:0])
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(next(pauses, None)):
                    await self.changed()
                    pauses = iter(_DOUBT_SECONDS)
            yield

    def _look(self) -> _Ways:
        toward_server = own_address_toward(self._server) if self._server else None
        return _Ways((toward_server, *map(own_address_toward, _ANYWHERE)), has_own=not self.is_gone)
