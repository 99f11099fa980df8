# SPDX-License-Identifier: AGPL-3.0-only
"""How the program starts, without a room: whoever asks for help does not wait for what only a room needs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"webrtc", "aiohttp", "prompt_toolkit", "pathspec", "segno"}
PROGRAM = f"""
import atexit, sys
atexit.register(lambda: print(*sorted({HEAVY} & sys.modules.keys()), file=sys.stderr))
from keks_meet.rift.__main__ import main
main()
"""


@pytest.mark.parametrize("words", [["--help"], ["send", "--help"], ["shell", "--help"], ["--version"]], ids=" ".join)
def test_help_needs_neither_room_nor_prompt(words: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, check=True)
    assert done.stdout
    assert done.stderr.split() == []


def test_what_joining_needs_is_loaded_while_the_code_is_asked_for() -> None:
    """So that who has typed it does not wait for that."""
    program = """
import sys, threading
from keks_meet.rift import cli

def ask() -> str:
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join()
    print("keks_meet.client.joining.entry" in sys.modules)
    return ""

cli.ask_for_code = ask
cli.main(["receive"])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["True"], done.stderr


def test_library_has_all_its_names_and_no_others() -> None:
    """Some of them are found late."""
    program = "from keks_meet.client import *; import keks_meet.client as c; assert Room is c.Room; c.Roon"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "module 'keks_meet.client' has no attribute 'Roon'" in done.stderr


@pytest.mark.parametrize("words", [["identity", "--json"], ["--help"]], ids=" ".join)
def test_an_answer_that_the_disk_does_not_take_is_no_success(words: list[str], tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "keks_meet.rift", *words]
        environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path)}
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (1, "Error: No space left on device\n")
