# SPDX-License-Identifier: AGPL-3.0-only
"""A TLS connection on a blocking socket, used by threads beside the loop.

OpenSSL's connections are not for two threads at a time. So one end only writes, and the other one only reads.
"""

import asyncio
import contextlib
import hmac
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from keks_meet.client.addresses import has_address
from keks_meet.client.blocking import wait_out
from keks_meet.session.limits import DIRECT_GREETING_MS

__all__ = ["DirectConnection"]

T = TypeVar("T")

_PIECE: Final = 1_048_576
"""Bytes that are read at once."""
_TOKEN: Final = 32
"""Bytes of a token."""
_LOOK_SECONDS: Final = 1.0
_executor: Final = ThreadPoolExecutor(64, "keks-meet direct")
"""Threads of their own: whoever connects and says nothing holds up other connections at most, and no disk."""


class DirectConnection:
    """One connection to the other end of a transfer. What fails raises `OSError`, as `ssl` has it."""

    def __init__(self, raw: socket.socket, context: ssl.SSLContext, *, listens: bool) -> None:
        """Take a TCP connection, which is closed with this one; ``listens`` at the end that was dialed.

        Raises `OSError` for a connection that has ended already.
        """
        # `ssl` loses a socket that it finds to have ended.
        raw.getpeername()
        raw.settimeout(DIRECT_GREETING_MS / 1000)
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._listens = listens
        self._socket = context.wrap_socket(raw, server_side=listens, do_handshake_on_connect=False)
        self._is_busy = False
        self._is_closed = False
        self._looking: asyncio.TimerHandle | None = None

    @property
    def is_closed(self) -> bool:
        """Whether nothing comes or goes any more."""
        return self._is_closed

    async def greet(self, certificate: bytes, own_token: bytes, peer_token: bytes) -> bool:
        """Do the handshake, and return whether the other end is the one that was told of [F14]."""
        is_right = await self._work(lambda: self._greet(certificate, own_token, peer_token))
        self._look()
        return is_right

    async def send(self, data: memoryview) -> None:
        """Write all of the data, however long that takes; `close` ends it."""
        await self._work(lambda: self._socket.sendall(data))

    async def receive(self) -> bytes | bytearray:
        """Read what is there, and at least a byte, however long that takes; empty at the end, and after `close`."""
        return await self._work(self._receive)

    def close(self) -> None:
        """Close the connection at once; who writes or reads just now gets an error, or the end."""
        self._is_closed = True
        if self._looking is not None:
            self._looking.cancel()
        # The shutdown of `SSLSocket` would take away what another thread works with.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
        if not self._is_busy:
            self._socket.close()

    def _look(self) -> None:
        """Close the connection once its own address is this machine's no more: nothing would come, and no end [F16]."""
        if self._is_closed:
            return
        if has_address(self._socket.getsockname()):
            self._looking = asyncio.get_running_loop().call_later(_LOOK_SECONDS, self._look)
        else:
            self.close()

    async def _work(self, work: Callable[[], T]) -> T:
        """Let a thread work on the socket; when cancelled, wake the thread, and wait for its end."""
        if self._is_closed:
            raise ConnectionAbortedError("the connection is closed")
        self._is_busy = True
        working = asyncio.get_running_loop().run_in_executor(_executor, work)
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            self.close()
            await wait_out(working)
            raise
        finally:
            self._is_busy = False
            if self._is_closed:
                self._socket.close()

    def _greet(self, certificate: bytes, own_token: bytes, peer_token: bytes) -> bool:
        self._socket.do_handshake()
        if self._socket.getpeercert(binary_form=True) != certificate:
            return False
        if not self._listens:
            self._socket.sendall(peer_token)
        if not hmac.compare_digest(self._read_token(), own_token):
            return False
        if self._listens:
            self._socket.sendall(peer_token)
        # From here on, who waits for the other end is woken by `close`.
        self._socket.settimeout(None)
        return True

    def _read_token(self) -> bytes:
        token = b""
        while len(token) < _TOKEN and (more := self._socket.recv(_TOKEN - len(token))):
            token += more
        return token

    def _receive(self) -> bytes | bytearray:
        buffer = bytearray(_PIECE)
        view = memoryview(buffer)
        length = self._socket.recv_into(view)
        if length == 0:
            return b""
        self._socket.settimeout(0)
        with contextlib.suppress(ssl.SSLWantReadError):
            while length < _PIECE and (more := self._socket.recv_into(view[length:])):
                length += more
        self._socket.settimeout(None)
        return buffer if length == _PIECE else bytes(view[:length])
