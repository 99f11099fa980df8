# SPDX-License-Identifier: AGPL-3.0-only
"""Questions to the person at the terminal, one at a time, while everything else goes on.

A question can come, and another one go, while somebody types. So questions have numbers, and an answer names the one
that was read: a "yes" that reaches the next question lets nobody in.
"""

import asyncio
import itertools
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Final, TypeAlias

from keks_meet.rift.events import Event, Status

__all__ = ["ANSWERS", "Ask", "Asker", "TypedLines", "read_answer"]

Ask: TypeAlias = Callable[[str], Awaitable[bool]]
"""Asks a person, and returns whether the answer is yes."""

TypedLines: TypeAlias = Callable[[str], AsyncGenerator[str, None]]
"""Shows a question, again for each line that is asked for, and yields what was typed then, to the end of input."""

ANSWERS: Final = {"yes": True, "y": True, "no": False, "n": False}


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
            return ANSWERS.get(answer.lower())
    return None
