# SPDX-License-Identifier: AGPL-3.0-only
"""Content to serve, in memory, in the encodings there are of it: negotiation, caching and conditional requests."""

import gzip
import hashlib
from collections.abc import Mapping
from typing import Final, Literal, Self, TypeAlias

import brotli
from aiohttp import payload, web
from aiohttp.abc import AbstractStreamWriter
from msgspec import Struct

__all__ = ["FOREVER", "NO_STORE", "REVALIDATE", "Content", "InPieces", "best_encoding"]

FOREVER: Final = "public, max-age=31536000, immutable"
"""Caching for addresses that name their content by its hash."""
REVALIDATE: Final = "no-cache"
"""Caching for addresses that stay while their content changes: asked again each time, answered 304 when unchanged."""
NO_STORE: Final = "no-store"
"""Caching for answers that are made for one request."""

Encoding: TypeAlias = Literal["br", "gzip", "identity"]
_PREFERENCE: Final[tuple[Encoding, ...]] = ("br", "gzip", "identity")
_PIECE: Final = 65_536
"""Bytes of a body that are written at once."""
_QUALITY: Final = 5
"""Brotli's. With the best one, pages are a tenth smaller, and take forty times as long: starting waits for it."""


class Content(Struct, frozen=True):
    """A body in at least the identity encoding, with its type and how it may be cached."""

    bodies: Mapping[Encoding, bytes]
    content_type: str
    cache: str
    tag: str

    @classmethod
    def of(cls, body: bytes, content_type: str, cache: str, **encoded: bytes) -> Self:
        """Make content of a body and its ready encodings (``br``, ``gzip``)."""
        bodies: dict[Encoding, bytes] = {"identity": body}
        for encoding in _PREFERENCE:
            if encoding in encoded:
                bodies[encoding] = encoded[encoding]
        return cls(bodies, content_type, cache, hashlib.sha256(body).hexdigest()[:32])

    @classmethod
    def compressed(cls, body: bytes, content_type: str, cache: str) -> Self:
        """Make content of a body and compress the body, now and once."""
        encoded = {"br": brotli.compress(body, quality=_QUALITY), "gzip": gzip.compress(body, mtime=0)}
        return cls.of(body, content_type, cache, **encoded)

    def answer(self, request: web.BaseRequest) -> web.Response:
        """Answer a GET or HEAD: the best encoding that the client takes, or 304 when it has it already."""
        encoding = best_encoding(request.headers.get("Accept-Encoding", ""), self.bodies)
        etag = f'"{self.tag}-{encoding}"'
        headers = {"Cache-Control": self.cache, "ETag": etag}
        if len(self.bodies) > 1:
            headers["Vary"] = "Accept-Encoding"
        if _matches(request.headers.get("If-None-Match", ""), etag):
            return web.Response(status=304, headers=headers)
        headers["Content-Type"] = self.content_type
        if encoding != "identity":
            headers["Content-Encoding"] = encoding
        body = self.bodies[encoding]
        return web.Response(body=InPieces(body) if len(body) > _PIECE else body, headers=headers)


class InPieces(payload.Payload):
    """A body that is written as its reader takes it: of a whole one, each slow reader would hold a copy here."""

    _default_content_type = "application/octet-stream"

    def __init__(self, body: bytes) -> None:
        """Take the body, which is never copied as a whole."""
        super().__init__(body)
        self._size = len(body)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Return the body as text."""
        text: str = self._value.decode(encoding, errors)
        return text

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Write the body; each piece waits until there is room for more."""
        view = memoryview(self._value)
        for start in range(0, len(view), _PIECE):
            await writer.write(view[start : start + _PIECE])


def _matches(if_none_match: str, etag: str) -> bool:
    """Compare weakly, as RFC 9110 asks for here: proxies that compress mark tags as weak."""
    given = (part.strip().removeprefix("W/") for part in if_none_match.split(","))
    return any(part in {etag, "*"} for part in given)


def best_encoding(accepted: str, available: Mapping[Encoding, bytes]) -> Encoding:
    """Choose by an ``Accept-Encoding`` header: our order of preference, of those that the client does not refuse."""
    weights = dict(_weight(part) for part in accepted.split(","))
    for encoding in _PREFERENCE:
        if encoding in available and weights.get(encoding, weights.get("*", 0.0)) > 0:
            return encoding
    return "identity"


def _weight(part: str) -> tuple[str, float]:
    name, _, parameter = part.partition(";")
    try:
        weight = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
    except ValueError:
        weight = 0.0
    return name.strip().lower(), weight
