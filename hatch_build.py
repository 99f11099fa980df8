# SPDX-License-Identifier: AGPL-3.0-only
"""Makes a wheel, or an editable install, carry the built browser client and its built-in configuration."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PagesHook(BuildHookInterface[Any]):
    """Builds the pages before hatchling collects the files; an sdist carries sources alone and needs none."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, unless it is an sdist; a failure ends the whole build."""
        if self.target_name != "wheel":
            return
        sys.path.insert(0, self.root)
        from tools import build_web  # noqa: PLC0415 (the root is importable only from here on)

        self.app.display_info(build_web.build(Path(self.root)))
