# SPDX-License-Identifier: AGPL-3.0-only
"""``match`` in the shell: all have the same code."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter

from keks_meet.errors import UsageError
from keks_meet.rift.command import Command, InShell, Words

__all__ = ["Match"]


@dataclass(frozen=True)
class Match(Command):
    """Tell that all have this code: those whom it covers are verified.

    Example: match lusab-babad
    """

    code: Annotated[Words, Parameter(help="the code that the others have said")]

    async def in_shell(self, shell: InShell) -> None:
        """Verify, if it is the code that is here now: another one may have come while this was typed."""
        code = "-".join(self.code.lower().replace("-", " ").split())
        if not await shell.stay.room.settle_code(code, matches=True):
            raise UsageError("that is not the code that is shown here: type differ if others have another one")
