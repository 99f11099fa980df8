# SPDX-License-Identifier: AGPL-3.0-only
"""The folder of built pages."""

import logging
from pathlib import Path

import pytest

from keks_meet.errors import PagesError
from keks_meet.server.content import FOREVER, REVALIDATE
from keks_meet.server.pages import load_pages


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("start.html", "room.html"):
        (tmp_path / name).write_text("<p>{{version}} {{unknown}}")
    (tmp_path / "assets").mkdir()
    return tmp_path


def test_templates_are_filled_and_escaped(folder: Path) -> None:
    page = load_pages(folder, {"version": '<"&'})["/"]
    assert page.bodies["identity"] == b"<p>&lt;&quot;&amp; {{unknown}}"
    assert "gzip" in page.bodies
    assert page.cache == REVALIDATE


def test_assets_come_with_their_encodings(folder: Path) -> None:
    for name in ("a-HASH.js", "a-HASH.js.br", "a-HASH.js.gz", "b-HASH.wasm", "c.tar.gz"):
        (folder / "assets" / name).write_bytes(name.encode())
    found = {name: asset for name, asset in load_pages(folder, {}).items() if name.startswith("/assets/")}
    assert set(found) == {"/assets/a-HASH.js", "/assets/b-HASH.wasm", "/assets/c.tar.gz"}
    assert found["/assets/a-HASH.js"].bodies == {
        "identity": b"a-HASH.js",
        "br": b"a-HASH.js.br",
        "gzip": b"a-HASH.js.gz",
    }
    assert found["/assets/b-HASH.wasm"].content_type == "application/wasm"
    assert all(asset.cache == FOREVER for asset in found.values())


def test_pages_that_are_not_built(tmp_path: Path) -> None:
    with pytest.raises(PagesError, match=r"no start\.html and no room\.html.*run make build"):
        load_pages(tmp_path / "nothing", {})


def test_what_else_is_missing_is_told(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert "/sw.js" not in load_pages(folder, {})
    assert "the pages have no sw.js: /sw.js will not be found" in caplog.text
