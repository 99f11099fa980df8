# SPDX-License-Identifier: AGPL-3.0-only
"""The addresses of the site, and the built file behind each. Reads the folder of the build, and nothing else."""

from pathlib import Path
from typing import Final

from keks_meet.errors import PagesError

__all__ = ["ASSETS", "FOLDER", "TEMPLATES", "built_files", "content_type", "encodings_of"]

FOLDER: Final = Path(__file__).resolve().parent.parent / "server" / "pages"
"""The folder that the build puts the pages into."""
TEMPLATES: Final = {
    "/": "start.html",
    "/room": "room.html",
    "/test": "test.html",
    "/documentation": "documentation.html",
    "/manifest.webmanifest": "manifest.webmanifest",
}
"""The files with places that the configuration fills, by address."""
ASSETS: Final = "/assets/"
"""The beginning of the addresses that name their content by its hash."""
_FIXED: Final = {
    "/favicon.ico": "favicon.ico",
    "/license": "license.txt",
    "/source.tar.gz": "source.tar.gz",
    "/style.css": "style.css",
    "/sw.js": "sw.js",
}
_NEEDED: Final = ("/", "/room")
_ENCODINGS: Final = {".br": "br", ".gz": "gzip"}
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


def built_files(folder: Path) -> dict[str, Path]:
    """Return the file behind each address, templates included; one that the build did not make may be missing.

    Raises `PagesError` when the pages are not built.
    """
    missing = [TEMPLATES[address] for address in _NEEDED if not (folder / TEMPLATES[address]).is_file()]
    if missing:
        msg = f"the pages are not built ({folder} has no {' and no '.join(missing)}): run make build"
        raise PagesError(msg)
    found = {address: folder / name for address, name in (TEMPLATES | _FIXED).items()}
    return found | {f"{ASSETS}{path.name}": path for path in _assets(folder / "assets")}


def encodings_of(file: Path) -> dict[str, bytes]:
    """Return the compressed forms of a file that the build has put beside the file, by their HTTP names."""
    beside = {name: file.with_name(file.name + ending) for ending, name in _ENCODINGS.items()}
    return {name: path.read_bytes() for name, path in beside.items() if path.is_file()}


def content_type(file: Path) -> str:
    """Return the media type that a file is served as."""
    return _TYPES.get(file.suffix, "application/octet-stream")


def _assets(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
    names = {path.name for path in files}
    return [path for path in files if not (path.suffix in _ENCODINGS and path.stem in names)]
