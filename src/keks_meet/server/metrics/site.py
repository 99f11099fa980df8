# SPDX-License-Identifier: AGPL-3.0-only
"""The address of its own that tells the server's numbers: nothing but `/metrics`, `/healthz` and `/readyz`."""

import asyncio
import socket
from collections.abc import Callable, Collection
from time import monotonic
from typing import Final

from aiohttp import web

from keks_meet.protocol.limits import METRICS_CONNECTIONS, Limits
from keks_meet.server import tasks
from keks_meet.server.acceptor import Acceptor
from keks_meet.server.client_address import Proxies
from keks_meet.server.content import NO_STORE
from keks_meet.server.listener import HttpProtocol, Listener, plain_answer
from keks_meet.server.metrics.families import Exposition, is_openmetrics
from keks_meet.server.metrics.fresh import Kept
from keks_meet.server.metrics.lag import Lag
from keks_meet.server.metrics.snapshot import Snapshot
from keks_meet.server.node import HEALTH, Node
from keks_meet.server.origin import is_name_of_metrics

__all__ = ["MetricsSite"]

_HEADERS: Final = {"Server": "keks-meet", "X-Content-Type-Options": "nosniff"}
_LAG_SECONDS: Final = 0.25
"""The time between two looks at how late the loop is."""


class MetricsSite:
    """Answers on the given sockets from `start` to `stop`, and watches the loop meanwhile."""

    def __init__(self, node: Node, limits: Limits, names: Collection[str], take: Callable[[Lag], Snapshot]) -> None:
        """Tell the numbers that ``take`` gathers, given how late the loop was; ``names`` are those of the server."""
        self._node = node
        self._limits = limits
        self._names = names
        self._lag = Lag()
        self._exposition = Exposition(lambda: take(self._lag))
        self._texts: Kept[tuple[bytes, str]] = Kept()
        self._acceptors: list[Acceptor] = []

    def start(self, sockets: list[socket.socket]) -> None:
        """Begin to answer."""
        proxies = Proxies((), "X-Forwarded-For")
        self._listener = Listener(self._answer, self._limits, proxies, _HEADERS, METRICS_CONNECTIONS)
        self._acceptors = [Acceptor(self._listener, sock, None) for sock in sockets]
        self._watch = tasks.start(self._watch_lag())

    async def stop(self) -> None:
        """End, once what was asked has been answered."""
        for acceptor in self._acceptors:
            await acceptor.stop()
        self._watch.cancel()
        self._listener.pre_shutdown()
        await self._listener.shutdown(0.5)

    async def _watch_lag(self) -> None:
        while True:
            due = monotonic() + _LAG_SECONDS
            await asyncio.sleep(_LAG_SECONDS)
            self._lag.observe(monotonic() - due)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if isinstance(request.protocol, HttpProtocol):
            request.protocol.request_began()
        response = self._answer_to(request, request.rel_url.raw_path)
        response.headers.update(_HEADERS)
        response.force_close()  # there are few places, and whoever asks does so a few times a minute
        return response

    def _answer_to(self, request: web.BaseRequest, path: str) -> web.Response:
        if request.method not in {"GET", "HEAD"}:
            return plain_answer(405, "Only GET and HEAD are answered here.", {"Allow": "GET, HEAD"})
        if path in HEALTH:
            return plain_answer(*self._node.health(path))
        if path != "/metrics":
            return plain_answer(404, "There is nothing at this address: ask for /metrics, /healthz or /readyz.")
        if not is_name_of_metrics(request.headers.get("Host"), self._names):
            return plain_answer(421, "Numbers are not told by that name. The configuration can allow it: names.")
        body, content_type = self._text(request.headers.get("Accept", ""))
        return web.Response(body=body, headers={"Content-Type": content_type, "Cache-Control": NO_STORE})

    def _text(self, accept: str) -> tuple[bytes, str]:
        kind = "OpenMetrics" if is_openmetrics(accept) else "Prometheus"
        return self._texts.take(kind, lambda: self._exposition.text(accept), monotonic())
