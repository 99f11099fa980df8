# SPDX-License-Identifier: AGPL-3.0-only
"""Fetches a server's pages and compares them with those of this package."""

import asyncio
import os
from http import HTTPStatus
from importlib.metadata import version
from typing import Final

import aiohttp
from msgspec import Struct

from keks_meet.client.blocking import in_thread
from keks_meet.client.signaling.addresses import ServerAddress
from keks_meet.client.signaling.http import new_session
from keks_meet.client.signaling.proxies import proxy_for
from keks_meet.errors import ServerUnreachable
from keks_meet.site.comparison import Answer, Difference, SiteComparison
from keks_meet.site.layout import FOLDER

__all__ = ["SiteReport", "check_site"]

_SECONDS: Final = 60.0
"""The time that one answer may take."""
_LONGEST_VERSION: Final = 100
"""Bytes of a version that are read."""
_AT_ONCE: Final = 4
"""Requests at a time: a server bounds what one address has open."""
_AS_BROWSERS_ASK: Final = {
    # A server could show its real pages to this program, and others to browsers: this makes it a little harder.
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "en-US,en;q=0.9",
}


class SiteReport(Struct, frozen=True):
    """The outcome of a comparison."""

    version: str
    """The version of the installed package."""
    said: str
    """The version that the server says it has, as text of the server's; may be empty."""
    compared: int
    """The number of addresses that were asked for."""
    differences: tuple[Difference, ...]
    """The addresses with something else, in the order of the addresses; none if the server's pages are ours."""
    configured: dict[str, str]
    """The colours and addresses that the server's configuration put into the pages, by name."""


async def check_site(server: str | ServerAddress) -> SiteReport:
    """Ask a server for each page and asset of the installed package, and compare the answers byte for byte.

    ``server``: its address, as `Room` takes it.
    Raises `PagesError` when this package has no built pages, `UsageError` and `ServerUnreachable`.
    """
    address = ServerAddress.parse(server) if isinstance(server, str) else server
    ours = version("keks-meet")
    comparison = await in_thread(SiteComparison, FOLDER, ours)
    turns = asyncio.Semaphore(_AT_ONCE)

    async def ask(path: str, most: int) -> Answer | None:
        async with turns:
            return await _fetch(http, address.site + path, most)

    async def compare(path: str) -> None:
        comparison.compare(path, await ask(path, comparison.most_bytes(path)))

    try:
        async with _session(address) as http, asyncio.TaskGroup() as tasks:
            said = tasks.create_task(ask("/version", _LONGEST_VERSION))
            for path in comparison.addresses:
                tasks.create_task(compare(path))
    except* (aiohttp.ClientError, OSError, TimeoutError) as errors:
        reason = _first(errors)
        msg = f"the pages of the server could not be fetched: {str(reason) or type(reason).__name__}"
        raise ServerUnreachable(msg) from reason
    order = {path: place for place, path in enumerate(comparison.addresses)}
    differences = tuple(sorted(comparison.differences, key=lambda each: order[each.address]))
    return SiteReport(ours, _text(said.result()), len(order), differences, comparison.configured)


def _session(address: ServerAddress) -> aiohttp.ClientSession:
    return new_session(_SECONDS, proxy_for(address.signaling, os.environ))


async def _fetch(http: aiohttp.ClientSession, url: str, most: int) -> Answer | None:
    async with http.get(url, headers=_AS_BROWSERS_ASK, auto_decompress=False, allow_redirects=False) as response:
        body = bytearray()
        async for piece in response.content.iter_any():
            body += piece
            if len(body) > most:
                return None
        headers: dict[str, str] = {}
        for name, value in response.headers.items():
            known = headers.get(name.lower())
            headers[name.lower()] = value if known is None else f"{known}, {value}"
        return Answer(response.status, headers, bytes(body))


def _text(answer: Answer | None) -> str:
    is_text = answer is not None and answer.status == HTTPStatus.OK and "content-encoding" not in answer.headers
    return answer.body.decode(errors="replace").removeprefix("keks-meet ") if answer and is_text else ""


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    first = errors.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
