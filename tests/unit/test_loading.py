# SPDX-License-Identifier: AGPL-3.0-only
"""Ctrl+C while a program is loaded."""

import os
import signal
import subprocess
import sys

import pytest

PROGRAM = """
import os, signal, sys

class Interrupt:
    def find_spec(self, name, *_):
        if name == "{loaded}":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
signal.signal(signal.SIGINT, signal.{handler})
from {package}.__main__ import main
main()
"""
PROGRAMS = [("keks_meet.rift", "keks_meet.rift.cli"), ("keks_meet.server", "keks_meet.server.command")]


@pytest.mark.parametrize(("package", "loaded"), PROGRAMS)
def test_ends_it_without_a_word(package: str, loaded: str) -> None:
    assert _run(package, loaded, "default_int_handler") == (-signal.SIGINT, "", "")


@pytest.mark.parametrize(("package", "loaded"), PROGRAMS)
def test_stays_ignored_where_it_is(package: str, loaded: str) -> None:
    code, said, errors = _run(package, loaded, "SIG_IGN")
    assert (code, errors) == (0, "")
    assert said.startswith("keks-meet ")


def _run(package: str, loaded: str, handler: str) -> tuple[int, str, str]:
    program = PROGRAM.format(package=package, loaded=loaded, handler=handler)
    command = [sys.executable, "-c", program, "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"})
    return done.returncode, done.stdout, done.stderr
