# SPDX-License-Identifier: AGPL-3.0-only
"""Who may open a WebSocket from a web page: pages of this server, and of origins that the configuration names. Pure."""

from collections.abc import Collection
from typing import Final

from keks_meet.server.addresses import HostHeader

__all__ = ["is_allowed"]

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def is_allowed(origin: str | None, host: str | None, others: Collection[str]) -> bool:
    """Tell whether a request with these ``Origin`` and ``Host`` headers may go on.

    Without an origin it does not come from a web page: browsers always send one with a WebSocket.
    """
    if origin is None:
        return True
    if origin.lower() in {other.lower() for other in others}:
        return True
    scheme, separator, rest = origin.partition("://")
    default = _DEFAULT_PORTS.get(scheme.lower())
    if not separator or default is None:
        return False
    theirs, ours = HostHeader.parse(rest), HostHeader.parse(host or "")
    if theirs is None or ours is None:
        return False
    return theirs.name == ours.name and (theirs.port or default) == (ours.port or default)
