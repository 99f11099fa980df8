# SPDX-License-Identifier: AGPL-3.0-only
"""``rift chat``: says something to all who are there."""

import asyncio
from typing import Final

from keks_meet.errors import UsageError
from keks_meet.protocol.limits import CHAT_CHARACTERS
from keks_meet.rift.arguments import Chat
from keks_meet.rift.dispatch import Setup
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.stay import staying
from keks_meet.rift.terminal import check_text

__all__ = ["check_length", "run"]

_PATIENCE: Final = 5.0
"""Seconds in which whoever is there has said so."""
_CONFIRMING: Final = 60.0
"""Seconds in which a server that was lost is found again."""


async def run(setup: Setup, arguments: Chat) -> ExitCode:
    """Say it once somebody is there; nobody hears later what was said before."""
    check_length(arguments.message)
    async with staying(setup) as stay:
        try:
            async with asyncio.timeout(_PATIENCE):
                await stay.room.until(lambda: stay.room.peers or None)
        except TimeoutError:
            setup.display.warning("Nobody is there to hear it.")
            return ExitCode.NOBODY
        line = stay.room.send_chat(arguments.message)
        try:
            async with asyncio.timeout(_CONFIRMING):
                state = await stay.until(lambda: stay.settled.get(line))
        except TimeoutError:
            setup.display.warning("The server does not answer: nobody has heard it, as far as can be told.")
            return ExitCode.UNREACHABLE
    return ExitCode.DONE if state == "sent" else ExitCode.FAILED


def check_length(message: str) -> None:
    """Refuse what others would not take. Raises `UsageError`."""
    if not message or len(message) > CHAT_CHARACTERS:
        msg = f"a message has 1 to {CHAT_CHARACTERS} characters"
        raise UsageError(msg)
    check_text(message, "the message")
