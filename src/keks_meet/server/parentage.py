# SPDX-License-Identifier: AGPL-3.0-only
"""Processes that end with the one that started them, however that ends. Only Linux can do that."""

import ctypes
import signal
import sys
from typing import Final

__all__ = ["end_with_parent"]

_SET_PARENT_DEATH_SIGNAL: Final = 1
_LIBC: Final = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent() -> None:
    """Have the system tell this process to end once its parent is gone."""
    if _LIBC is not None:
        _LIBC.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
