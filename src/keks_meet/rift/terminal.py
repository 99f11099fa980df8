# SPDX-License-Identifier: AGPL-3.0-only
"""What other people wrote, made safe to show on a terminal. Pure.

A terminal obeys what it shows: escape sequences, bidirectional controls and invisible characters can rewrite the
screen or pass one name off as another. All of them become visible escapes such as ``\\x1b``. What is returned may hold
markup of rich: print it as `rich.text.Text`, or with markup off.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

__all__ = ["printable"]

_ESCAPED: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_INVISIBLE: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
"""Fillers that show as nothing, though Unicode counts them as letters or marks."""
_MARKS: Final = frozenset({"Mn", "Me"})
_MARKS_IN_A_ROW: Final = 4
"""More than any language puts on a letter, and few enough not to cover the lines above and below."""
_ELLIPSIS: Final = "…"


def printable(text: str, *, limit: int = 255, newlines: bool = False) -> str:
    """Return ``text`` safe to print, in at most ``limit`` characters; with an ellipsis when cut.

    Newlines are kept when ``newlines`` is set, carriage returns never. Text that is safe already comes back as it is.
    """
    if limit < 1:
        return ""
    # Each character becomes at least one, so what is beyond the limit need not be looked at.
    pieces = list(_pieces(text[: limit + 1], newlines=newlines))
    if sum(map(len, pieces)) <= limit:
        return "".join(pieces)
    return "".join(_first(pieces, limit - len(_ELLIPSIS))) + _ELLIPSIS


def _pieces(text: str, *, newlines: bool) -> Iterator[str]:
    """Yield each character or its escape."""
    marks = _MARKS_IN_A_ROW  # at the start there is nothing that a mark could stand on but what we wrote
    for character in text:
        if newlines and character == "\n":
            marks = _MARKS_IN_A_ROW
            yield character
            continue
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARKS else 0
        if category in _ESCAPED or character in _INVISIBLE or marks > _MARKS_IN_A_ROW:
            yield character.encode("unicode_escape").decode()
        else:
            yield character


def _first(pieces: list[str], room: int) -> Iterator[str]:
    """Yield as many whole pieces as there is room for."""
    for piece in pieces:
        room -= len(piece)
        if room < 0:
            return
        yield piece
