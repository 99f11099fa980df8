# SPDX-License-Identifier: AGPL-3.0-only
"""Whoever asks for help does not wait for what only a room needs."""

import subprocess
import sys

import pytest

HEAVY = {"webrtc", "aiohttp", "prompt_toolkit", "pathspec", "segno"}
PROGRAM = f"""
import atexit, sys
atexit.register(lambda: print(*sorted({HEAVY} & sys.modules.keys()), file=sys.stderr))
from keks_meet.rift.cli import main
main(sys.argv[1:])
"""


@pytest.mark.parametrize("words", [["--help"], ["send", "--help"], ["shell", "--help"], ["--version"]], ids=" ".join)
def test_help_needs_neither_room_nor_prompt(words: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, check=True)
    assert done.stdout
    assert done.stderr.split() == []


def test_library_has_all_its_names_and_no_others() -> None:
    """Some of them are found late."""
    program = "from keks_meet.client import *; import keks_meet.client as c; assert Room is c.Room; c.Roon"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "module 'keks_meet.client' has no attribute 'Roon'" in done.stderr
