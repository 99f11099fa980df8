# SPDX-License-Identifier: AGPL-3.0-only
"""Processes that end with the one that started them, however that ends. Only Linux can do that."""

import os
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


def end_with_parent(parent: int) -> None:
    """Have the system end this process once its parent is gone, at once: nobody is left to say when.

    ``parent`` is the parent's id, taken before the fork: it may be gone by now.
    """
    if _LIBC is None:
        return
    _LIBC.prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGINT)
    if os.getppid() != parent:
        os._exit(1)
