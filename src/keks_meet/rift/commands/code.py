# SPDX-License-Identifier: AGPL-3.0-only
"""``code`` in the shell: makes a code that all who are in the room compare."""

from dataclasses import dataclass

from keks_meet.rift.command import Command, InShell

__all__ = ["Code"]


@dataclass(frozen=True)
class Code(Command):
    """Make a code that all in the room compare, to be sure of their keys.

    Example: code
    """

    async def in_shell(self, shell: InShell) -> None:
        """Start; what becomes of it is told."""
        shell.stay.room.start_code()
