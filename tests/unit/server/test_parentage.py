# SPDX-License-Identifier: AGPL-3.0-only
"""Processes that end with their parent."""

import signal
import subprocess
import sys

import pytest

SCRIPT = """
import ctypes, os
from keks_meet.server.parentage import end_with_parent
end_with_parent(os.getppid() + {more})
number = ctypes.c_int()
ctypes.CDLL(None).prctl(2, ctypes.byref(number))
print(number.value)
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can do that")


def run(more: int) -> "subprocess.CompletedProcess[str]":
    arguments = [sys.executable, "-c", SCRIPT.format(more=more)]
    return subprocess.run(arguments, capture_output=True, text=True, timeout=30, check=False)


def test_it_is_told_to_end_without_delay() -> None:
    assert int(run(0).stdout) == signal.SIGINT


def test_one_whose_parent_has_gone_meanwhile_ends() -> None:
    done = run(1)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
