# SPDX-License-Identifier: AGPL-3.0-only
"""Fetches a server's pages and compares them with those of this package."""

import asyncio
import contextlib
import os
import re
from collections.abc import Mapping
from http import HTTPStatus
from importlib.metadata import version
from typing import Final

import aiohttp
from msgspec import Struct

from keks_meet.client.blocking import in_thread
from keks_meet.client.signaling.addresses import ServerAddress
from keks_meet.client.signaling.http import new_session
from keks_meet.client.signaling.proxies import proxy_for
from keks_meet.client.signaling.reasons import reason_of
from keks_meet.errors import ServerUnreachable
from keks_meet.site.comparison import Answer, Difference, SiteComparison
from keks_meet.site.layout import FOLDER
from keks_meet.site.requests import headers_of_browsers

__all__ = ["SiteReport", "check_site"]

_SECONDS: Final = 30.0
"""The time that one answer may take."""
_ALL_SECONDS: Final = 300.0
"""The time that all answers together may take."""
_LONGEST_VERSION: Final = 100
"""Bytes of a version that are read."""
_AT_ONCE: Final = 4
"""Requests at a time: a server bounds what one address has open."""
_VERSION: Final = "/version"
_TOKEN: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TROUBLES: Final = (aiohttp.ClientError, OSError, TimeoutError, ValueError)
"""Errors that one answer may cause: also headers that are none."""


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
    comparison = await in_thread(SiteComparison, FOLDER, ours, address.site)
    try:
        async with asyncio.timeout(_ALL_SECONDS), _session(address) as http:
            said = await _compare_all(http, address, comparison)
    except TimeoutError:
        raise ServerUnreachable("the pages of the server took too long") from None
    order = {path: place for place, path in enumerate(comparison.addresses)}
    differences = tuple(sorted(comparison.differences, key=lambda each: order[each.address]))
    return SiteReport(ours, said, len(order), differences, comparison.configured)


def _session(address: ServerAddress) -> aiohttp.ClientSession:
    return new_session(_SECONDS, proxy_for(address.signaling, os.environ), is_brief=True)


async def _compare_all(http: aiohttp.ClientSession, address: ServerAddress, comparison: SiteComparison) -> str:
    """Compare each answer; return the version that the server says. Raises `ServerUnreachable` if none came."""
    turns = asyncio.Semaphore(_AT_ONCE)
    troubles: list[Exception] = []

    async def compare(path: str) -> None:
        try:
            async with turns:
                answer = await _fetch(http, address, path, comparison)
        except _TROUBLES as trouble:
            # One address that cannot be had must not hide what is different at others.
            troubles.append(trouble)
            comparison.note(path, "could not be fetched")
        else:
            comparison.compare(path, answer)

    await asyncio.gather(*map(compare, comparison.addresses))
    if len(troubles) == len(comparison.addresses):
        msg = f"the pages of the server could not be fetched: {reason_of(troubles[0])}"
        raise ServerUnreachable(msg) from troubles[0]
    with contextlib.suppress(*_TROUBLES):
        return _text(await _fetch(http, address, _VERSION, comparison))
    return ""


async def _fetch(
    http: aiohttp.ClientSession, address: ServerAddress, path: str, comparison: SiteComparison
) -> Answer | None:
    """Return the answer, or None for one that is longer than it should be."""
    most = _LONGEST_VERSION if path == _VERSION else comparison.most_bytes(path)
    headers = headers_of_browsers(path, comparison.encodings, secure=address.secure)
    async with http.get(address.site + path, headers=headers, auto_decompress=False, allow_redirects=False) as response:
        body = bytearray()
        async for piece in response.content.iter_any():
            body += piece
            if len(body) > most:
                return None
        joined: dict[str, str] = {}
        for name, value in response.headers.items():
            known = joined.get(name.lower())
            joined[name.lower()] = value if known is None else f"{known}, {value}"
        return Answer(response.status, joined, bytes(body), _is_framed_plainly(response, joined))


def _is_framed_plainly(response: aiohttp.ClientResponse, headers: Mapping[str, str]) -> bool:
    """Tell whether browsers find the same body: chunks are such since HTTP/1.1, and under this one name alone."""
    is_chunked_plainly = headers.get("transfer-encoding", "chunked") == "chunked"
    are_names = all(_TOKEN.fullmatch(name) for name, _ in response.raw_headers)
    return response.version == aiohttp.HttpVersion11 and is_chunked_plainly and are_names


def _text(answer: Answer | None) -> str:
    if answer is None or answer.status != HTTPStatus.OK or "content-encoding" in answer.headers:
        return ""
    return answer.body.decode(errors="replace").removeprefix("keks-meet ")
