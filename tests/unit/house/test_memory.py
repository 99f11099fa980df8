# SPDX-License-Identifier: AGPL-3.0-only
"""What msgspec makes of our types frees its own memory alone: it does not of every type that it takes."""

import os
import subprocess
import sys
from typing import Final

_PROGRAM: Final = """
import contextlib, importlib, pkgutil
import keks_meet, msgspec

for module in pkgutil.walk_packages(keks_meet.__path__, "keks_meet."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)

def kinds(of):
    for each in of.__subclasses__():
        yield each
        yield from kinds(each)

for kind in set(kinds(msgspec.Struct)):
    with contextlib.suppress(TypeError, NameError):  # what is never read may hold anything
        msgspec.json.Decoder(kind)
"""


def test_types_that_are_read_corrupt_no_memory() -> None:
    """Python checks at its end each piece of memory that it gave."""
    environment = os.environ | {"PYTHONMALLOC": "debug"}
    ended = subprocess.run([sys.executable, "-c", _PROGRAM], env=environment, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr.decode()) == (0, "")
