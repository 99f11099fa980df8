# SPDX-License-Identifier: AGPL-3.0-only
"""``rift list``: shows what others offer."""

import asyncio
from dataclasses import KW_ONLY, dataclass
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from keks_meet.rift.command import Command, InShell
from keks_meet.rift.events import Listing, Warned
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.stay import Setup, staying

__all__ = ["List"]


@dataclass(frozen=True)
class List(Command):
    """List what others in the room offer.

    Example: rift list --wait 10
    """

    _: KW_ONLY
    wait: Annotated[float, Parameter(validator=Number(gte=0, lte=86400), help="seconds to give the others")] = 3.0

    async def run(self, setup: Setup) -> ExitCode:
        """Give the others a while to say what they offer: nobody can know when that was all."""
        async with staying(setup, offers=False) as stay:
            await asyncio.sleep(self.wait)
            found = stay.listed()
            stay.say(Listing(found))
            if not stay.came:
                stay.say(Warned("Nobody is there."))
        return ExitCode.DONE if found else ExitCode.NOBODY

    async def in_shell(self, shell: InShell) -> None:
        """List it at once: the others have had their time."""
        shell.stay.say(Listing(shell.stay.listed()))
