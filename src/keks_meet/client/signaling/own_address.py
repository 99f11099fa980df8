# SPDX-License-Identifier: AGPL-3.0-only
"""The own address on the way to a server, and when it becomes another one: the machine has changed its network [L1]."""

import asyncio
import socket as sockets
from typing import Any, Final

__all__ = ["OwnAddress", "own_address_toward"]

_LOOK_SECONDS: Final = 0.5


class OwnAddress:
    """Looks twice a second where the way to a server begins: only few systems tell, and each in its own manner."""

    def __init__(self) -> None:
        self._server: tuple[Any, ...] | None = None
        self._last: str | None = None

    def connected(self, own: object, server: object) -> None:
        """Look at the way of this connection from now on; its addresses are as a socket says them."""
        if isinstance(own, tuple) and isinstance(server, tuple):
            self._server, self._last = server, str(own[0])

    async def changed(self) -> None:
        """Wait until the way begins elsewhere than it did last, or nowhere; for ever before there is a server."""
        while True:
            now = self._look()
            if now != self._last:
                self._last = now
                return
            await asyncio.sleep(_LOOK_SECONDS)

    def _look(self) -> str | None:
        return own_address_toward(self._server) if self._server else None


def own_address_toward(server: tuple[Any, ...]) -> str | None:
    """Return the own address from which the system would send to an address, None without a way. Nothing is sent."""
    family = sockets.AF_INET6 if ":" in str(server[0]) else sockets.AF_INET
    try:
        with sockets.socket(family, sockets.SOCK_DGRAM) as probe:
            probe.connect(server)
            return str(probe.getsockname()[0])
    except OSError:
        return None
