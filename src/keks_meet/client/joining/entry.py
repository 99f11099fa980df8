# SPDX-License-Identifier: AGPL-3.0-only
"""The way into a room: the connection to its server, and the stay that begins over it."""

import asyncio
import os
import secrets
from collections.abc import Awaitable
from typing import Final

import aiohttp

from keks_meet.client.blocking import in_thread
from keks_meet.client.ice_servers import IceConfig, IceServers
from keks_meet.client.identity.acquaintances import Acquaintances
from keks_meet.client.joining.visitor import Visitor
from keks_meet.client.news import Listener
from keks_meet.client.runtime import Runtime
from keks_meet.client.signaling.addresses import ServerAddress
from keks_meet.client.signaling.http import fetch_ice_config, new_session
from keks_meet.client.signaling.link import SignalingLink
from keks_meet.client.signaling.proxies import proxy_for
from keks_meet.client.tasks import Tasks
from keks_meet.session.view import SessionOptions

__all__ = ["Entry"]

_REQUEST_SECONDS: Final = 20.0


class Entry:
    """The way to one server; to be closed after the stay."""

    def __init__(self, address: ServerAddress) -> None:
        """Prepare to go to a server."""
        self._address = address
        self._http = new_session(_REQUEST_SECONDS, proxy_for(address.signaling, os.environ))

    async def begin(self, visitor: Visitor, keys: Awaitable[tuple[bytes, str]], listener: Listener) -> Runtime:
        """Begin a stay, with the message key and the room hash when they are there. Raises `ServerUnreachable`."""
        link = SignalingLink(self._http, self._address.signaling)
        asking = asyncio.create_task(self._fetch_ice_config())
        try:
            await link.connect()
            key, room_hash = await keys
            signing_key = await in_thread(lambda: visitor.keys.signing_key(room_hash))
            acquaintances = Acquaintances(visitor.keys, signing_key.credential.text)
            await in_thread(acquaintances.load)
            ice_config = await asking
        except BaseException:
            await link.close()
            raise
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        given = visitor.username
        name = given if isinstance(given, str) else given(signing_key.credential.fingerprint)
        options = SessionOptions(name, secrets.token_urlsafe(16), visitor.features)
        tasks = Tasks()
        ice_servers = IceServers(
            ice_config or IceConfig(), self._fetch_ice_config, tasks, hide_address=visitor.hide_address
        )
        runtime = Runtime(options, link, ice_servers, acquaintances, tasks, listener)
        runtime.start(key, room_hash, signing_key)
        return runtime

    async def close(self) -> None:
        """End what goes to the server."""
        await self._http.close()

    async def _fetch_ice_config(self) -> IceConfig | None:
        """Ask the server; None without an answer, which leaves peers of one network still to meet."""
        try:
            return await fetch_ice_config(self._http, self._address.config)
        except (aiohttp.ClientError, OSError, UnicodeError):
            return None
