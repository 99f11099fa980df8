# SPDX-License-Identifier: AGPL-3.0-only
"""``hand``, in the shell."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter

from keks_meet.protocol.fields import HandState
from keks_meet.rift.command import Command, Completed, InShell

__all__ = ["Hand"]


@dataclass(frozen=True)
class Hand(Command):
    """Raise a hand, for all who are there and who come, or lower it."""

    state: Annotated[HandState, Parameter(name="STATE"), Completed("hand")] = "up"

    async def in_shell(self, shell: InShell) -> None:
        """Raise or lower it; nothing is said here, as with chat."""
        shell.stay.room.set_hand(up=self.state == "up")
