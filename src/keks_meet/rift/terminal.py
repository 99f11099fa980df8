# SPDX-License-Identifier: AGPL-3.0-only
"""What other people wrote, made safe to show on a terminal. Pure.

A terminal obeys what it shows: escape sequences, bidirectional controls and invisible characters can rewrite the
screen or pass one name off as another. All of them become visible escapes such as ``\\x1b``, but for the joiners that
scripts and emoji need [T1]. What is returned may hold markup of rich: print it as `rich.text.Text`, or with markup off.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

from keks_meet.errors import UsageError
from keks_meet.session.shown_text import Kind, pieces, shown_text, without_quotes

__all__ = ["check_text", "printable", "quoted"]

_ELLIPSIS: Final = "…"


def printable(text: str, *, limit: int = 255, newlines: bool = False) -> str:
    """Return ``text`` safe to print, in at most ``limit`` characters; with an ellipsis when cut.

    Newlines are kept when ``newlines`` is set, carriage returns never. Text that is safe already comes back as it is.
    """
    if limit < 1:
        return ""
    # Each character becomes at least one, so what is beyond the limit need not be looked at.
    found = [_printed(piece, kind, newlines=newlines) for piece, kind in pieces(text[: limit + 1])]
    if sum(map(len, found)) <= limit:
        return "".join(found)
    return "".join(_first(found, limit - len(_ELLIPSIS))) + _ELLIPSIS


def check_text(text: str, what: str) -> None:
    """Refuse bytes of a command line that are no text: others could not be told them. Raises `UsageError`."""
    try:
        text.encode()
    except UnicodeEncodeError:
        msg = f"{what} is not valid text: expected UTF-8"
        raise UsageError(msg) from None  # the cause would quote it


def quoted(text: str, *, limit: int = 255) -> str:
    """Return a peer's text for within a sentence, between quotation marks that it cannot end [T2]."""
    return f'"{without_quotes(shown_text(text, limit))}"'


def _printed(piece: str, kind: Kind, *, newlines: bool) -> str:
    """Return a character or its escape."""
    is_space = kind == "blank" and unicodedata.category(piece) == "Zs"
    if kind == "seen" or is_space or (newlines and piece == "\n"):
        return piece
    return piece.encode("unicode_escape").decode()


def _first(pieces: list[str], room: int) -> Iterator[str]:
    """Yield as many whole pieces as there is room for."""
    for piece in pieces:
        room -= len(piece)
        if room < 0:
            return
        yield piece
