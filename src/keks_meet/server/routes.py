# SPDX-License-Identifier: AGPL-3.0-only
"""The addresses of the server, and the answer to each of them.

A request is logged, if at all, as its route and status: the path of an old link is a room secret.
"""

import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from logging import getLogger
from typing import Final, TypeAlias
from urllib.parse import unquote

from aiohttp import web

from keks_meet.server.client_config import client_config, overrides_css, turn_credentials
from keks_meet.server.config import Config
from keks_meet.server.content import NO_STORE, REVALIDATE, Content
from keks_meet.server.listener import HttpProtocol, plain_answer
from keks_meet.server.node import HEALTH, Node
from keks_meet.server.origin import is_own_name
from keks_meet.site.layout import ASSETS

__all__ = ["Routes"]

_logger = getLogger(__name__)

Handler: TypeAlias = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

_TURN_NAME_BYTES: Final = 8
"""Random bytes in a TURN user's name: enough that none is drawn twice within its time."""
_OLD_LINK: Final = "/room/"


class Routes:
    """Answers every request."""

    def __init__(
        self,
        config: Config,
        contents: Mapping[str, Content],
        signaling: Handler,
        *,
        node: Node,
        headers: Mapping[str, str],
    ) -> None:
        """Serve ``contents`` by address, and what depends on the request."""
        self._config = config
        self._node = node
        self._headers = headers
        self._contents = {
            **contents,
            "/overrides.css": Content.of(overrides_css(config.appearance), "text/css; charset=utf-8", REVALIDATE),
        }
        self._signaling = signaling

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request, with the headers that every answer has."""
        if isinstance(request.protocol, HttpProtocol):
            request.protocol.request_began()
        path = request.rel_url.raw_path
        response = self._refusal(request)
        if response is None:
            response = self._answer(request, path)
        if response is None:
            response = await self._signaling(request)
        response.headers.update(self._headers)
        if isinstance(request.protocol, HttpProtocol) and request.protocol.place.is_scarce:
            response.force_close()
        _logger.debug("%s answered %d", self._route(path), response.status)
        return response

    def _refusal(self, request: web.BaseRequest) -> web.StreamResponse | None:
        """Refuse a request that is not meant for this server, or that no address here answers."""
        if not is_own_name(request.headers.get("Host"), self._config.server.names):
            return plain_answer(421, "This server does not go by that name. Its configuration can allow it: names.")
        if request.method not in {"GET", "HEAD"}:
            return plain_answer(405, "Only GET and HEAD are answered here.", {"Allow": "GET, HEAD"})
        return None

    def _answer(self, request: web.BaseRequest, path: str) -> web.StreamResponse | None:
        """Answer a request at once; None when it is for signaling."""
        if path == "/signaling" and self._node.takes_clients:
            return None
        if path in {"/signaling", *HEALTH}:
            # A client that is refused by a node can be given to another server by a load balancer.
            return plain_answer(*self._node.health(path))
        if path == "/config.json":
            return self._client_config(request)
        if path.startswith(_OLD_LINK):
            return _redirect(path.removeprefix(_OLD_LINK))
        content = self._contents.get(path)
        return plain_answer(404, "There is nothing at this address.") if content is None else content.answer(request)

    def _route(self, path: str) -> str:
        """Return the name of the route that a path takes, which tells nothing of the path itself."""
        if path.startswith(_OLD_LINK):
            return "/room/…"
        if path.startswith(ASSETS):
            return "/assets/…"
        is_known = path in self._contents or path in {"/signaling", "/config.json", *HEALTH}
        return path if is_known else "an unknown address"

    def _client_config(self, request: web.BaseRequest) -> web.Response:
        turn = turn_credentials(self._config.webrtc, time.time(), secrets.token_hex(_TURN_NAME_BYTES))
        body = client_config(self._config, self._node.stun, request.headers.get("Host"), turn)
        return web.Response(body=body, content_type="application/json", headers={"Cache-Control": NO_STORE})


def _redirect(secret: str) -> web.Response:
    """Send an old link on to where the secret stays in the browser, and have the page warn that it was seen here."""
    # The page cuts after decoding [K1], so that an escaped question mark is one and begins the parameters already.
    separator = "&" if "?" in unquote(secret) else "?"
    # Relative, since the server may be below a path of another site.
    room = "../" * (1 + secret.count("/")) + "room"
    location = f"{room}#{secret}{separator}warn_redirect=true" if secret else room
    return web.Response(status=301, headers={"Location": location, "Cache-Control": NO_STORE})
