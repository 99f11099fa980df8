# SPDX-License-Identifier: AGPL-3.0-only
"""``help``, in the shell."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter

from keks_meet.rift.command import Command, Completed, InShell

__all__ = ["Help"]


@dataclass(frozen=True)
class Help(Command):
    """Show what can be typed, or how one command is."""

    command: Annotated[str | None, Parameter(name="COMMAND", help="one of them"), Completed("command")] = None

    async def in_shell(self, shell: InShell) -> None:
        """Print it."""
        shell.help(self.command)
