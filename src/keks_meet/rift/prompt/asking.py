# SPDX-License-Identifier: AGPL-3.0-only
"""One question at a time to the person at the terminal, where no room has questions of its own."""

from collections.abc import Callable
from contextlib import aclosing

from keks_meet.rift import prompt
from keks_meet.rift.ask import ANSWERS, Ask
from keks_meet.rift.events import Event, Status
from keks_meet.rift.standard_streams import is_typed

__all__ = ["ask_at_terminal"]


def ask_at_terminal(say: Callable[[Event], None]) -> Ask | None:
    """Return what asks, and complains about answers with ``say``; None where there is nobody to ask."""

    async def ask(question: str) -> bool:
        # What reads from terminals loads here, when somebody is asked.
        async with aclosing(prompt.typed_on_terminal(f"{question} Type yes or no.")) as lines:
            async for line in lines:
                answer = ANSWERS.get(line.strip().lower())
                if answer is not None:
                    return answer
                say(Status("Please type yes or no."))
        return False

    return ask if is_typed() else None
