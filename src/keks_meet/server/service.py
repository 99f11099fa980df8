# SPDX-License-Identifier: AGPL-3.0-only
"""The whole server as one thing that starts and stops: HTTP with signaling, STUN, and metrics if wanted."""

import asyncio
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from keks_meet.protocol.limits import SHUTDOWN_SECONDS
from keks_meet.rooms.hub import Hub
from keks_meet.server import pages, tasks
from keks_meet.server.acceptor import Acceptor
from keks_meet.server.addresses import Address
from keks_meet.server.certificate import certificate_of
from keks_meet.server.client_address import Proxies
from keks_meet.server.client_config import page_colours
from keks_meet.server.config import Config
from keks_meet.server.content import REVALIDATE, Content
from keks_meet.server.listener import Listener
from keks_meet.server.metrics.counts import Counts
from keks_meet.server.metrics.lag import Lag
from keks_meet.server.metrics.snapshot import Snapshot
from keks_meet.server.node import Node, NodeState
from keks_meet.server.rooms_port import LocalRooms
from keks_meet.server.routes import Routes
from keks_meet.server.signaling import Signaling
from keks_meet.server.sockets import Sockets, address_of
from keks_meet.server.stun import StunAnswerer
from keks_meet.site.headers import security_headers
from keks_meet.site.inline import inline_scripts
from keks_meet.site.layout import FOLDER

if TYPE_CHECKING:
    from keks_meet.server.cluster.shell import Cluster
    from keks_meet.server.metrics.site import MetricsSite

__all__ = ["VERSION", "Service"]

VERSION: Final = version("keks-meet")


class Service:
    """Owns the listening sockets from `start` to `stop`."""

    def __init__(self, config: Config, sockets: Sockets, folder: Path | None = None) -> None:
        """Load all that is served, by default the built pages. Raises `ConfigError` and `PagesError`."""
        self._config = config
        self._sockets = sockets
        self._node = Node(address_of(sockets.stun[0]) if sockets.stun else None)
        self._certificate = certificate_of(config.server)
        values = {
            "version": VERSION,
            "source_url": config.server.source_url,
            "documentation_url": config.server.documentation_url,
            **page_colours(config.appearance),
        }
        name = f"keks-meet {VERSION}"
        self._cluster = self._new_cluster(name) if config.cluster.nats else None
        self._rooms = self._cluster or LocalRooms(
            Hub(config.limits, version=name, watches_enabled=config.features.room_watches)
        )
        self._counts = Counts()
        self._proxies = Proxies(config.server.trusted_networks, config.server.forwarded_header)
        self._signaling = Signaling(self._rooms, config.limits, self._proxies, self._counts, config.server.origins)
        self._node.is_full = self._signaling.is_full
        folder = folder or FOLDER
        contents = pages.load_pages(folder, values)
        contents["/version"] = Content.of(name.encode(), "text/plain; charset=utf-8", REVALIDATE)
        self._headers = security_headers(tls=self.has_certificate, inline=inline_scripts(folder))
        self._routes = Routes(
            config,
            contents,
            self._signaling.answer,
            node=self._node,
            headers=self._headers,
        )
        self._acceptors: list[Acceptor] = []
        self._stun: list[asyncio.DatagramTransport] = []
        self._metrics = self._metrics_site() if sockets.metrics else None

    def _new_cluster(self, name: str) -> "Cluster":
        # Only here, since a server that is alone needs nothing of it.
        from keks_meet.server.cluster.shell import Cluster  # noqa: PLC0415

        return Cluster(self._config, self._node, version=name)

    def _metrics_site(self) -> "MetricsSite":
        # Only here, since what writes metrics takes time to load, and memory.
        from keks_meet.server.metrics.site import MetricsSite  # noqa: PLC0415

        if self._certificate:
            _ = self._certificate.end  # which loads what reads it now rather than while clients wait
        return MetricsSite(self._node, self._config.limits, self._config.server.names, self._snapshot)

    def _snapshot(self, lag: Lag) -> Snapshot:
        queues = self._signaling.queues()
        return Snapshot(
            version=VERSION,
            state=self._node.state,
            clients=len(queues),
            most_clients=self._config.limits.connections,
            page_connections=self._listener.page_connections,
            refused_connections=self._listener.refused_connections,
            rooms=self._rooms.hub.room_count,
            members=self._rooms.hub.member_count,
            queues=queues,
            certificate_end=self._certificate.end if self._certificate else None,
            counts=self._counts,
            lag=lag,
        )

    @property
    def addresses(self) -> list[str]:
        """The addresses to open in a browser on this machine."""
        found = (address_of(sock) for sock in self._sockets.http)
        return [self._url(address.to_open()) for address in found if address is not None]

    @property
    def metrics_addresses(self) -> list[Address]:
        """The addresses that tell numbers."""
        return [address for address in map(address_of, self._sockets.metrics) if address is not None]

    def _url(self, address: Address) -> str:
        return f"{'https' if self.has_certificate else 'http'}://{address}"

    async def start(self) -> None:
        """Begin to listen. Raises `ConfigError` when the cluster cannot work."""
        loop = asyncio.get_running_loop()
        self._listener = Listener(self._routes.answer, self._config.limits, self._proxies, self._headers)
        if self._metrics:
            self._metrics.start(self._sockets.metrics)
        if self._cluster:
            await self._cluster.start(self._signaling)
        watches = [self._signaling.watch_idleness(), self._signaling.watch_readers()]
        if self._certificate:
            watches.append(self._certificate.watch())
        self._watches = [tasks.start(watch) for watch in watches]
        certificate = self._certificate
        tls = (lambda: certificate.context) if certificate else None
        self._acceptors = [Acceptor(self._listener, sock, tls) for sock in self._sockets.http]
        for sock in self._sockets.stun:
            transport, _ = await loop.create_datagram_endpoint(lambda: StunAnswerer(self._counts), sock=sock)
            self._stun.append(transport)
        if not self._cluster:
            self._node.state = NodeState.READY

    async def was_ready(self) -> None:
        """Wait until clients are taken for the first time: a node takes none before it has reached the others."""
        if self._cluster:
            await self._cluster.took_part()

    def reload_certificate(self) -> None:
        """Take the certificate and key as they are now for new connections, if they can be used."""
        if self._certificate:
            self._certificate.reload()

    @property
    def has_certificate(self) -> bool:
        """Whether the server speaks TLS itself."""
        return self._certificate is not None

    async def drain(self, cut_short: asyncio.Event) -> None:
        """Be ready no more, and send the clients away over ``server.drain_seconds``, or until it is cut short."""
        self._node.state = NodeState.DRAINING
        if self._cluster:
            self._cluster.leave()
        seconds = self._config.server.drain_seconds
        if not seconds:
            return
        waits = [tasks.start(self._signaling.drain(seconds)), asyncio.create_task(cut_short.wait())]
        _, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in pending:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    async def stop(self) -> None:
        """Take nothing new, say goodbye to every client, and end within `SHUTDOWN_SECONDS`."""
        for acceptor in self._acceptors:
            await acceptor.stop()
        for transport in self._stun:
            transport.close()
        for watch in self._watches:
            watch.cancel()
        self._listener.pre_shutdown()
        try:
            async with asyncio.timeout(SHUTDOWN_SECONDS):
                await self._signaling.close()
                await self._listener.shutdown(0.5)
                if self._metrics:
                    await self._metrics.stop()
        except TimeoutError:
            pass
        if self._cluster:
            await self._cluster.stop()
