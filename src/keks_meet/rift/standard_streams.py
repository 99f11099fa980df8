# SPDX-License-Identifier: AGPL-3.0-only
"""Standard input and output, which may be closed (``<&-``, ``>&-``): then their numbers are those of other files."""

import os
import sys
from typing import BinaryIO

from keks_meet.errors import UsageError

__all__ = ["has_input", "is_typed", "standard_input", "standard_output"]


def has_input() -> bool:
    """Tell whether there is a standard input."""
    return sys.stdin is not None and not sys.stdin.closed


def is_typed() -> bool:
    """Tell whether standard input is a terminal, at which somebody may be asked."""
    return has_input() and sys.stdin.isatty()


def standard_input() -> BinaryIO:
    """Return standard input; closing it leaves standard input open for everybody else. Raises `UsageError`."""
    if not has_input():
        raise UsageError("there is no standard input to read: it is closed")
    return os.fdopen(os.dup(sys.stdin.fileno()), "rb")


def standard_output() -> BinaryIO:
    """Return standard output without the buffer; closing it leaves standard output open. Raises `UsageError`.

    A writer that nobody reads would hold the lock of the buffer to the end.
    """
    if sys.stdout is None or sys.stdout.closed:
        raise UsageError("there is no standard output to write to: it is closed")
    sys.stdout.flush()
    return os.fdopen(sys.stdout.fileno(), "wb", buffering=0, closefd=False)
