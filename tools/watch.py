# SPDX-License-Identifier: AGPL-3.0-only
"""Serves a checkout, building the pages and starting the server again as files change, for `make watch`."""

import signal
import subprocess
import sys
from pathlib import Path

from watchfiles import Change, DefaultFilter, watch

from tools import build_web

ROOT = Path(__file__).resolve().parent.parent
WATCHED = ("config", "docs", "src", "web/pages", "web/src", "web/static")
PAGES = ROOT / "src/keks_meet/server/pages"
BUILTIN = ROOT / "src/keks_meet/server/builtin.toml"


class SourceFilter(DefaultFilter):
    """Passes on changes of sources, and not those that the build makes itself, or it would never end."""

    def __call__(self, change: Change, path: str) -> bool:
        """Whether a change calls for a new build."""
        is_made = PAGES in (Path(path), *Path(path).parents) or Path(path) == BUILTIN
        return not is_made and super().__call__(change, path)


def serve(arguments: list[str]) -> subprocess.Popen[bytes]:
    """Start the server of this checkout."""
    return subprocess.Popen([Path(sys.executable).with_name("keks-meet-server"), *arguments])


def main(arguments: list[str]) -> None:
    """Serve until interrupted; a failed build leaves the server on the pages that it has."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    server = serve(arguments)
    folders = [ROOT / name for name in WATCHED if (ROOT / name).exists()]
    try:
        for _changes in watch(*folders, watch_filter=SourceFilter()):
            if build_web.main() == 0:
                server.terminate()
                server.wait()
                server = serve(arguments)
    except KeyboardInterrupt:
        print("Ended.")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main(sys.argv[1:])
