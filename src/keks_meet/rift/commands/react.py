# SPDX-License-Identifier: AGPL-3.0-only
"""``react``, in the shell."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter

from keks_meet.protocol.fields import ReactionName
from keks_meet.rift.command import Command, Completed, InShell

__all__ = ["React"]


@dataclass(frozen=True)
class React(Command):
    """React, for all who are there now."""

    reaction: Annotated[ReactionName, Parameter(name="NAME"), Completed("reaction")]

    async def in_shell(self, shell: InShell) -> None:
        """Show it to the others."""
        shell.stay.room.react(self.reaction)
