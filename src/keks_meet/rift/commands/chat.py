# SPDX-License-Identifier: AGPL-3.0-only
"""``rift chat``: says something to all who are there."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Final

from cyclopts import Parameter

from keks_meet.errors import UsageError
from keks_meet.protocol.wire_limits import CHAT_CHARACTERS
from keks_meet.rift.command import Command, InShell, Words
from keks_meet.rift.events import Warned
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.stay import Setup, staying

__all__ = ["Chat"]

_PATIENCE: Final = 5.0
"""Seconds in which whoever is there has said so."""
_CONFIRMING: Final = 60.0
"""Seconds in which a server that was lost is found again."""


@dataclass(frozen=True)
class Chat(Command):
    """Say something to all who are in the room.

    Example: rift chat "The file is ready."
    """

    message: Annotated[Words, Parameter(help="one line; quotes keep blanks and signs of your shell")]

    async def run(self, setup: Setup) -> ExitCode:
        """Say it once somebody is there; nobody hears later what was said before."""
        self._check_length()
        async with staying(setup) as stay:
            try:
                async with asyncio.timeout(_PATIENCE):
                    await stay.room.until(lambda: stay.room.peers or None)
            except TimeoutError:
                stay.say(Warned("Nobody is there to hear it."))
                return ExitCode.NOBODY
            line = stay.room.send_chat(self.message)
            try:
                async with asyncio.timeout(_CONFIRMING):
                    state = await stay.until(lambda: stay.settled.get(line))
            except TimeoutError:
                stay.say(Warned("The server does not answer: nobody has heard it, as far as can be told."))
                return ExitCode.UNREACHABLE
        return ExitCode.DONE if state == "sent" else ExitCode.FAILED

    async def in_shell(self, shell: InShell) -> None:
        """Say it to whoever is there now."""
        self._check_length()
        shell.stay.room.send_chat(self.message)

    def _check_length(self) -> None:
        """Refuse what others would not take. Raises `UsageError`."""
        if not self.message or len(self.message) > CHAT_CHARACTERS:
            msg = f"a message has 1 to {CHAT_CHARACTERS} characters"
            raise UsageError(msg)
