# SPDX-License-Identifier: AGPL-3.0-only
"""The built pages and assets, loaded into memory once. `make build` makes the folder; this only reads it."""

import logging
from collections.abc import Mapping
from pathlib import Path

from keks_meet.server.content import FOREVER, REVALIDATE, Content
from keks_meet.site.layout import ASSETS, TEMPLATES, built_files, content_type, encodings_of
from keks_meet.site.template import filled

__all__ = ["load_pages"]

_logger = logging.getLogger(__name__)


def load_pages(folder: Path, values: Mapping[str, str]) -> dict[str, Content]:
    """Return what is served, by address; ``values`` fill the ``{{places}}`` of the templates, escaped.

    Raises `PagesError` when the pages are not built. Any other missing file is logged, and will not be found.
    """
    found = built_files(folder)
    for address, path in found.items():
        if not path.is_file():
            _logger.warning("the pages have no %s: %s will not be found", path.name, address)
    return {address: _load(address, path, values) for address, path in found.items() if path.is_file()}


def _load(address: str, path: Path, values: Mapping[str, str]) -> Content:
    if address in TEMPLATES:
        return Content.compressed(
            filled(path.read_text(encoding="utf-8"), values).encode(), content_type(path), REVALIDATE
        )
    cache = FOREVER if address.startswith(ASSETS) else REVALIDATE
    return Content.of(path.read_bytes(), content_type(path), cache, **encodings_of(path))
