# SPDX-License-Identifier: AGPL-3.0-only
"""The headers of requests, as browsers ask for the parts of the site. Pure."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final

__all__ = ["headers_of_browsers"]

_DESTINATIONS: Final = {
    ".css": ("style", "no-cors", "text/css,*/*;q=0.1"),
    ".ico": ("image", "no-cors", "image/avif,image/webp,*/*;q=0.8"),
    ".js": ("script", "cors", "*/*"),
    ".png": ("image", "no-cors", "image/avif,image/webp,*/*;q=0.8"),
    ".svg": ("image", "no-cors", "image/avif,image/webp,*/*;q=0.8"),
    ".wasm": ("empty", "cors", "*/*"),
    ".webmanifest": ("manifest", "cors", "*/*"),
}
_DOCUMENT: Final = ("document", "navigate", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")


def headers_of_browsers(address: str, encodings: Sequence[str], *, secure: bool) -> Mapping[str, str]:
    """Return the headers with which a browser asks for a part of the site, so that it gets the same answer.

    A server that wants to can still tell a program from a browser, by the way that both speak TLS and HTTP.
    """
    kind = _DESTINATIONS.get(PurePosixPath(address).suffix, _DOCUMENT)
    destination, mode, accept = ("serviceworker", "same-origin", "*/*") if address == "/sw.js" else kind
    headers = {
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Accept": accept,
        "Accept-Language": "en-US,en;q=0.5",
        "Accept-Encoding": ", ".join(encodings),
    }
    if address == "/sw.js":
        headers["Service-Worker"] = "script"
    if kind is _DOCUMENT:
        headers["Upgrade-Insecure-Requests"] = "1"
    if secure:
        site = "none" if kind is _DOCUMENT else "same-origin"
        headers |= {"Sec-Fetch-Dest": destination, "Sec-Fetch-Mode": mode, "Sec-Fetch-Site": site}
    return headers
