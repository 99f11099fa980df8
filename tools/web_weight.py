# SPDX-License-Identifier: AGPL-3.0-only
"""Weighs what a person's browser loads for a room before the first click, and holds it to a budget."""

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import brotli

ROOM_BUDGET_BYTES = 41_500
"""All of `/room` before the first click: HTML, CSS, JavaScript and JSON, compressed. Kept here alone."""

MADE_BY_SERVER = {"config.json, overrides.css": 600}
"""The weight that no build can know, since the configuration decides it: an allowance, held by the test on the wire."""

PAGE_QUALITY = 5
"""How well the server compresses pages, as it fills them in when it starts (`server/content.py`)."""


class TooHeavyError(Exception):
    """The room page grew above its budget."""


@dataclass(frozen=True)
class Part:
    """One thing that the room page loads."""

    name: str
    compressed: int


def compress_text(data: bytes) -> dict[str, bytes]:
    """The encodings that are made once, at build time, by the ending of their file."""
    return {
        ".br": brotli.compress(data, quality=11, mode=brotli.MODE_TEXT),
        ".gz": gzip.compress(data, 9, mtime=0),
    }


def weigh_room(pages: Path, scripts_and_styles: Iterable[str]) -> list[Part]:
    """The parts of `/room`: the page as the server compresses it, and what it and its scripts import."""
    page = Part("room.html", len(brotli.compress((pages / "room.html").read_bytes(), quality=PAGE_QUALITY)))
    assets = [Part(name, (pages / f"{name}.br").stat().st_size) for name in scripts_and_styles]
    made = [Part(name, size) for name, size in MADE_BY_SERVER.items()]
    return [page, *assets, *made]


def table(parts: list[Part]) -> str:
    """The parts and their sum, for people to read."""
    total = sum(part.compressed for part in parts)
    rows = [*parts, Part(f"before the first click (budget {ROOM_BUDGET_BYTES})", total)]
    width = max(len(part.name) for part in rows)
    return "\n".join(f"  {part.name:<{width}}  {part.compressed:>6} B" for part in rows)


def hold_to_budget(parts: list[Part]) -> None:
    """Raise `TooHeavyError` when the parts together are above the budget."""
    total = sum(part.compressed for part in parts)
    if total > ROOM_BUDGET_BYTES:
        raise TooHeavyError(f"/room weighs {total} bytes, {total - ROOM_BUDGET_BYTES} above its budget")
