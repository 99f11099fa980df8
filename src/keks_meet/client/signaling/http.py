# SPDX-License-Identifier: AGPL-3.0-only
"""HTTP as the library speaks it: with the server that was named, and with nobody that it sends us to."""

from types import SimpleNamespace
from typing import Any

import aiohttp

__all__ = ["RedirectRefused", "new_session"]


class RedirectRefused(aiohttp.ClientError):
    """The server sent us elsewhere: that could be an address that only this machine can reach."""


def new_session(seconds: float, proxy: str | None = None) -> aiohttp.ClientSession:
    """Return a session in which a request takes no longer than this, and no redirect is followed.

    All go through ``proxy``, if there is one.

    WebSockets included: their handshake is a request, and aiohttp has no other way to keep it from being redirected.
    """
    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(_refuse)
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds), trace_configs=[trace], proxy=proxy)


async def _refuse(_session: aiohttp.ClientSession, _context: SimpleNamespace, _parameters: Any) -> None:
    raise RedirectRefused("the server redirects")
