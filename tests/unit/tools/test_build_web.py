# SPDX-License-Identifier: AGPL-3.0-only
"""The build of the browser client, on a small one."""

import re
import tarfile
from pathlib import Path

import pytest

from keks_meet.server.content import REVALIDATE, Content
from tools import build_web, web_bundle, web_weight

ROOT = Path(__file__).resolve().parents[3]
SMALL = {
    "LICENSE": "free",
    "config/default.toml": "# defaults",
    "docs/guide.md": "# Guide\n\n<script>alert(1)</script>",
    "src/keks_meet/server/__init__.py": "",
    "web/pages/documentation.html": "<main>{{guide}}</main>",
    "web/pages/manifest.webmanifest": '{"icons": [{"src": "{{asset:icon.svg}}"}]}',
    "web/pages/room.html": '{{inline:ahead.js}}<link href="{{asset:style.css}}" />{{imports:room.js}}'
    '<script src="{{asset:room.js}}"></script>{{version}}',
    "web/pages/start.html": '<link rel="icon" href="{{asset:icon.svg}}" />{{imports:start.js}}',
    "web/pages/test.html": '<script src="{{asset:test.js}}"></script>',
    "web/src/later.ts": 'import { shared } from "./shared.ts"; export const later = shared;',
    "web/src/main.tsx": 'import { shared } from "./shared.ts"; shared(); void import("./later.ts");',
    "web/src/ahead.ts": 'import { shared } from "./shared.ts"; shared();',
    "web/src/service-worker.ts": "self.addEventListener('install', () => {});",
    "web/src/shared.ts": 'export const shared = () => console.log("shared by both");',
    "web/src/start.tsx": 'import { shared } from "./shared.ts"; shared();',
    "web/src/test.tsx": 'import { shared } from "./shared.ts"; shared();',
    "web/src/styles/pages.css": "main { color: green; }",
    "web/src/styles/call.css": "article { color: blue; }",
    "web/src/styles/panels.css": "section { color: blue; }",
    "web/src/styles/style.css": "body { color: red; }",
    "web/static/icon.svg": "<svg/>",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project of its own, with the real one's installed packages."""
    for name, text in SMALL.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name in ("package.json", "package-lock.json", "node_modules"):
        (tmp_path / "web" / name).symlink_to(ROOT / "web" / name)
    return tmp_path


def _pages(root: Path) -> Path:
    return root / "src/keks_meet/server/pages"


def test_pages_name_hashed_assets(root: Path) -> None:
    build_web.build(root)
    assets = {path.name for path in (_pages(root) / "assets").iterdir()}
    page = (_pages(root) / "room.html").read_text()
    (script,) = [name for name in assets if name.startswith("room-") and name.endswith(".js")]
    assert f'"assets/{script}"' in page
    assert {f"{script}.br", f"{script}.gz"} <= assets
    assert "{{version}}" in page, "what the server fills in must stay"
    assert "{{asset" not in page
    assert '"assets/icon-' in (_pages(root) / "start.html").read_text()


def test_what_is_shared_is_loaded_once(root: Path) -> None:
    """A page and what it loads lazily share the code in the page's own file."""
    build_web.build(root)
    scripts = [path for path in (_pages(root) / "assets").glob("*.js") if not path.name.startswith(("start-", "test-"))]
    assert [path.name.split("-")[0] for path in scripts if "shared by both" in path.read_text()] == ["room"]
    assert "modulepreload" not in (_pages(root) / "room.html").read_text()


def test_what_is_begun_ahead_stands_in_the_page(root: Path) -> None:
    build_web.build(root)
    scripts = re.findall(r"<script>(.*?)</script>", (_pages(root) / "room.html").read_text(), re.DOTALL)
    assert ["shared by both" in script for script in scripts] == [True]
    assert not list((_pages(root) / "assets").glob("ahead*"))


@pytest.mark.parametrize("text", ["<!-- ", "{{version}}"])
def test_no_script_stands_in_a_page_that_browsers_read_otherwise(root: Path, text: str) -> None:
    (root / "web/src/ahead.ts").write_text(f"console.log({text!r});")
    with pytest.raises(build_web.BuildError, match="ahead"):
        build_web.build(root)


def test_imports_are_loaded_with_their_script(tmp_path: Path) -> None:
    bundle = web_bundle.Bundle({"room.js": "room-1.js"}, {"room-1.js": ["a-1.js"], "a-1.js": ["b-1.js"], "b-1.js": []})
    filled = build_web.Assets(tmp_path, bundle).fill_in("{{imports:room.js}}")
    assert filled == "".join(f'<link rel="modulepreload" href="assets/{name}-1.js" />' for name in "ab")


def test_what_is_imported_lazily_weighs_nothing(root: Path) -> None:
    assert "later-" not in build_web.build(root)


def test_guide_is_rendered_without_its_html(root: Path) -> None:
    build_web.build(root)
    guide = (_pages(root) / "documentation.html").read_text()
    assert "<h1>Guide</h1>" in guide
    assert "<script>" not in guide


def test_own_configuration_becomes_the_builtin_one(root: Path) -> None:
    build_web.build(root)
    builtin = root / "src/keks_meet/server/builtin.toml"
    assert builtin.read_text() == "# defaults"
    (root / "config/config.toml").write_text("# mine")
    build_web.build(root)
    assert builtin.read_text() == "# mine"


def test_failed_build_leaves_the_old_pages(root: Path) -> None:
    build_web.build(root)
    before = (_pages(root) / "start.html").read_text()
    (root / "web/pages/start.html").write_text("{{asset:nowhere.png}}")
    with pytest.raises(build_web.BuildError, match=r"nowhere\.png"):
        build_web.build(root)
    assert (_pages(root) / "start.html").read_text() == before
    assert not list((root / "build").iterdir())


def test_missing_page_fails_the_build(root: Path) -> None:
    (root / "web/pages/start.html").unlink()
    with pytest.raises(build_web.BuildError, match=r"start\.html"):
        build_web.build(root)


def test_pages_are_weighed_as_they_are_served() -> None:
    page = (_pages(ROOT) / "room.html").read_bytes()
    weighed, *_ = web_weight.weigh_room(_pages(ROOT), [])
    assert weighed.compressed == len(Content.compressed(page, "text/html", REVALIDATE).bodies["br"])


def test_budget_is_held() -> None:
    most = web_weight.ROOM_BUDGET_BYTES
    web_weight.hold_to_budget([web_weight.Part("a", most - 1), web_weight.Part("b", 1)])
    with pytest.raises(web_weight.TooHeavyError, match="1 above"):
        web_weight.hold_to_budget([web_weight.Part("a", most), web_weight.Part("b", 1)])


def _content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_sources_that_a_server_offers_make_its_pages_byte_for_byte(tmp_path: Path) -> None:
    """In another place, at another time, so that anybody can tell whether a server's pages are those of its sources."""
    served = _pages(ROOT)
    with tarfile.open(served / "source.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    (root,) = tmp_path.iterdir()
    (root / "web/node_modules").symlink_to(ROOT / "web/node_modules")
    build_web.build(root)
    made, ours = _content(_pages(root)), _content(served)
    assert made.keys() == ours.keys()
    assert [name for name in made if made[name] != ours[name]] == []
