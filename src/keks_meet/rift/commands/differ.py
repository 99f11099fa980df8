# SPDX-License-Identifier: AGPL-3.0-only
"""``differ`` in the shell: somebody has another code."""

from dataclasses import dataclass

from keks_meet.errors import UsageError
from keks_meet.rift.command import Command, InShell

__all__ = ["Differ"]


@dataclass(frozen=True)
class Differ(Command):
    """Tell all that somebody has another code.

    Example: differ
    """

    async def in_shell(self, shell: InShell) -> None:
        """Verify nobody."""
        code = shell.stay.code
        if code is None or not await shell.stay.room.settle_code(code, matches=False):
            raise UsageError("there is no code to compare; code makes one")
