# SPDX-License-Identifier: AGPL-3.0-only
"""The scripts that stand in pages are named in the policy, and no other ones."""

from pathlib import Path

from keks_meet.site.headers import security_headers
from keks_meet.site.inline import inline_scripts

# The example of CSP 2, 7.17.2.
SCRIPT = "alert('Hello, world.');"
SOURCE = "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"


def policy(folder: Path) -> list[str]:
    headers = security_headers(tls=False, inline=inline_scripts(folder))
    (scripts,) = [part for part in headers["Content-Security-Policy"].split("; ") if part.startswith("script-src")]
    return scripts.split()


def test_a_script_in_a_page_is_named_by_its_hash(tmp_path: Path) -> None:
    for name in ("start.html", "room.html"):
        (tmp_path / name).write_text(f'<script>{SCRIPT}</script><script src="a.js"></script>')
    assert policy(tmp_path) == ["script-src", "'self'", SOURCE, "'wasm-unsafe-eval'"]


def test_without_scripts_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "room.html").write_text('<script type="module" src="a.js"></script>')
    assert policy(tmp_path) == ["script-src", "'self'", "'wasm-unsafe-eval'"]
