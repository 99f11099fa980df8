# SPDX-License-Identifier: AGPL-3.0-only
"""The built pages and assets, loaded into memory once. `make build` makes the folder; this only reads it."""

import html
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from keks_meet.errors import PagesError
from keks_meet.server.content import FOREVER, REVALIDATE, Content

__all__ = ["FOLDER", "load_pages"]

FOLDER: Final = Path(__file__).with_name("pages")
"""The folder that the build puts the pages into."""

_logger = logging.getLogger(__name__)

_TEMPLATES: Final = {
    "/": "start.html",
    "/room": "room.html",
    "/documentation": "documentation.html",
    "/manifest.webmanifest": "manifest.webmanifest",
}
_NEEDED: Final = ("/", "/room")
_FIXED: Final = {
    "/favicon.ico": "favicon.ico",
    "/license": "license.txt",
    "/source.tar.gz": "source.tar.gz",
    "/style.css": "style.css",
    "/sw.js": "sw.js",
}
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".gz": "application/gzip",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".wav": "audio/wav",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


def load_pages(folder: Path, values: Mapping[str, str]) -> dict[str, Content]:
    """Return what is served, by address; ``values`` fill the ``{{places}}`` of the templates, escaped.

    Raises `PagesError` when the pages are not built. Any other missing file is logged, and will not be found.
    """
    missing = [_TEMPLATES[address] for address in _NEEDED if not (folder / _TEMPLATES[address]).is_file()]
    if missing:
        msg = f"the pages are not built ({folder} has no {' and no '.join(missing)}): run make build"
        raise PagesError(msg)
    found = {address: folder / name for address, name in (_TEMPLATES | _FIXED).items()}
    for address, path in found.items():
        if not path.is_file():
            _logger.warning("the pages have no %s: %s will not be found", path.name, address)
    contents = {address: _load(address, path, values) for address, path in found.items() if path.is_file()}
    return contents | _load_assets(folder / "assets")


def _load(address: str, path: Path, values: Mapping[str, str]) -> Content:
    if address in _TEMPLATES:
        return Content.compressed(_filled(path.read_text(encoding="utf-8"), values).encode(), _type(path), REVALIDATE)
    return _with_encodings(path, REVALIDATE)


def _load_assets(folder: Path) -> dict[str, Content]:
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    names = {path.name for path in files}
    originals = [path for path in files if not _is_encoding_of(path, names)]
    return {f"/assets/{path.name}": _with_encodings(path, FOREVER) for path in originals if path.is_file()}


def _is_encoding_of(path: Path, names: set[str]) -> bool:
    return path.suffix in {".br", ".gz"} and path.stem in names


def _with_encodings(path: Path, cache: str) -> Content:
    """Load a file and the compressed forms that the build has put beside it."""
    beside = {"br": path.with_name(path.name + ".br"), "gzip": path.with_name(path.name + ".gz")}
    encoded = {encoding: file.read_bytes() for encoding, file in beside.items() if file.is_file()}
    return Content.of(path.read_bytes(), _type(path), cache, **encoded)


def _type(path: Path) -> str:
    return _TYPES.get(path.suffix, "application/octet-stream")


def _filled(template: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        template = template.replace("{{" + name + "}}", html.escape(value))
    return template
