# SPDX-License-Identifier: AGPL-3.0-only
"""An answer counts for the question that it names, and for no other one."""

from collections.abc import AsyncGenerator

import pytest

from keks_meet.rift.ask import Asker, read_answer
from keks_meet.rift.events import Event, Status


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("yes 2", True),
        ("Y 2", True),
        ("no 2", False),
        ("n 2", False),
        ("yes", None),
        ("y", None),
        ("no", None),
        ("", None),
        ("yes 1", None),
        ("yes 22", None),
        ("yes 2 2", None),
        ("2 yes", None),
        ("perhaps 2", None),
    ],
)
def test_an_answer_names_its_question(said: str, answer: bool | None) -> None:
    assert read_answer(said.split(), 2) is answer


async def test_what_to_type_is_told_and_a_wrong_answer_is_refused_in_words() -> None:
    said: list[Event] = []
    typed, read = iter(["yes", "yes 2", "yes 1"]), list[str]()

    async def type_them(question: str) -> AsyncGenerator[str, None]:
        read.append(question)
        for line in typed:
            yield line

    asker = Asker(said.append, type_them)
    assert await asker.ask("Let them in?")
    assert read == ["Question 1: Let them in? Type yes 1 or no 1."]
    assert said == [Status("That answers no question that is asked now.")] * 2
    assert not await asker.ask("And them?")
    assert read[1:] == ["Question 2: And them? Type yes 2 or no 2."]
