# SPDX-License-Identifier: AGPL-3.0-only
"""``quit``, in the shell."""

from dataclasses import dataclass

from keks_meet.rift.command import Command, InShell

__all__ = ["Quit"]


@dataclass(frozen=True)
class Quit(Command):
    """Leave the room, and end what is under way."""

    async def in_shell(self, shell: InShell) -> None:
        """Take no more commands."""
        shell.quit()
