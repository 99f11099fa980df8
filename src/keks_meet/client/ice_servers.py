# SPDX-License-Identifier: AGPL-3.0-only
"""The STUN and TURN servers of a room, with credentials that are made anew before they end."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from msgspec import Struct

from keks_meet.client.tasks import Tasks

__all__ = ["IceConfig", "IceServer", "IceServers"]

_ENDING_SECONDS: Final = 600.0
"""The time that the credentials of a connection should last at least."""
_PATIENCE_SECONDS: Final = 5.0
"""The time that a new connection waits for new credentials before it tries the old ones."""


class IceServer(Struct, frozen=True):
    """A STUN or TURN server."""

    url: str
    username: str | None = None
    credential: str | None = None


class IceConfig(Struct, frozen=True):
    """The STUN and TURN servers that a server names."""

    servers: tuple[IceServer, ...] = ()
    valid_seconds: float | None = None
    """The lifetime of the credentials from the request on; None when they have no end, or it is not told."""


class IceServers:
    """The STUN and TURN servers that new connections are made with."""

    def __init__(
        self,
        config: IceConfig,
        fetch: Callable[[], Awaitable[IceConfig | None]],
        tasks: Tasks,
        now: Callable[[], float] = time.time,
        *,
        hide_address: bool = False,
    ) -> None:
        """Begin with the configuration that was fetched just now; with ``hide_address`` only TURN servers count [N18].

        ``fetch`` asks the server again; None when it does not answer. ``now`` is wall time, which goes on while the
        machine sleeps.
        """
        self._config = config
        self._fetch = fetch
        self._tasks = tasks
        self._now = now
        self._since = now()
        self._renewing: asyncio.Task[None] | None = None
        self.hides_address: Final = hide_address

    @property
    def has_relay(self) -> bool:
        """Whether there is a TURN server."""
        return any(server.url.startswith("turn") for server in self.servers)

    @property
    def servers(self) -> tuple[IceServer, ...]:
        """The newest servers."""
        return self._config.servers

    def renewal(self) -> asyncio.Task[None] | None:
        """Return the renewal to wait for before `servers` are used; None when the credentials last long enough."""
        lifetime = self._config.valid_seconds
        # Who is connected to through a relay alone asks again, since the server may not have answered yet.
        is_needed = self.hides_address and not self.has_relay
        if not is_needed and (lifetime is None or self._now() < self._since + lifetime - _ENDING_SECONDS):
            return None
        if self._renewing is None or self._renewing.done():
            self._renewing = self._tasks.start(self._renew())
        return self._renewing

    async def _renew(self) -> None:
        asked = self._now()
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                config = await self._fetch()
                if config is not None and config.servers:
                    self._config, self._since = config, asked
