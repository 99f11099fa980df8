# SPDX-License-Identifier: AGPL-3.0-only
"""Questions to the person at the terminal, one at a time, while everything else goes on."""

import asyncio
import itertools
import signal
import sys
import termios
from contextlib import suppress

from prompt_toolkit import PromptSession
from prompt_toolkit.input.typeahead import clear_typeahead
from prompt_toolkit.patch_stdout import patch_stdout

from keks_meet.rift.answers import how_to_answer, read_answer
from keks_meet.rift.terminal import printable

__all__ = ["Questions"]


class Questions:
    """Asks."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._numbers = itertools.count(1)

    async def ask(self, question: str) -> bool:
        """Return whether the answer is yes. Asks until there is one that names this question; an end of input is no."""
        async with self._turn:
            number = next(self._numbers)
            text = f"Question {number}: {printable(question)} {how_to_answer(number)} "
            with patch_stdout(raw=True):
                try:
                    return await _answer(text, number)
                except EOFError:
                    return False
                except KeyboardInterrupt:
                    # A key, as the terminal has it just now, and not yet a signal.
                    signal.raise_signal(signal.SIGINT)
                    return False


async def _answer(text: str, number: int) -> bool:
    session: PromptSession[str] = PromptSession()
    _forget_what_was_typed(session)
    while True:
        said = await session.prompt_async(text, handle_sigint=False)
        answer = read_answer(said.split(), number)
        if answer is not None:
            return answer


def _forget_what_was_typed(session: PromptSession[str]) -> None:
    """Drop what was typed before the question was there to be read."""
    clear_typeahead(session.input)
    with suppress(OSError, ValueError, termios.error):
        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
