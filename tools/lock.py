# SPDX-License-Identifier: AGPL-3.0-only
"""Pins every Python dependency with hashes, for `make lock`.

The result names no registry, so it installs from whichever one pip is set up for. It holds for every platform
and for Python 3.11 and later. Needs `uv` on the PATH, which nothing else here does.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GROUPS = {
    "run": ["--group=build"],
    "dev": ["--group=dev", "--constraint=requirements/run.txt"],
    "slow": ["--group=slow", "--constraint=requirements/dev.txt"],
}
COMMON = [
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-emit-find-links",
]


def pin(name: str, options: list[str]) -> None:
    """Write `requirements/NAME.txt`: what the server needs, and what the options add."""
    base = ["uv", "pip", "compile", "pyproject.toml", "--quiet", "--custom-compile-command=make lock"]
    command = [*base, *COMMON, *options, f"--output-file=requirements/{name}.txt"]
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    for each, group in GROUPS.items():
        pin(each, [*group, *sys.argv[1:]])
