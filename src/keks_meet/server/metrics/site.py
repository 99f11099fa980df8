# SPDX-License-Identifier: AGPL-3.0-only
"""The address of its own that tells the server's numbers: nothing but `/metrics`, `/healthz` and `/readyz`."""

import asyncio
import socket
from collections.abc import Callable
from time import monotonic
from typing import Final

from aiohttp import web

from keks_meet.protocol.limits import Limits
from keks_meet.server.acceptor import Acceptor
from keks_meet.server.client_address import Proxies
from keks_meet.server.content import NO_STORE
from keks_meet.server.listener import HttpProtocol, Listener, plain_answer
from keks_meet.server.metrics.families import Exposition
from keks_meet.server.metrics.lag import Lag
from keks_meet.server.metrics.snapshot import Snapshot
from keks_meet.server.node import HEALTH, Node

__all__ = ["MetricsSite"]

_HEADERS: Final = {"Server": "keks-meet", "X-Content-Type-Options": "nosniff"}
_LAG_SECONDS: Final = 0.25
"""The time between two looks at how late the loop is."""


class MetricsSite:
    """Answers on the given sockets from `start` to `stop`, and watches the loop meanwhile."""

    def __init__(self, node: Node, limits: Limits, take: Callable[[Lag], Snapshot]) -> None:
        """Tell the numbers that ``take`` gathers, given how late the loop was."""
        self._node = node
        self._limits = limits
        self._lag = Lag()
        self._exposition = Exposition(lambda: take(self._lag))
        self._acceptors: list[Acceptor] = []

    def start(self, sockets: list[socket.socket]) -> None:
        """Begin to answer."""
        self._listener = Listener(self._answer, self._limits, Proxies((), "X-Forwarded-For"), _HEADERS)
        self._acceptors = [Acceptor(self._listener, sock, None) for sock in sockets]
        self._watch = asyncio.create_task(self._watch_lag())

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
        return response

    def _answer_to(self, request: web.BaseRequest, path: str) -> web.Response:
        if request.method not in {"GET", "HEAD"}:
            return plain_answer(405, "Only GET and HEAD are answered here.", {"Allow": "GET, HEAD"})
        if path in HEALTH:
            return plain_answer(*self._node.health(path))
        if path != "/metrics":
            return plain_answer(404, "There is nothing at this address: ask for /metrics, /healthz or /readyz.")
        body, content_type = self._exposition.text(request.headers.get("Accept", ""))
        return web.Response(body=body, headers={"Content-Type": content_type, "Cache-Control": NO_STORE})
