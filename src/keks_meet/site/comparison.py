# SPDX-License-Identifier: AGPL-3.0-only
"""The comparison of a server's site with the built one: of each answer what differs, and what was configured. Pure.

A byte that differs is a difference, wherever it is. Only the values of the places count as configured, and only where
they are of the kind that the place takes: a colour, an address, the version.
"""

import re
import zlib
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Final

import brotli
from msgspec import Struct

from keks_meet.site.headers import security_headers
from keks_meet.site.layout import TEMPLATES, built_files, encodings_of
from keks_meet.site.template import values_in

__all__ = ["Answer", "Difference", "SiteComparison"]

_COLOURS_AT: Final = "/overrides.css"
_COLOUR: Final = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_ADDRESS: Final = re.compile(r"https?://\S*|/\S*|[\w.-]+(?:/[\w.-]*)*")
_COLOURS: Final = re.compile(r":root \{\n((?:  --[a-z-]{1,40}: #[0-9a-fA-F]{3,6};\n){0,40})\}\n")
_POLICY: Final = "content-security-policy"
_LEADING_ASTRAY: Final = ("link", "refresh", "service-worker-allowed", "speculation-rules")
"""Headers by which an answer can have more loaded, or more controlled, than the page says."""
_COMPRESSED_SPARE: Final = 4096
"""Bytes by which a proxy's compression may be worse than none."""


class Answer(Struct, frozen=True):
    """A server's answer: the status, the headers with names in lower case, the body as it was sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Difference(Struct, frozen=True):
    """An address of the site, and what is different there, as the rest of a sentence that begins with the address."""

    address: str
    what: str


class _File(Struct, frozen=True):
    content: bytes
    encodings: Mapping[str, bytes]


class SiteComparison:
    """The built site, and what has been found of a server's. Holds each file of the build in memory."""

    def __init__(self, folder: Path, version: str) -> None:
        """Load the built site of this ``version``. Raises `PagesError` when it is not built."""
        self._version = version
        self._files = {
            address: _File(path.read_bytes(), encodings_of(path))
            for address, path in built_files(folder).items()
            if path.is_file()
        }
        self.differences: list[Difference] = []
        self.configured: dict[str, str] = {}
        """The values that the server's configuration put into the pages, by name: colours and addresses."""

    @property
    def addresses(self) -> list[str]:
        """The addresses to ask for."""
        return [*self._files, _COLOURS_AT]

    def most_bytes(self, address: str) -> int:
        """Return the number of bytes above which an answer is different without being read to its end."""
        file = self._files.get(address, _File(b"", {}))
        return max(map(len, [file.content, *file.encodings.values()])) + _COMPRESSED_SPARE

    def compare(self, address: str, answer: Answer | None) -> None:
        """Note what is different in an answer; None is an answer that was longer than `most_bytes`."""
        what = self._difference(address, answer)
        if what is not None:
            self.differences.append(Difference(address, what))

    def _difference(self, address: str, answer: Answer | None) -> str | None:
        if answer is None:
            return "is longer"
        if answer.status != HTTPStatus.OK:
            return (
                "is missing"
                if answer.status == HTTPStatus.NOT_FOUND
                else f"is answered with the status {answer.status}"
            )
        return self._difference_of_headers(address, answer.headers) or self._difference_of_body(address, answer)

    def _difference_of_headers(self, address: str, headers: Mapping[str, str]) -> str | None:
        astray = next((name for name in _LEADING_ASTRAY if name in headers), None)
        if astray is not None:
            return f"comes with the header {astray}"
        policies = [policy.strip() for policy in headers.get(_POLICY, "").split(",")]
        if _is_page(address) and security_headers(tls=False)["Content-Security-Policy"] not in policies:
            return "comes without the content security policy"
        return None

    def _difference_of_body(self, address: str, answer: Answer) -> str | None:
        file = self._files.get(address, _File(b"", {}))
        encoding = answer.headers.get("content-encoding", "identity").strip().lower()
        if answer.body == file.encodings.get(encoding):
            return None
        body = _decoded(answer.body, encoding, self.most_bytes(address))
        if body is None:
            return f"is sent as {encoding}, which cannot be read"
        if address == _COLOURS_AT:
            return self._difference_of_colours(body)
        if address in TEMPLATES:
            return self._difference_of_values(file.content, body)
        return None if body == file.content else "is different"

    def _difference_of_colours(self, body: bytes) -> str | None:
        found = _COLOURS.fullmatch(body.decode(errors="replace"))
        if found is None:
            return "is more than colours"
        for line in found[1].splitlines():
            name, _, colour = line.strip().removesuffix(";").partition(": ")
            self.configured[name.removeprefix("--").replace("-", "_")] = colour
        return None

    def _difference_of_values(self, template: bytes, body: bytes) -> str | None:
        values = values_in(template.decode(), body.decode(errors="replace"))
        if values is None:
            return "is different"
        if values.pop("version", self._version) != self._version:
            return "says that it is of another version"
        for name, value in values.items():
            kind = _ADDRESS if name.endswith("_url") else _COLOUR
            if kind.fullmatch(value) is None:
                return f"has something else where {name} should stand"
            if self.configured.setdefault(name, value) != value:
                return f"has another {name} than other pages"
        return None


def _is_page(address: str) -> bool:
    return TEMPLATES.get(address, "").endswith(".html")


def _decoded(body: bytes, encoding: str, most: int) -> bytes | None:
    """Return the content of a body, of which ``most`` bytes at most are unpacked; None for what cannot be read."""
    try:
        if encoding == "gzip":
            return zlib.decompressobj(wbits=31).decompress(body, most)
        if encoding == "br":
            return bytes(brotli.Decompressor().process(body, output_buffer_limit=most))
    except (zlib.error, brotli.error):
        return None
    return body if encoding == "identity" else None
