# SPDX-License-Identifier: AGPL-3.0-only
"""An answer counts for the question that it names, and for no other one."""

import pytest

from keks_meet.rift.answers import how_to_answer, read_answer


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


def test_what_to_type_is_told() -> None:
    assert how_to_answer(7) == "Type yes 7 or no 7."
