# SPDX-License-Identifier: AGPL-3.0-only
"""Processes that end with the one that started them, however that ends. Only Linux can do that."""

import signal
import sys
from typing import Any, Final

__all__ = ["end_with_parent"]

_SET_PARENT_DEATH_SIGNAL: Final = 1


def _libc() -> Any:
    """Return the C library, or None where there is none to be had: some systems forbid what its loader does."""
    if sys.platform != "linux":
        return None
    try:
        import ctypes  # noqa: PLC0415

        return ctypes.CDLL(None)
    except (ImportError, MemoryError, OSError):
        return None


_LIBC: Final = _libc()


def end_with_parent() -> None:
    """Have the system tell this process to end once its parent is gone."""
    if _LIBC is not None:
        _LIBC.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
