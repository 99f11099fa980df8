# SPDX-License-Identifier: AGPL-3.0-only
"""Packs the sources that a server offers to its users, as its licence asks.

The files that go in are listed here, name by name and ending by ending: a self-hoster's folder holds more than
sources: `config/config.toml`, keys, an `.env`. The same sources always give the same bytes.
"""

import gzip
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

FOLDERS = (
    ".ci",
    "benchmarks",
    "deploy",
    "docs",
    "examples",
    "requirements",
    "spec",
    "src/keks_meet",
    "tests",
    "tools",
    "web",
)
FILES = (
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "config/default.toml",
    "hatch_build.py",
    "pyproject.toml",
)
ENDINGS = frozenset(
    {".css", ".html", ".ico", ".jpg", ".js", ".json", ".md", ".mjs", ".png", ".py", ".service", ".sh", ".timer"}
    | {
        ".socket",
        ".svg",
        ".toml",
        ".ts",
        ".tsx",
        ".txt",
        ".typed",
        ".wasm",
        ".webmanifest",
        ".webp",
        ".woff2",
    }
)
HIDDEN_OR_BARE = frozenset({".npmrc", ".oxlintrc.json", ".prettierignore", ".prettierrc.json", ".ci/run"})
DEPLOYED = frozenset(
    f"deploy/{name}"
    for name in (
        "Caddyfile",
        "Caddyfile-path",
        "Containerfile",
        "compose.yaml",
        "coturn.service.conf",
        "nginx.conf",
        "nginx-path.conf",
        "turnserver.conf",
    )
)
GENERATED = ("src/keks_meet/server/pages/", "src/keks_meet/server/builtin.toml", "tests/e2e/pictures/")
SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__"})


def is_source(path: Path, root: Path) -> bool:
    """Whether a file under one of the listed folders is a source, and neither made nor private."""
    relative = path.relative_to(root)
    if relative.as_posix().startswith(GENERATED) or SKIPPED_FOLDERS & set(relative.parts):
        return False
    if relative.name in HIDDEN_OR_BARE or relative.as_posix() in HIDDEN_OR_BARE | DEPLOYED:
        return True
    return path.suffix in ENDINGS and not path.name.startswith(".")


def sources(root: Path) -> list[Path]:
    """Every source file, sorted by its path."""
    found = {root / name for name in FILES if (root / name).is_file()}
    for folder in FOLDERS:
        found.update(path for path in _files(root / folder) if is_source(path, root))
    return sorted(found, key=lambda path: path.relative_to(root).as_posix())


def archive(root: Path, prefix: str = "keks-meet") -> bytes:
    """The sources as a `.tar.gz`, without owners, times or anything else that differs between machines."""
    tar_bytes = io.BytesIO()
    with tarfile.open(fileobj=tar_bytes, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in sources(root):
            data = path.read_bytes()
            entry = tarfile.TarInfo(f"{prefix}/{path.relative_to(root).as_posix()}")
            entry.size = len(data)
            entry.mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
            tar.addfile(entry, io.BytesIO(data))
    return gzip.compress(tar_bytes.getvalue(), 9, mtime=0)


def _files(folder: Path) -> Iterator[Path]:
    """Files below a folder, without entering those that are skipped (`node_modules` holds thousands)."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            if path.name not in SKIPPED_FOLDERS:
                yield from _files(path)
        elif path.is_file():
            yield path
