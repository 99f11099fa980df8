# SPDX-License-Identifier: AGPL-3.0-only
"""Questions to the person at the terminal, one at a time, while everything else goes on.

A question can come, and another one go, while somebody types. So questions have numbers, and an answer names the one
that was read: a "yes" that reaches the next question lets nobody in.
"""

import asyncio
import itertools
import signal
import sys
import termios
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from typing import Final, TypeAlias

from prompt_toolkit import PromptSession
from prompt_toolkit.input.typeahead import clear_typeahead
from prompt_toolkit.patch_stdout import patch_stdout

from keks_meet.rift.events import Event, Status
from keks_meet.rift.terminal import printable

__all__ = ["Asker", "TypedLines", "read_answer", "typed_on_terminal"]

TypedLines: TypeAlias = Callable[[str], AsyncGenerator[str, None]]
"""Shows a question, again for each line that is asked for, and yields what was typed then, to the end of input."""

_ANSWERS: Final = {"yes": True, "y": True, "no": False, "n": False}


class Asker:
    """Asks. Who asks meanwhile waits for their turn; who is cancelled asks no longer."""

    def __init__(self, say: Callable[[Event], None], typed: TypedLines) -> None:
        """Complain about answers with ``say``, and get them from ``typed``."""
        self._say, self._typed = say, typed
        self._turn = asyncio.Lock()
        self._numbers = itertools.count(1)

    async def ask(self, question: str) -> bool:
        """Return whether the answer is yes. Asks until there is one that names this question; an end of input is no."""
        async with self._turn:
            number = next(self._numbers)
            text = f"Question {number}: {question} Type yes {number} or no {number}."
            async with aclosing(self._typed(text)) as lines:
                async for line in lines:
                    answer = read_answer(line.split(), number)
                    if answer is not None:
                        return answer
                    self._say(Status("That answers no question that is asked now."))
            return False


def read_answer(words: Sequence[str], number: int) -> bool | None:
    """Return what was answered to the question with this number; None when that was no answer to it."""
    match words:
        case [answer, named] if named == str(number):
            return _ANSWERS.get(answer.lower())
    return None


async def typed_on_terminal(question: str) -> AsyncGenerator[str, None]:
    """Ask on the terminal, below all that is said meanwhile. What was typed before the question is forgotten."""
    session: PromptSession[str] = PromptSession()
    _forget_what_was_typed(session)
    while True:
        try:
            with patch_stdout(raw=True):
                line = await session.prompt_async(f"{printable(question, limit=1000)} ", handle_sigint=False)
        except EOFError:
            return
        except KeyboardInterrupt:
            # A key, as the terminal has it just now, and not yet a signal.
            signal.raise_signal(signal.SIGINT)
            return
        yield line


def _forget_what_was_typed(session: PromptSession[str]) -> None:
    """Drop what was typed before the question was there to be read."""
    clear_typeahead(session.input)
    with suppress(OSError, ValueError, termios.error):
        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
