# SPDX-License-Identifier: AGPL-3.0-only
"""The HTTP proxy that leads to a server, by the environment, as curl reads it. Pure."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from keks_meet.errors import UsageError

__all__ = ["proxy_for"]

_VARIABLES: Final = {
    "http": ("http_proxy", "all_proxy", "ALL_PROXY"),
    "https": ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"),
}
"""Variables by scheme, the best first. Nobody reads HTTP_PROXY: in programs of web servers it is a request's header."""

_BETWEEN: Final = re.compile(r"[\s,]+")


def proxy_for(url: str, environ: Mapping[str, str]) -> str | None:
    """Return the address of the proxy for a ``ws``, ``wss``, ``http`` or ``https`` address; None to go there directly.

    An empty variable counts as not set, as for curl. Raises `UsageError` for a proxy that does not speak HTTP.
    """
    parts = urlsplit(url)
    scheme = "https" if parts.scheme in {"https", "wss"} else "http"
    proxy = next((environ[name] for name in _VARIABLES[scheme] if environ.get(name)), "")
    exceptions = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    if not proxy or _is_exempt(parts.hostname or "", exceptions):
        return None
    found = proxy if "://" in proxy else f"http://{proxy}"
    if urlsplit(found).scheme not in {"http", "https"}:
        raise UsageError("the environment names a proxy that is neither http nor https; no_proxy can except the server")
    return found


def _is_exempt(host: str, exceptions: str) -> bool:
    if exceptions.strip() == "*":
        return True
    return any(_covers(each, host.rstrip(".")) for each in _BETWEEN.split(exceptions) if each)


def _covers(exception: str, host: str) -> bool:
    """Tell whether an entry of ``no_proxy`` is a host: its name, its domain, its address or a network of that."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        name = exception.strip(".").lower()
        return bool(name) and (host == name or host.endswith(f".{name}"))
    try:
        return address in ipaddress.ip_network(exception.strip("[]"), strict=False)
    except ValueError:
        return False
