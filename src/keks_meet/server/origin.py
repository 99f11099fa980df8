# SPDX-License-Identifier: AGPL-3.0-only
"""The names by which this server may be asked, and the origins whose pages may open a WebSocket. Pure."""

import ipaddress
from collections.abc import Collection
from typing import Final

from keks_meet.server.addresses import HostHeader

__all__ = ["is_allowed", "is_name_of_metrics", "is_own_name"]

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def is_allowed(origin: str | None, host: str | None, others: Collection[str]) -> bool:
    """Tell whether a request with these ``Origin`` and ``Host`` headers may go on.

    A request without an origin does not come from a web page: browsers always send one with a WebSocket.
    """
    if origin is None:
        return True
    theirs = _place_of(origin)
    if theirs is None:
        return origin.lower() in {other.lower() for other in others}
    scheme = theirs[0]
    return theirs in {_place_of(other) for other in (f"{scheme}://{host or ''}", *others)}


def _place_of(origin: str) -> tuple[str, str, int] | None:
    """Return the scheme, host and port of a web page's origin; None for what is none."""
    scheme, separator, rest = origin.lower().partition("://")
    default, host = _DEFAULT_PORTS.get(scheme), HostHeader.parse(rest)
    return (scheme, host.name, host.port or default) if separator and default and host else None


def is_own_name(host: str | None, names: Collection[str]) -> bool:
    """Tell whether a ``Host`` header names this server; without configured names, every one does.

    Another name that leads here is what DNS rebinding needs: a page of that name would count as one of ours.
    """
    if not names:
        return True
    header = HostHeader.parse(host or "")
    return header is not None and header.name.removesuffix(".") in names


def is_name_of_metrics(host: str | None, names: Collection[str]) -> bool:
    """Tell whether a request with this ``Host`` header may read the server's numbers.

    Addresses, localhost and the names of the server are no names that a stranger could let lead here. Without that
    header nobody asks for a page of a browser.
    """
    if host is None:
        return True
    header = HostHeader.parse(host)
    if header is None:
        return False
    name = header.name.removesuffix(".")
    return name in {"localhost", *names} or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
