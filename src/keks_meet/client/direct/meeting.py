# SPDX-License-Identifier: AGPL-3.0-only
"""Two ends of one transfer look for each other over TCP: both listen, and both dial [F14]."""

import asyncio
import contextlib
import secrets
import socket
import ssl
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from keks_meet.client.blocking import in_thread
from keks_meet.client.direct.connection import DirectConnection
from keks_meet.crypto.encoding import decode_bytes, encode_bytes
from keks_meet.protocol.fields import SocketAddress
from keks_meet.protocol.file_controls import Direct
from keks_meet.session import limits
from keks_meet.session.direct_addresses import OwnAddress

if TYPE_CHECKING:
    from keks_meet.client.direct.tls_identity import TlsIdentity

__all__ = ["Meeting"]

_DIAL_SECONDS: Final = 4.0
_HANDSHAKES: Final = 4
"""Connections that are greeted at a time: each keeps a thread busy."""


class _Greeting(NamedTuple):
    """What both ends have told each other."""

    certificate: bytes
    own_token: bytes
    peer_token: bytes
    listening: ssl.SSLContext
    dialing: ssl.SSLContext


class Meeting:
    """The search of one end for the other."""

    def __init__(
        self,
        identity: "TlsIdentity",
        addresses: list[OwnAddress],
        may_dial: Callable[[SocketAddress], bool],
        met: Callable[[DirectConnection], None],
    ) -> None:
        """Prepare to listen at ``addresses``, and to dial those that ``may_dial`` allows.

        ``met`` gets each connection to the right other end, and answers for its end.
        """
        self._identity = identity
        self._may_dial = may_dial
        self._met = met
        self._token = secrets.token_bytes(32)
        self._listeners: list[socket.socket] = []
        self._seen: list[SocketAddress] = []
        self._left = limits.DIRECT_CONNECTIONS
        self._turns = asyncio.Semaphore(_HANDSHAKES)
        for address in addresses:
            # An address that is gone by now is none.
            with contextlib.suppress(OSError):
                self._listen(address)

    @property
    def own(self) -> Direct:
        """The message that tells the other end where this one listens, and how to know it."""
        return Direct(tuple(self._seen), encode_bytes(self._identity.certificate), encode_bytes(self._token))

    async def look(self, peer: Direct) -> None:
        """Listen and dial for a while, or until cancelled. Whatever the other end told, this raises nothing."""
        try:
            async with asyncio.timeout(limits.DIRECT_MS / 1000):
                greeting = await self._greeting(peer)
                if greeting is None:
                    return
                async with asyncio.TaskGroup() as tasks:
                    for listener in self._listeners:
                        tasks.create_task(self._accept_from(listener, greeting, tasks))
                    for address in peer.addresses:
                        if self._may_dial(address):
                            tasks.create_task(self._dial(address, greeting))
        except (TimeoutError, OSError):
            pass
        finally:
            self.close()

    def close(self) -> None:
        """Listen no more."""
        for listener in self._listeners:
            listener.close()

    def _listen(self, address: OwnAddress) -> None:
        family = socket.AF_INET6 if ":" in address.own else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.setblocking(False)
            listener.bind((address.own, 0))
            listener.listen(limits.DIRECT_CONNECTIONS)
        except OSError:
            listener.close()
            raise
        self._listeners.append(listener)
        self._seen.append(SocketAddress(address.seen, listener.getsockname()[1]))

    async def _greeting(self, peer: Direct) -> _Greeting | None:
        """None, or an `OSError`, for what is no certificate and no token."""
        certificate, token = decode_bytes(peer.certificate, least=1), decode_bytes(peer.token)
        if certificate is None or token is None:
            return None
        listening = await in_thread(self._identity.context, certificate, listens=True)
        dialing = await in_thread(self._identity.context, certificate, listens=False)
        return _Greeting(certificate, self._token, token, listening, dialing)

    async def _accept_from(self, listener: socket.socket, greeting: _Greeting, tasks: asyncio.TaskGroup) -> None:
        loop = asyncio.get_running_loop()
        while self._left > 0:
            try:
                accepted, _ = await loop.sock_accept(listener)
            except OSError:
                return
            self._left -= 1
            tasks.create_task(self._greet(accepted, greeting, listens=True))

    async def _dial(self, address: SocketAddress, greeting: _Greeting) -> None:
        family = socket.AF_INET6 if ":" in address.ip else socket.AF_INET
        dialed = socket.socket(family, socket.SOCK_STREAM)
        dialed.setblocking(False)
        try:
            async with asyncio.timeout(_DIAL_SECONDS):
                await asyncio.get_running_loop().sock_connect(dialed, (address.ip, address.port))
        except (OSError, TimeoutError):
            dialed.close()
        except BaseException:
            dialed.close()
            raise
        else:
            await self._greet(dialed, greeting, listens=False)

    async def _greet(self, raw: socket.socket, greeting: _Greeting, *, listens: bool) -> None:
        """Give a connection on if its other end is the right one; close any other, without a word."""
        connection = DirectConnection(raw, greeting.listening if listens else greeting.dialing, listens=listens)
        try:
            async with self._turns:
                is_right = await connection.greet(greeting.certificate, greeting.own_token, greeting.peer_token)
        except OSError:
            connection.close()
        except BaseException:
            connection.close()
            raise
        else:
            if is_right:
                self._met(connection)
            else:
                connection.close()
