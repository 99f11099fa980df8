# SPDX-License-Identifier: AGPL-3.0-only
"""Tries whether addresses can be listened on, and asks whoever is there already."""

import asyncio
import contextlib
import errno
import socket
from typing import Any, Final

import aiohttp
from aioice import stun

from keks_meet.errors import ListenError
from keks_meet.server.addresses import Address
from keks_meet.server.check.ports import Port
from keks_meet.server.sockets import bind

__all__ = ["stun_answers", "try_tcp", "try_udp"]

_PATIENCE: Final = 2.0
_TRIES: Final = 3
_TRY_SECONDS: Final = 0.5


async def try_tcp(address: Address, key: str) -> Port | str:
    """Return what is at an address; a sentence when the system does not let us listen there."""
    found = _try(address, socket.SOCK_STREAM, key)
    return await _who_answers(address.to_open()) if found == Port.TAKEN else found


async def try_udp(address: Address, key: str) -> Port | str:
    """Return what is at an address; a sentence when the system does not let us listen there."""
    found = _try(address, socket.SOCK_DGRAM, key)
    open_ = address.to_open()
    return Port.OURS if found == Port.TAKEN and await stun_answers(open_.host, open_.port) else found


async def stun_answers(host: str, port: int) -> bool:
    """Ask a STUN server, some times, since UDP may be lost."""
    loop = asyncio.get_running_loop()
    try:
        transport, protocol = await loop.create_datagram_endpoint(_Asking, remote_addr=(host, port))
    except (OSError, OverflowError, ValueError):  # the latter two for ports and names that there cannot be
        return False
    try:
        for _ in range(_TRIES):
            transport.sendto(protocol.request)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TRY_SECONDS):
                    await protocol.answered.wait()
                return True
        return False
    finally:
        transport.close()


class _Asking(asyncio.DatagramProtocol):
    """Waits for the answer to a request."""

    def __init__(self) -> None:
        message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        self._id = message.transaction_id
        self.request = bytes(message)
        self.answered = asyncio.Event()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Take the answer."""
        with contextlib.suppress(ValueError):
            if stun.parse_message(data).transaction_id == self._id:
                self.answered.set()

    def error_received(self, exc: Exception) -> None:
        """Go on: the next try may be answered."""


def _try(address: Address, kind: socket.SocketKind, key: str) -> Port | str:
    try:
        for sock in bind([address], kind, key):
            sock.close()
    except ListenError as error:
        is_taken = isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.EADDRINUSE
        return Port.TAKEN if is_taken else str(error)
    return Port.FREE


async def _who_answers(address: Address) -> Port:
    """Tell whether a keks-meet is at an address of this machine, with TLS or without, or nobody who says a word."""
    timeout = aiohttp.ClientTimeout(total=2 * _PATIENCE, sock_read=_PATIENCE)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        for scheme in ("http", "https"):
            url = f"{scheme}://{address}/healthz"
            try:
                # Whose certificate it is does not matter here: nothing is said. Nor are we sent elsewhere.
                async with session.get(url, ssl=False, allow_redirects=False) as answer:
                    return Port.OURS if answer.headers.get("Server") == "keks-meet" else Port.TAKEN
            except aiohttp.SocketTimeoutError:
                return Port.SILENT
            except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
                continue
    return Port.TAKEN
