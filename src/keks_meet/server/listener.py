# SPDX-License-Identifier: AGPL-3.0-only
"""HTTP connections as they are accepted: how many, how long they may dawdle, and what is told of their failures.

aiohttp's own reports of failures quote requests, and the path of an old link is a room secret. So none of them is
used: a failure is logged as its type and where it was raised, and answered in our words.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from logging import getLogger
from typing import Any, Final, cast

from aiohttp import web

from keks_meet.protocol.limits import HTTP_CONNECTIONS, HTTP_IDLE_SECONDS, Limits
from keks_meet.server.address_limits import Tally
from keks_meet.server.client_address import Proxies
from keks_meet.server.logs import without_values
from keks_meet.server.tcp import limit_stalling

__all__ = ["HttpProtocol", "Listener", "Place", "plain_answer", "report_failure"]

_logger = getLogger(__name__)

_WORDS: Final = {
    400: "This request cannot be understood.",
    500: "The server failed to answer. This is a mistake of the server.",
    504: "The server took too long to answer.",
}


def plain_answer(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """Return a sentence for the user, never to be cached."""
    return web.Response(status=status, text=f"{sentence}\n", headers={"Cache-Control": "no-store", **(headers or {})})


class Place:
    """The place of one connection among those that may be open, from when it is accepted until it is lost."""

    __slots__ = ("_address", "_is_client", "_is_left", "_listener", "host")

    def __init__(self, listener: "Listener", host: str | None, address: str | None) -> None:
        """Keep a place that was taken for ``address``; ``host`` is where the connection came from."""
        self._listener = listener
        self._address = address
        self._is_client = False
        self._is_left = False
        self.host = host

    @property
    def is_scarce(self) -> bool:
        """Whether others could need this place more than a connection that only waits for another request."""
        return self._listener.by_address.is_half_used(self._address) or (
            self._listener.page_connections * 2 > HTTP_CONNECTIONS
        )

    def became_client(self) -> None:
        """Count the connection no more among those that ask for pages."""
        if not self._is_client:
            self._is_client = True
            self._listener.page_connections -= 1
            self._listener.by_address.give_back(self._address)

    def leave(self) -> None:
        """Give the place back, once."""
        if not self._is_left:
            self._is_left = True
            self.became_client()
            self._listener.open_connections -= 1


class HttpProtocol(web.RequestHandler):
    """One accepted connection."""

    __slots__ = ("_headers", "_listener", "_patience", "lost", "place")

    def __init__(self, listener: "Listener", loop: asyncio.AbstractEventLoop, place: Place) -> None:
        """Make aiohttp's protocol without its access log."""
        super().__init__(
            listener,
            loop=loop,
            keepalive_timeout=HTTP_IDLE_SECONDS,
            access_log=None,  # type: ignore[arg-type]  # how aiohttp is told to keep none
            auto_decompress=False,
        )
        self._listener = listener
        self._patience: asyncio.TimerHandle | None = None
        self.place = place
        self.lost: asyncio.Future[None] = loop.create_future()
        """Done when the connection has ended."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Expect a request within the handshake time."""
        super().connection_made(transport)
        limit_stalling(transport)
        seconds = self._listener.limits.handshake_seconds
        self._patience = self._loop.call_later(seconds, cast("asyncio.Transport", transport).abort)

    def request_began(self) -> None:
        """Note that a request has come whole; from the next one on, the keep-alive timer watches."""
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def connection_lost(self, exc: BaseException | None) -> None:
        """Let go of everything."""
        self.request_began()
        self.place.leave()
        self.lost.set_result(None)
        super().connection_lost(exc)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer a failure in a sentence; log its type and place, nothing of the request."""
        self.request_began()
        if status == 400:
            _logger.debug("a request that cannot be understood: %s", type(exc).__name__)
        else:
            _logger.error("an answer failed: %s", without_values(exc))
        if request.writer.output_size > 0:
            broken = "the answer was under way"
            raise ConnectionError(broken)
        response = plain_answer(status, _WORDS.get(status, _WORDS[500]), self._listener.headers)
        response.force_close()
        return response

    def log_exception(self, *_args: Any, **kw: Any) -> None:
        """Log that aiohttp met an exception, without the words around it."""
        _logger.error("a connection failed: %s", without_values(kw.get("exc_info")))

    def log_debug(self, *_args: Any, **_kw: Any) -> None:
        """Keep aiohttp's asides to itself."""


class Listener(web.Server):
    """Makes a protocol for each accepted connection, up to the limits."""

    def __init__(
        self,
        handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        limits: Limits,
        proxies: Proxies,
        headers: Mapping[str, str],
        most: int | None = None,
    ) -> None:
        """Pass whole requests to ``handler``; ``headers`` go on the answers to broken ones.

        ``most`` connections may be open at once; by default those of clients, and of who asks for pages.
        """
        super().__init__(handler)
        self.limits = limits
        self._most = limits.connections + HTTP_CONNECTIONS if most is None else most
        self.headers = headers
        self.open_connections = 0
        self.refused_connections = 0
        """The connections that were hung up on so far."""
        self.page_connections = 0
        """The connections that are no clients."""
        self.by_address = Tally(limits.http_connections_per_address)
        self._proxies = proxies

    def take_place(self, host: str | None) -> Place | None:
        """Return the place of a new connection; None when there are too many, in all or from its address."""
        address = self._proxies.accepted_address(host)
        is_full = self.open_connections >= self._most
        if is_full or not self.by_address.take(address):
            self.refused_connections += 1
            return None
        self.open_connections += 1
        self.page_connections += 1
        return Place(self, host, address)

    def protocol(self, place: Place) -> HttpProtocol:
        """Return the protocol that handles a connection."""
        return HttpProtocol(self, asyncio.get_running_loop(), place)


def report_failure(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log an exception that nobody caught, as the loop's exception handler, in the same manner."""
    _logger.error("the server made a mistake: %s", without_values(context.get("exception")))
