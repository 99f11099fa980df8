# SPDX-License-Identifier: AGPL-3.0-only
"""The comparison of a server's site with the built one: of each answer what differs, and what was configured. Pure.

A byte that differs is a difference, wherever it is, and so is a header by which a browser would do something else with
the same bytes. Only the values of the places count as configured, and only those of the kind that the place takes: a
colour, an address, the version.
"""

import re
import zlib
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urljoin, urlsplit

import brotli
from msgspec import Struct

from keks_meet.site.headers import security_headers
from keks_meet.site.inline import inline_scripts
from keks_meet.site.layout import ASSETS, TEMPLATES, built_files, content_type, encodings_of
from keks_meet.site.template import filled, values_in

__all__ = ["COLOURS", "Answer", "Difference", "SiteComparison"]

COLOURS: Final = ("accent", "accent_dark", "accent_light", "background", "background_dark", "background_light")
"""The colours that a server configures, in the order in which its style sheet has them."""
_COLOURS_AT: Final = "/overrides.css"
_COLOUR: Final = r"#(?:[0-9a-fA-F]{3}){1,2}"
_ADDRESS: Final = re.compile(r"https?://[!-\[\]-~]+|(?!//)[!-\[\]-~]+")
_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|[0-9a-f:]+")
_NUMBER: Final = re.compile(r"[0-9]+$|0x")
"""The last part of a host that browsers take for a number, in whatever way that is written."""
_IPV4: Final = re.compile(r"(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})")
_STYLE_SHEET: Final = re.compile(
    r":root \{\n" + "".join(f"  --{name.replace('_', '-')}: (?P<{name}>{_COLOUR});\n" for name in COLOURS) + r"\}\n"
)
_UNWANTED: Final = frozenset(
    {"clear-site-data", "content-disposition", "content-location", "content-security-policy-report-only", "link"}
    | {"nel", "refresh", "report-to", "reporting-endpoints", "service-worker-allowed", "set-cookie", "sourcemap"}
    | {"speculation-rules", "x-sourcemap"}
)
"""Headers by which a browser does, loads, keeps or tells something else with the same bytes."""
_FRESH: Final = ("no-cache", "no-store")
_SPARE: Final = 4096
"""Bytes by which values may make a page longer than its template, or a proxy's compression worse than none."""


class Answer(Struct, frozen=True):
    """A server's answer."""

    status: int
    headers: Mapping[str, str]
    """By names in lower case."""
    body: bytes
    """As it was sent."""
    is_framed_plainly: bool = True
    """Whether every program finds the same body in the bytes of the answer."""


class Difference(Struct, frozen=True):
    """An address of the site, and what is different there, as the rest of a sentence that begins with the address."""

    address: str
    what: str


class _File(Struct, frozen=True):
    content: bytes
    type: str
    encodings: Mapping[str, bytes]


class SiteComparison:
    """The built site, and what has been found of a server's. Holds each file of the build in memory."""

    def __init__(self, folder: Path, version: str, site: str) -> None:
        """Load the built site of this ``version``, for a server at ``site``. Raises `PagesError` when it is not built.

        ``site``: the beginning of the addresses of the server's pages, without a slash at its end.
        """
        self._version = version
        self._site = site
        self._files = {
            address: _File(path.read_bytes(), content_type(path), encodings_of(path))
            for address, path in built_files(folder).items()
            if path.is_file()
        }
        headers = security_headers(tls=False, inline=inline_scripts(folder))
        self._required = {name.lower(): value for name, value in headers.items() if name != "Server"}
        self._files[_COLOURS_AT] = _File(b"", "text/css; charset=utf-8", {})
        self.differences: list[Difference] = []
        self.configured: dict[str, str] = {}
        """The values that the server's configuration put into the pages, by name: colours and addresses."""

    @property
    def addresses(self) -> list[str]:
        """The addresses to ask for."""
        return list(self._files)

    @property
    def encodings(self) -> tuple[str, ...]:
        """The content encodings to ask for: those that every browser takes from this server."""
        return ("gzip", "br") if self._site.startswith("https:") else ("gzip",)

    def most_bytes(self, address: str) -> int:
        """Return the number of bytes above which an answer is different without being read to its end."""
        file = self._files[address]
        return max(map(len, [file.content, *file.encodings.values()])) + _SPARE

    def compare(self, address: str, answer: Answer | None) -> None:
        """Note what is different in an answer; None is an answer that was longer than `most_bytes`."""
        what = "is longer" if answer is None else self._difference(address, answer)
        if what is not None:
            self.note(address, what)

    def note(self, address: str, what: str) -> None:
        """Note a difference."""
        self.differences.append(Difference(address, what))

    def _difference(self, address: str, answer: Answer) -> str | None:
        if answer.status != HTTPStatus.OK:
            is_missing = answer.status == HTTPStatus.NOT_FOUND
            return "is missing" if is_missing else f"is answered with the status {answer.status}"
        if not answer.is_framed_plainly:
            return "is sent in a way that programs read differently"
        return self._difference_of_headers(address, answer.headers) or self._difference_of_body(address, answer)

    def _difference_of_headers(self, address: str, headers: Mapping[str, str]) -> str | None:
        unwanted = next((name for name in sorted(_UNWANTED) if name in headers), None)
        if unwanted is not None:
            return f"comes with the header {unwanted}"
        needed = self._required | {"content-type": self._files[address].type}
        missing = next((name for name, value in needed.items() if headers.get(name) != value), None)
        if missing is not None:
            return f"comes with another {missing}"
        if not address.startswith(ASSETS) and headers.get("cache-control") not in _FRESH:
            return "may be kept by browsers"
        return None

    def _difference_of_body(self, address: str, answer: Answer) -> str | None:
        file = self._files[address]
        encoding = answer.headers.get("content-encoding")
        if encoding is not None and encoding not in self.encodings:
            return "is sent in an encoding that was not asked for"
        if encoding is not None and answer.body == file.encodings.get(encoding):
            return None
        body = _decoded(answer.body, encoding, self.most_bytes(address))
        if body is None:
            return "cannot be unpacked"
        if address == _COLOURS_AT:
            return self._difference_of_colours(body)
        if address in TEMPLATES:
            return self._difference_of_values(file.content, body)
        return None if body == file.content else "is different"

    def _difference_of_colours(self, body: bytes) -> str | None:
        found = _STYLE_SHEET.fullmatch(body.decode(errors="replace"))
        if found is None:
            return "is something else than colours"
        self.configured |= found.groupdict()
        return None

    def _difference_of_values(self, template: bytes, body: bytes) -> str | None:
        text = template.decode()
        values = values_in(text, body.decode(errors="replace"))
        # Filled in again it must be the same: what a value is has been read as a browser reads it only then.
        if values is None or filled(text, values).encode() != body:
            return "is different"
        if values.pop("version", self._version) != self._version:
            return "says that it is of another version"
        for name, value in values.items():
            what = self._fault_of_address(value) if name.endswith("_url") else _fault_of_colour(value)
            if what is not None:
                return f"has a {name} that {what}"
            if self.configured.setdefault(name, value) != value:
                return f"has another {name} than other pages"
        return None

    def _fault_of_address(self, value: str) -> str | None:
        """Return what is wrong with an address that people are led to: a page of this server must be a compared one."""
        if _ADDRESS.fullmatch(value) is None:
            return "is no address"
        try:
            leads_to = urljoin(f"{self._site}/", value)
        except ValueError:
            return "is no address"
        origin = _origin_of(leads_to)
        if origin is None:
            return "is no address"
        is_compared = leads_to.removeprefix(self._site) in self._files
        if origin == _origin_of(self._site) and not is_compared:
            return "leads to a page of this server that is not compared"
        return None


def _origin_of(address: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of an address; None for one that browsers could take for another one."""
    try:
        parts = urlsplit(address)
        port = parts.port or _PORTS[parts.scheme]
    except (KeyError, ValueError):
        return None
    host = parts.hostname or ""
    is_number = _NUMBER.match(host.rpartition(".")[2]) is not None
    is_plain = _IPV4.fullmatch(host) is not None if is_number else _HOST.fullmatch(host) is not None
    return (parts.scheme, host, port) if is_plain and "@" not in parts.netloc else None


def _fault_of_colour(value: str) -> str | None:
    return None if re.fullmatch(_COLOUR, value) else "is no colour"


def _decoded(body: bytes, encoding: str | None, most: int) -> bytes | None:
    """Return the content of a body; None for one that cannot be unpacked, or to more than ``most`` bytes."""
    try:
        if encoding == "gzip":
            gunzip = zlib.decompressobj(wbits=31)
            content = gunzip.decompress(body, most)
            return content if gunzip.eof and not gunzip.unused_data else None
        if encoding == "br":
            unpack = brotli.Decompressor()
            content = bytes(unpack.process(body, output_buffer_limit=most))
            return content if unpack.is_finished() and len(content) <= most else None
    except (zlib.error, brotli.error):
        return None
    return body
