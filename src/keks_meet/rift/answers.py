# SPDX-License-Identifier: AGPL-3.0-only
"""Answers to questions that have numbers. Pure.

A question can come, and another one go, while somebody types. So an answer names the question that was read: a "yes"
that reaches the next one lets nobody in.
"""

from collections.abc import Sequence
from typing import Final

__all__ = ["how_to_answer", "read_answer"]

_ANSWERS: Final = {"yes": True, "y": True, "no": False, "n": False}


def how_to_answer(number: int) -> str:
    """Return what to type."""
    return f"Type yes {number} or no {number}."


def read_answer(words: Sequence[str], number: int) -> bool | None:
    """Return what was answered to the question with this number; None when that was no answer to it."""
    match words:
        case [answer, named] if named == str(number):
            return _ANSWERS.get(answer.lower())
    return None
