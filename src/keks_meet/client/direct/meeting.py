# SPDX-License-Identifier: AGPL-3.0-only
"""Two ends of one transfer look for each other over TCP: both listen, and both dial [F14]."""

import asyncio
import contextlib
import secrets
import socket
import ssl
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final, NamedTuple

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
        """Listen at ``addresses``, where nobody is answered before `look`, and dial what ``may_dial`` allows then.

        ``met`` gets each connection to the right other end, and answers for its end.
        """
        self._identity = identity
        self._may_dial = may_dial
        self._met = met
        self._token = secrets.token_bytes(32)
        self._listeners: list[socket.socket] = []
        self._seen: list[SocketAddress] = []
        self._accepted = 0
        self._tasks: set[asyncio.Task[None]] = set()
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
            with contextlib.suppress(OSError):
                greeting = await self._greeting(peer)
                if greeting is not None:
                    self._begin(greeting, peer)
                    await asyncio.sleep(limits.DIRECT_MS / 1000)
        finally:
            self.close()
            # What they have found by now stays; whoever is still being greeted is left.
            for task in self._tasks:
                task.cancel()

    def close(self) -> None:
        """Listen no more."""
        for listener in self._listeners:
            if listener.fileno() >= 0:
                with contextlib.suppress(NotImplementedError):
                    asyncio.get_running_loop().remove_reader(listener)
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

    def _begin(self, greeting: _Greeting, peer: Direct) -> None:
        for listener in self._listeners:
            # The loop of Windows tells nothing of sockets: an end there only dials.
            with contextlib.suppress(NotImplementedError):
                asyncio.get_running_loop().add_reader(listener, self._accept_from, listener, greeting)
        for address in dict.fromkeys((each.ip, each.port) for each in peer.addresses):
            if self._may_dial(SocketAddress(*address)):
                self._start(self._dial(*address, greeting))

    def _accept_from(self, listener: socket.socket, greeting: _Greeting) -> None:
        with contextlib.suppress(OSError):
            accepted, _ = listener.accept()
            self._accepted += 1
            if self._accepted <= limits.DIRECT_CONNECTIONS:
                self._greet(accepted, greeting, listens=True)
            else:
                accepted.close()

    async def _dial(self, ip: str, port: int, greeting: _Greeting) -> None:
        """Connect once; an address that nobody answers at is none."""
        with contextlib.suppress(OSError, TimeoutError):
            dialed = socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM)
            try:
                dialed.setblocking(False)
                async with asyncio.timeout(_DIAL_SECONDS):
                    await asyncio.get_running_loop().sock_connect(dialed, (ip, port))
            except BaseException:
                dialed.close()
                raise
            self._greet(dialed, greeting, listens=False)

    def _greet(self, raw: socket.socket, greeting: _Greeting, *, listens: bool) -> None:
        """Give a connection on if its other end is the right one; close any other, without a word.

        Raises `OSError` for a connection that has ended already.
        """
        try:
            connection = DirectConnection(raw, greeting.listening if listens else greeting.dialing, listens=listens)
        except OSError:
            raw.close()
            raise
        given: list[DirectConnection] = []
        task = self._start(self._know(connection, greeting, given))
        # A task that is cancelled before its first step closes nothing itself.
        task.add_done_callback(lambda _: None if given else connection.close())

    async def _know(self, connection: DirectConnection, greeting: _Greeting, given: list[DirectConnection]) -> None:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(limits.DIRECT_GREETING_MS / 1000):
                is_right = await connection.greet(greeting.certificate, greeting.own_token, greeting.peer_token)
            if is_right:
                given.append(connection)
                self._met(connection)

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
