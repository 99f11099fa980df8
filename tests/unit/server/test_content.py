# SPDX-License-Identifier: AGPL-3.0-only
"""Which encoding is chosen."""

import gzip
import os
from types import SimpleNamespace
from typing import Any

import brotli
import pytest

from keks_meet.server.content import REVALIDATE, Content, InPieces, best_encoding

BOTH: dict[Any, bytes] = {"br": b"", "gzip": b"", "identity": b""}


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", "identity"),
        ("gzip", "gzip"),
        ("gzip, br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("GZIP", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("*;q=0.1", "br"),
        ("br;q=0, *", "gzip"),
        ("*;q=0", "identity"),
        ("identity;q=0, gzip;q=0", "identity"),
        ("br;q=x;;=,,", "identity"),
    ],
)
def test_encoding(accepted: str, chosen: str) -> None:
    assert best_encoding(accepted, BOTH) == chosen


def test_only_what_there_is() -> None:
    assert best_encoding("br, gzip", {"gzip": b"", "identity": b""}) == "gzip"
    assert best_encoding("br, gzip", {"identity": b""}) == "identity"


def test_tags_follow_the_content() -> None:
    one, same, other = (Content.of(body, "text/plain", REVALIDATE) for body in (b"1", b"1", b"2"))
    assert one.tag == same.tag != other.tag


def test_compression_is_repeatable() -> None:
    made = [Content.compressed(b"x" * 1000, "text/plain", REVALIDATE) for _ in range(2)]
    assert made[0] == made[1]
    assert gzip.decompress(made[0].bodies["gzip"]) == brotli.decompress(made[0].bodies["br"]) == b"x" * 1000


@pytest.mark.parametrize("size", [65_537, 300_000])
async def test_a_large_body_is_written_as_its_reader_takes_it(size: int) -> None:
    body, pieces = os.urandom(size), []

    async def write(piece: memoryview) -> None:
        pieces.append(bytes(piece))

    writer: Any = SimpleNamespace(write=write)
    content = InPieces(body)
    assert content.size == size
    await content.write(writer)
    assert b"".join(pieces) == body
    assert max(map(len, pieces)) == 65_536
