# SPDX-License-Identifier: AGPL-3.0-only
"""Has `web/bundle.ts` bundle the browser client's scripts and styles, and knows what was made from what."""

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tools import node

BUNDLER = node.WEB / "bundle.ts"


@dataclass(frozen=True)
class Bundle:
    """The files that were written into `assets/`, and the scripts that stand in a page."""

    assets: dict[str, str] = field(default_factory=dict)
    """The name that pages use, such as `room.js`, to the hashed file name."""

    imports: dict[str, list[str]] = field(default_factory=dict)
    """File name to the names of the files that it imports at once; what is imported lazily stays out."""

    inline: dict[str, str] = field(default_factory=dict)
    """The code of scripts that stand in a page, by the name that the page uses."""

    def loaded_with(self, *names: str) -> list[str]:
        """The named assets and all that they import at once."""
        found: list[str] = []
        waiting = [self.assets[name] for name in names]
        while waiting:
            file = waiting.pop(0)
            if file not in found:
                found.append(file)
                waiting += self.imports[file]
        return found


def bundle_pages(web: Path, assets: Path, service_worker: Path) -> Bundle:
    """Bundle all that the pages load into a folder, and the service worker into a file, whose address must stay."""
    command = [node.node(), BUNDLER, assets, service_worker]
    said = subprocess.run(command, cwd=web, check=True, stdout=subprocess.PIPE).stdout
    bundle = Bundle()
    for made in json.loads(said):
        if "inline" in made:
            bundle.inline[made["inline"]] = made["code"]
            continue
        bundle.imports[made["file"]] = made["imports"]
        if "entry" in made:
            bundle.assets[made["entry"]] = made["file"]
    return bundle
