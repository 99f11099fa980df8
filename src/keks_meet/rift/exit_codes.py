# SPDX-License-Identifier: AGPL-3.0-only
"""What the exit code of `rift` tells the program that started it."""

from enum import IntEnum

__all__ = ["ExitCode"]


class ExitCode(IntEnum):
    """How a command ended. Numbers never change their meaning."""

    DONE = 0
    """All that was asked for has been done."""
    FAILED = 1
    """Something went wrong here: a file, the disk, a port."""
    USAGE = 2
    """Wrong arguments, or a configuration that cannot be used; nothing was done."""
    UNREACHABLE = 3
    """The server cannot be reached, or refused."""
    TRANSFER_FAILED = 4
    """A transfer was begun and did not arrive whole."""
    NOBODY = 5
    """Nobody came, or nothing was offered."""
    INTERRUPTED = 130
    """Ended by Ctrl+C or a signal, as shells number it."""
