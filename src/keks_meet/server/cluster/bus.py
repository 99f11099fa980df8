# SPDX-License-Identifier: AGPL-3.0-only
"""The bus between nodes: NATS. Only this module knows its library [C2].

What is published waits in a queue of its own, so that nobody waits here. When too much waits, what comes is thrown
away: the receivers find a gap, and go on without what was lost [C3].
"""

import asyncio
import contextlib
import ssl
from collections import deque
from collections.abc import Awaitable, Callable
from logging import getLogger
from typing import Any, Final, ParamSpec

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.transport import TcpTransport

from keks_meet.errors import ConfigError
from keks_meet.server import tasks
from keks_meet.server.cluster.troubles import NoTls, Trouble, too_small, trouble_of
from keks_meet.server.config import Cluster

__all__ = ["Bus", "try_nats"]

P = ParamSpec("P")

_logger = getLogger(__name__)

_MOST_WAITING: Final = 32 * 1024 * 1024
"""Bytes that may wait to be published."""
_RETRY_SECONDS: Final = 0.5
_AGAIN_SECONDS: Final = 1.0
_CONNECT_SECONDS: Final = 2
_TRIAL_SECONDS: Final = 5.0
_PASSING: Final = (nats.errors.Error, OSError, TimeoutError)
"""What goes by when one tries again."""


class _Client(Client):
    """NATS' client, which says nothing in the open where TLS is wanted: a server is free to offer none.

    It waits for no server that hangs: the library would, until what it has written is taken, and try no other one.
    """

    only_tls = False

    async def _attempt_reconnect(self) -> None:
        if isinstance(self._transport, TcpTransport) and self._transport._io_writer is not None:  # noqa: SLF001
            self._transport._io_writer.transport.abort()  # noqa: SLF001
        await super()._attempt_reconnect()

    def _connect_command(self) -> bytes:
        if self.only_tls and not self._server_info.get("tls_required"):
            raise NoTls
        command: bytes = super()._connect_command()
        return command


class Bus:
    """A connection to NATS, made again whenever it breaks."""

    def __init__(
        self,
        config: Cluster,
        node: int,
        largest: int,
        on_beat: Callable[[bytes], None],
        on_frame: Callable[[bytes], None],
    ) -> None:
        """Bring what is for all to ``on_beat``, and what is for ``node`` to ``on_frame``.

        ``largest``: bytes of the largest message that may be published.
        """
        self._config = config
        self._node = node
        self._largest = largest
        self._on_beat = on_beat
        self._on_frame = on_frame
        self._client: _Client | None = None
        self._queue: deque[tuple[str, bytes]] = deque()
        self._queued_bytes = 0
        self._wake = asyncio.Event()
        self._published = asyncio.Event()
        """Set while nothing waits."""
        self._told: set[str] = set()
        """What has been said since NATS was there."""
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, patience: float) -> bool:
        """Begin to connect, wait for that for some seconds, and tell whether it came to be.

        Raises `ConfigError` when NATS cannot be used.
        """
        first = asyncio.create_task(self._connect())
        self._tasks = [tasks.start(self._keep(first)), tasks.start(self._publish())]
        await asyncio.wait([first], timeout=patience)
        error = first.exception() if first.done() else TimeoutError()
        if error is None:
            return True
        if not isinstance(error, _PASSING):
            raise error
        _logger.warning("NATS cannot be reached yet; until it is, no clients are taken")
        return False

    async def stop(self) -> None:
        """Publish what waits, if that is possible, and disconnect."""
        if self._client is not None and self._client.is_connected:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(1):
                    await self._published.wait()
                    await self._client.flush()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # What the client tells from here on is no news.
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):
                await client.close()

    def publish(self, node: int | None, data: bytes) -> None:
        """Publish to a node, or to all; what does not get there is lost."""
        is_connected = self._client is not None and self._client.is_connected
        if not is_connected or self._queued_bytes > _MOST_WAITING:
            return
        self._queue.append((self._subject(node), data))
        self._queued_bytes += len(data)
        self._published.clear()
        self._wake.set()

    def _subject(self, node: int | None) -> str:
        return f"{self._config.name}.all" if node is None else f"{self._config.name}.node.{node:016x}"

    async def _keep(self, first: asyncio.Task[None]) -> None:
        """Connect again when the library has given up, as it does when NATS refuses credentials that it took before."""
        connecting = first
        while True:
            try:
                await connecting
                await self._closed.wait()
            except ConfigError as error:
                if connecting is first:
                    return
                _logger.error("%s", error)
            except _PASSING as error:
                await self._failed(error)
            await asyncio.sleep(_AGAIN_SECONDS)
            connecting = asyncio.create_task(self._connect())

    async def _connect(self) -> None:
        """Connect, however long that takes; a client that fails is closed, so that there is never more than one."""
        client, closed = _Client(), asyncio.Event()
        self._client, self._closed = client, closed
        try:
            await self._connect_with(client, closed)
        except BaseException:
            self._client = None
            with contextlib.suppress(Exception):
                async with asyncio.timeout(_CONNECT_SECONDS):
                    await client.close()
            raise
        self._told.clear()

    async def _connect_with(self, client: _Client, closed: asyncio.Event) -> None:
        config = self._config
        client.only_tls = config.wants_tls

        async def was_closed() -> None:
            closed.set()

        await client.connect(
            list(config.servers),
            **_access(config),
            reconnect_time_wait=_RETRY_SECONDS,  # type: ignore[arg-type]  # it only sleeps for that long
            max_reconnect_attempts=-1,
            ping_interval=5,
            error_cb=self._while_used(client, self._failed),
            disconnected_cb=self._while_used(client, self._disconnected),
            reconnected_cb=self._while_used(client, self._reconnected),
            closed_cb=was_closed,
            skip_subject_validation=True,
        )
        self._check_size(client.max_payload)
        await client.subscribe(self._subject(None), cb=self._hearing(client, self._on_beat))
        await client.subscribe(self._subject(self._node), cb=self._hearing(client, self._on_frame))
        await client.flush()

    def _check_size(self, most: int) -> None:
        """Refuse a NATS that does not take the largest message. Raises `ConfigError`."""
        if (trouble := too_small(most, self._largest)) is not None:
            msg = f"cluster.nats: {trouble}"
            raise ConfigError(msg)

    def _hearing(self, client: _Client, take: Callable[[bytes], None]) -> Callable[[Msg], Awaitable[None]]:
        async def hear(message: Msg) -> None:
            take(message.data)

        return self._while_used(client, hear)

    def _while_used(self, client: _Client, heed: Callable[P, Awaitable[None]]) -> Callable[P, Awaitable[None]]:
        """Return what heeds a client's calls as long as that is the one in use."""

        async def heed_if_used(*arguments: P.args, **named: P.kwargs) -> None:
            if client is self._client:
                await heed(*arguments, **named)

        return heed_if_used

    async def _publish(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                subject, data = self._queue.popleft()
                self._queued_bytes -= len(data)
                if self._client is not None:
                    try:
                        await self._client.publish(subject, data)
                    except (nats.errors.Error, OSError, RuntimeError) as error:
                        await self._failed(error)
            self._published.set()

    async def _failed(self, error: Exception) -> None:
        """Tell once of each kind what is wrong, and nothing of what was published."""
        said = str(trouble_of(error))
        if said not in self._told:
            self._told.add(said)
            _logger.warning("NATS fails: %s", said)

    async def _disconnected(self) -> None:
        _logger.warning("the connection to NATS is lost")

    async def _reconnected(self) -> None:
        self._told.clear()
        _logger.info("the connection to NATS is back")


async def try_nats(config: Cluster, server: str, largest: int) -> Trouble | None:
    """Connect to one server for a moment, without a word to any node, and return why it cannot be used, if so.

    Raises `ConfigError` when ``cluster.tls_ca`` cannot be used.
    """
    client = _Client()
    client.only_tls = config.wants_tls
    failed: asyncio.Future[Trouble] = asyncio.get_running_loop().create_future()

    async def fail(error: Exception) -> None:
        if not failed.done():
            failed.set_result(trouble_of(error))

    connecting = asyncio.create_task(client.connect([server], **_access(config), error_cb=fail))
    try:
        # The library goes on after a failure, so the first one is what counts.
        waits: list[asyncio.Future[Any]] = [connecting, failed]
        await asyncio.wait(waits, timeout=_TRIAL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if failed.done():
            return failed.result()
        error = connecting.exception() if connecting.done() else TimeoutError()
        return too_small(client.max_payload, largest) if error is None else trouble_of(error)
    finally:
        connecting.cancel()
        with contextlib.suppress(Exception):
            async with asyncio.timeout(_CONNECT_SECONDS):
                await client.close()
        await asyncio.gather(connecting, return_exceptions=True)


def _access(config: Cluster) -> dict[str, Any]:
    """Return what the library needs to be let in. Raises `ConfigError`."""
    return {
        "user": config.user,
        "password": config.password,
        "token": config.token,
        "tls": _tls(config.tls_ca) if config.wants_tls else None,
        "name": "keks-meet",
        "connect_timeout": _CONNECT_SECONDS,
    }


def _tls(authority: str | None) -> ssl.SSLContext:
    """Return what NATS' certificate is checked with. Raises `ConfigError`."""
    try:
        return ssl.create_default_context(cafile=authority)
    except OSError as error:
        msg = f"cluster.tls_ca: {authority} cannot be read: {error.strerror or type(error).__name__}"
        raise ConfigError(msg) from error
