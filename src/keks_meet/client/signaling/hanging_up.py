# SPDX-License-Identifier: AGPL-3.0-only
"""How a WebSocket is ended, whatever the server does."""

import asyncio
import contextlib
import os
import socket as sockets
from typing import Final, Protocol

import aiohttp

__all__ = ["CLOSE_SECONDS", "hang_up"]

CLOSE_SECONDS: Final = 2.0
"""The time that a server may take to say goodbye."""


class _Socket(Protocol):
    """A socket of whatever loop."""

    def fileno(self) -> int:
        """Return its descriptor, -1 when it is closed."""


async def hang_up(socket: aiohttp.ClientWebSocketResponse, patience: float = CLOSE_SECONDS) -> None:
    """Say goodbye, and end the connection within ``patience`` seconds if the server neither answers nor reads."""
    descriptor = socket.get_extra_info("socket")
    try:
        async with asyncio.timeout(patience):
            await socket.close()
    except TimeoutError:
        pass
    finally:
        _shut(descriptor)


def _shut(connection: _Socket | None) -> None:
    """End a TCP connection with all that waits in it, which closing it alone would try to deliver for ever."""
    with contextlib.suppress(OSError, ValueError):
        if connection is not None and connection.fileno() >= 0:
            with sockets.socket(fileno=os.dup(connection.fileno())) as found:
                found.shutdown(sockets.SHUT_RDWR)
