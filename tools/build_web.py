# SPDX-License-Identifier: AGPL-3.0-only
"""Builds the browser client into `src/keks_meet/server/pages/`, from where the server serves it.

    pages/*.html        templates, as is the manifest; the server fills in what its configuration decides
    pages/assets/*      named by the hash of their content, so that browsers keep them for ever
    pages/*             files whose address must stay: sw.js, style.css, the icon, the licence, the sources

A failed build leaves the pages of the last one in place. As a command: `python -m tools.build_web`.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt

from tools import node, source_archive, web_bundle, web_weight

ROOT = Path(__file__).resolve().parent.parent
TEXT_ENDINGS = frozenset({".css", ".js", ".json", ".svg", ".txt"})
EXPECTED = (
    "room.html",
    "start.html",
    "test.html",
    "documentation.html",
    "manifest.webmanifest",
    "style.css",
    "sw.js",
    "license.txt",
    "source.tar.gz",
)
PLACE = re.compile(r"\{\{(asset|imports|inline):([^}]+)\}\}")
NOT_INLINE = re.compile(r"</script|<!--|\{\{\w+\}\}", re.IGNORECASE)
"""What browsers do not take for a script's code where that stands in a page, and what the server may fill in."""


class BuildError(Exception):
    """The build cannot go on; its text says what is wrong with which source."""


def build(root: Path = ROOT) -> str:
    """Build everything; the result is the table of what `/room` weighs."""
    node.install(root / "web")
    scratch = root / "build"
    scratch.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="pages-") as folder:
        made = Path(folder) / "pages"
        weight = _build_into(root, made)
        _replace(root / "src/keks_meet/server/pages", made, Path(folder) / "old")
    _copy_builtin_configuration(root)
    return weight


def _build_into(root: Path, pages: Path) -> str:
    web, assets = root / "web", pages / "assets"
    assets.mkdir(parents=True)
    bundle = web_bundle.bundle_pages(web, assets, pages / "sw.js")
    shutil.copy(assets / bundle.assets["style.css"], pages / "style.css")
    _copy_static(web / "static", pages)
    _write_templates(root, pages, Assets(pages, bundle))
    shutil.copy(root / "LICENSE", pages / "license.txt")
    (pages / "source.tar.gz").write_bytes(source_archive.archive(root))
    _compress_texts(pages)
    _check_complete(pages)
    loaded = [f"assets/{file}" for file in bundle.loaded_with("room.js", "style.css")]
    parts = web_weight.weigh_room(pages, loaded)
    web_weight.hold_to_budget(parts)
    return web_weight.table(parts)


class Assets:
    """Addresses of assets by the names that pages use; a static file is hashed when it is first named.

    The addresses are relative, as all are that pages use: the server may be below a path of another site.
    """

    def __init__(self, pages: Path, bundle: web_bundle.Bundle) -> None:
        """Know the bundled files; static ones are looked for among the pages' own."""
        self._pages = pages
        self._bundle = bundle
        self._files = dict(bundle.assets)

    def fill_in(self, text: str) -> str:
        """Replace each `{{asset:NAME}}` of a page, and each `{{imports:NAME}}` and `{{inline:NAME}}` of a script."""
        fillers = {"asset": self.address, "imports": self._imports, "inline": self._inline}
        return PLACE.sub(lambda found: fillers[found[1]](found[2]), text)

    def address(self, name: str) -> str:
        """The address that holds this very content; `BuildError` when there is no such file."""
        if name not in self._files:
            self._files[name] = self._hash_static(name)
        return f"assets/{self._files[name]}"

    def _imports(self, name: str) -> str:
        """Links that have a script's imports loaded with it; else browsers find them when they have read the script."""
        _, *imports = self._bundle.loaded_with(name)
        return "".join(f'<link rel="modulepreload" href="assets/{file}" />' for file in imports)

    def _inline(self, name: str) -> str:
        """A script that stands in the page; the server names its hash in the policy (`site/inline.py`)."""
        code = self._bundle.inline.get(name)
        if code is None:
            raise BuildError(f"a page names the script {name!r}, which the bundler did not make")
        if NOT_INLINE.search(code):
            raise BuildError(f"{name} has text that no script can have that stands in a page")
        return f"<script>{code}</script>"

    def _hash_static(self, name: str) -> str:
        source = self._pages / name
        if not source.is_file():
            raise BuildError(f"a page names the asset {name!r}, which neither the bundler made nor web/static/ holds")
        digest = hashlib.sha256(source.read_bytes()).hexdigest()[:8].upper()
        file = f"{source.stem}-{digest}{source.suffix}"
        shutil.copy(source, self._pages / "assets" / file)
        return file


def _copy_static(static: Path, pages: Path) -> None:
    if static.is_dir():
        shutil.copytree(static, pages, dirs_exist_ok=True)


def _write_templates(root: Path, pages: Path, assets: Assets) -> None:
    for template in sorted((root / "web/pages").iterdir()):
        text = assets.fill_in(template.read_text(encoding="utf-8"))
        if "{{guide}}" in text:
            text = text.replace("{{guide}}", _render_guide(root))
        (pages / template.name).write_text(text, encoding="utf-8", newline="\n")


def _render_guide(root: Path) -> str:
    guide = (root / "docs/guide.md").read_text(encoding="utf-8")
    return str(MarkdownIt("commonmark", {"html": False}).enable("table").render(guide))


def _compress_texts(pages: Path) -> None:
    for path in sorted(pages.rglob("*")):
        if path.is_file() and path.suffix in TEXT_ENDINGS:
            for ending, data in web_weight.compress_text(path.read_bytes()).items():
                path.with_name(path.name + ending).write_bytes(data)


def _check_complete(pages: Path) -> None:
    missing = [name for name in EXPECTED if not (pages / name).is_file() or not (pages / name).stat().st_size]
    if missing:
        raise BuildError(f"the build made no {', '.join(missing)}")


def _replace(current: Path, made: Path, old: Path) -> None:
    """Put the new pages where the old ones are, with nothing half-made in between."""
    made.chmod(0o755)
    if current.exists():
        current.rename(old)
    made.rename(current)


def _copy_builtin_configuration(root: Path) -> None:
    """Make one's own configuration, or else the default one, what the server runs on without a file."""
    for name in ("config/config.toml", "config/default.toml"):
        if (root / name).is_file():
            shutil.copyfile(root / name, root / "src/keks_meet/server/builtin.toml")
            return
    raise BuildError("there is no config/default.toml")


def main() -> int:
    """Build, say what it weighs; 1 when it failed."""
    try:
        print(f"Built the pages. /room loads, compressed:\n{build()}")
    except (BuildError, web_weight.TooHeavyError, FileNotFoundError) as error:
        print(f"The pages were not built: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"The pages were not built: {Path(error.cmd[0]).name} failed.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
