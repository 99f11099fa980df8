# SPDX-License-Identifier: AGPL-3.0-only
"""The offered sources are all that is needed to build, and nothing of a self-hoster's own."""

import io
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from tools import source_archive

ROOT = Path(__file__).resolve().parents[3]


def _names(packed: bytes) -> set[str]:
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        return {name.removeprefix("keks-meet/") for name in tar.getnames()}


def _write(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def test_everything_a_build_needs_is_in_it() -> None:
    names = _names(source_archive.archive(ROOT))
    needed = ["LICENSE", "Makefile", "pyproject.toml", "hatch_build.py", "config/default.toml", "docs/guide.md"]
    needed += ["src/keks_meet/py.typed", "web/package-lock.json", "web/.npmrc", "web/pages/room.html", ".ci/run"]
    assert names >= set(needed)
    assert names >= {path.relative_to(ROOT).as_posix() for path in (ROOT / "src").rglob("*.py")}


def test_everything_that_deploying_needs_is_in_it() -> None:
    listed = subprocess.run(
        ["/usr/bin/git", "ls-files", "deploy"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    names = _names(source_archive.archive(ROOT))
    assert "deploy/nginx.conf" in names
    assert names >= set(listed.stdout.split())


@pytest.mark.parametrize(
    "private",
    [
        ".env",
        "config/config.toml",
        "config/privkey.pem",
        "deploy/.env",
        "deploy/privkey.pem",
        "docs/notes.md~",
        "src/keks_meet/server/builtin.toml",
        "src/keks_meet/server/pages/room.html",
        "src/keks_meet/.secret.toml",
        "web/node_modules/preact/package.json",
        "secrets.txt",
    ],
)
def test_nothing_else_is_in_it(tmp_path: Path, private: str) -> None:
    _write(tmp_path, "LICENSE", "src/keks_meet/changed.py", private)
    assert _names(source_archive.archive(tmp_path)) == {"LICENSE", "src/keks_meet/changed.py"}


def test_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    _write(tmp_path, "LICENSE", "docs/guide.md")
    before = source_archive.archive(tmp_path)
    os.utime(tmp_path / "LICENSE", (0, 0))
    (tmp_path / "docs/guide.md").chmod(0o600)
    assert source_archive.archive(tmp_path) == before
