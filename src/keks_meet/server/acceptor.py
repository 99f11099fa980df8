# SPDX-License-Identifier: AGPL-3.0-only
"""Accepts connections, and counts them from their first packet on, before TLS has said a word."""

import asyncio
import errno
import logging
import math
import socket
import ssl
from collections.abc import Callable
from typing import Final

from keks_meet.protocol.limits import SEND_BUFFER_BYTES
from keks_meet.server.listener import Listener, Place

__all__ = ["Acceptor"]

_LAST_HANDSHAKES: Final = 0.3
"""Seconds that handshakes of TLS may still take when the server ends."""
_PAUSE: Final = 0.1
"""Seconds to wait when the system has no more open files."""
_WARNING_SECONDS: Final = 60.0
"""The time between two warnings of that."""
_logger: Final = logging.getLogger(__name__)


class Acceptor:
    """Takes connections from one listening socket. Connections beyond the limits are hung up on."""

    def __init__(self, listener: Listener, listening: socket.socket, tls: Callable[[], ssl.SSLContext] | None) -> None:
        """Hand connections to a listener; the socket is closed in the end.

        If there is ``tls``, it returns the context for the next connection.
        """
        self._listener = listener
        self._listening = listening
        self._tls = tls
        self._beginnings: set[asyncio.Task[None]] = set()
        self._warned = -math.inf
        self._accepting = asyncio.create_task(self._accept())

    async def stop(self) -> None:
        """Accept nothing more, and let go of those that are still shaking hands.

        Others are about to be connections and end as such: cancelling would close their sockets under them.
        """
        self._accepting.cancel()
        await asyncio.gather(self._accepting, return_exceptions=True)
        if self._beginnings:
            await asyncio.wait(self._beginnings, timeout=_LAST_HANDSHAKES)
        for task in self._beginnings:
            task.cancel()
        await asyncio.gather(*self._beginnings, return_exceptions=True)
        self._listening.close()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, peer = await loop.sock_accept(self._listening)
            except OSError as error:  # the other side has gone already, or there are too many open files
                self._warn(error, loop.time())
                await asyncio.sleep(_PAUSE)
                continue
            # Otherwise the system would take megabytes, and nobody could see how fast their reader is.
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            place = self._listener.take_place(_host_of(accepted, peer))
            if place is None:
                accepted.close()
                continue
            beginning = asyncio.create_task(self._begin(accepted, place))
            self._beginnings.add(beginning)
            beginning.add_done_callback(self._beginnings.discard)

    def _warn(self, error: OSError, now: float) -> None:
        if error.errno in {errno.EMFILE, errno.ENFILE} and now - self._warned >= _WARNING_SECONDS:
            self._warned = now
            _logger.warning("there are no more open files: whoever connects has to wait")

    async def _begin(self, accepted: socket.socket, place: Place) -> None:
        """Make an accepted socket a connection. When that fails, as TLS may, nobody else gives its place back."""
        context = self._tls() if self._tls else None
        patience = self._listener.limits.handshake_seconds if context else None
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: self._listener.protocol(place), accepted, ssl=context, ssl_handshake_timeout=patience
            )
        except BaseException as error:
            place.leave()
            accepted.close()
            if not isinstance(error, OSError):  # of which broken handshakes and time-outs are kinds
                raise


def _host_of(accepted: socket.socket, peer: object) -> str | None:
    """Return where a connection comes from; None for a Unix socket."""
    is_ip = accepted.family in {socket.AF_INET, socket.AF_INET6}
    return str(peer[0]) if is_ip and isinstance(peer, tuple) else None
