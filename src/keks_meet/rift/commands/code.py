# SPDX-License-Identifier: AGPL-3.0-only
"""``code`` in the shell: makes a code that all who are in the room compare."""

from dataclasses import KW_ONLY, dataclass
from typing import Annotated

from cyclopts import Parameter

from keks_meet.rift.command import Command, Flag, InShell

__all__ = ["Code"]


@dataclass(frozen=True)
class Code(Command):
    """Make a code that all in the room compare, to be sure of their keys.

    Example: code
    """

    _: KW_ONLY
    stop: Annotated[Flag, Parameter(help="end the one that is being made")] = False

    async def in_shell(self, shell: InShell) -> None:
        """Start, or stop; what becomes of it is told."""
        if self.stop:
            shell.stay.room.stop_code()
        else:
            shell.stay.room.start_code()
