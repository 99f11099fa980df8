# SPDX-License-Identifier: AGPL-3.0-only
"""The scripts that stand in a built page, by the hashes that let browsers run them. Reads the built pages alone."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Final

from keks_meet.site.layout import TEMPLATES

__all__ = ["inline_scripts"]

_SCRIPT: Final = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def inline_scripts(folder: Path) -> list[str]:
    """Return the hash source of each script that stands in a page, as a policy names it (CSP 3, 2.3.1), sorted."""
    pages = [folder / name for name in TEMPLATES.values() if name.endswith(".html")]
    scripts = {code for page in pages if page.is_file() for code in _SCRIPT.findall(page.read_bytes())}
    return sorted(f"'sha256-{b64encode(sha256(code).digest()).decode()}'" for code in scripts)
