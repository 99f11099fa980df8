# SPDX-License-Identifier: AGPL-3.0-only
"""Text of peers as it is shown [T1] to [T3]: names, labels, chat. Hostile until proven otherwise. Pure.

Characters that cannot be seen go, but for the joiners that scripts and emoji need. `names` tells bearers apart.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal, TypeAlias

__all__ = [
    "NAME_LENGTH",
    "Kind",
    "belongs",
    "cut",
    "pieces",
    "shown_lines",
    "shown_name",
    "shown_text",
    "without_quotes",
]

Kind: TypeAlias = Literal["seen", "blank", "line", "unseen"]

NAME_LENGTH: Final = 60
"""Characters of a name that are shown."""

_ELLIPSIS: Final = "…"
_TAB: Final = "    "
_MARKS_IN_A_ROW: Final = 4
"""The most marks in a row: more than any language has, and few enough not to cover the lines above and below."""
_FILLERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0\U0001d159")
"""Letters and signs that show as nothing."""
_LINES: Final = frozenset("\n\x0b\x0c\r\x85\u2028\u2029")
_JOINERS: Final = frozenset("\u180e\u200c\u200d")
_FIRST_JOINED: Final = "\u0590"
"""The first character whose script may need a joiner: Latin, Greek and Cyrillic, before it, do not."""
_PREPENDED: Final = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
"""Signs around a number, which Unicode counts among what is not seen."""
_SELECTORS: Final = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_IGNORABLE: Final = re.compile("[\u034f\u17b4\u17b5\u2065\ufff0-\ufff8\U000e0000-\U000e0fff]")
"""Characters that show as nothing, though their category does not say so."""
_BLACK_FLAG: Final = "\U0001f3f4"
_TAGGED_FLAG: Final = re.compile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f")
_QUOTES: Final = re.compile('["“”„‟«»「」『』〝〞〟＂]')  # noqa: RUF001 - those that look alike are the point
_CONTINUES: Final = re.compile("[\u1160-\u11ff\ud7b0-\ud7fb\u200c\u200d\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
"""Characters that belong to the one before them, beside marks."""
_FLAG_LETTER: Final = re.compile("[\U0001f1e6-\U0001f1ff]")


def shown_text(text: str, limit: int) -> str:
    """Return text for one line, in at most ``limit`` characters; empty when there is nothing to see."""
    tamed = "".join(piece if kind == "seen" else " " for piece, kind in pieces(text) if kind != "unseen")
    return cut(re.sub(" +", " ", tamed).strip(), limit)


def shown_lines(text: str) -> str:
    """Return text of several lines, with its blanks as they are, and without those at its end."""
    if text.isascii() and text.replace("\n", "").isprintable():  # most is, and this is fast
        return text.rstrip()
    found = (_in_lines(piece, kind) for piece, kind in pieces(text.replace("\r\n", "\n")))
    return "".join(found).rstrip()


def shown_name(name: str) -> str:
    """Return a name without double quotation marks, so that none is taken for those that we put around it."""
    return without_quotes(shown_text(name, NAME_LENGTH))


def without_quotes(text: str) -> str:
    """Return a text as it may stand between quotation marks [T2]."""
    return _QUOTES.sub("’", text)  # noqa: RUF001 - this one is meant


def pieces(text: str) -> Iterator[tuple[str, Kind]]:
    """Yield the characters of a text and what becomes of each; a flag with its tags is one of them."""
    before, marks, at = "", 0, 0
    while at < len(text):
        flag = _TAGGED_FLAG.match(text, at) if text[at] == _BLACK_FLAG else None
        piece = flag[0] if flag else text[at]
        kind: Kind = "seen" if flag else _kind(piece, before, marks)
        yield piece, kind
        at += len(piece)
        if kind == "seen":
            marks = marks + 1 if _is_mark(piece) else marks if _is_joining(piece) else 0
            before = piece
        else:
            before, marks = "", 0


def _kind(character: str, before: str, marks: int) -> Kind:
    """Judge a character by what is seen right before it: nothing, at the start and after a blank."""
    nature = _nature(character)
    if nature == "joiner":
        return "seen" if before[-1:] >= _FIRST_JOINED and before not in _JOINERS else "unseen"
    if nature == "selector":
        return "seen" if before and not _is_joining(before) else "unseen"
    if nature == "mark":
        return "seen" if before and marks < _MARKS_IN_A_ROW else "unseen"
    return nature


@lru_cache(maxsize=4096)  # a text has few different characters, and looking at one takes long
def _nature(character: str) -> Kind | Literal["joiner", "selector", "mark"]:
    category = unicodedata.category(character)
    if character in _LINES:
        return "line"
    if category == "Zs" or character == "\t" or character in _FILLERS:
        return "blank"
    if character in _JOINERS:
        return "joiner"
    if _SELECTORS.match(character):
        return "selector"
    is_unseen = category in {"Cc", "Cf", "Cs"} or _IGNORABLE.match(character)
    if is_unseen and character not in _PREPENDED:
        return "unseen"
    return "mark" if category in {"Mn", "Me"} else "seen"


def _is_joining(piece: str) -> bool:
    return _nature(piece[-1]) in {"joiner", "selector"}


def _is_mark(piece: str) -> bool:
    return _nature(piece[-1]) == "mark"


def _in_lines(piece: str, kind: Kind) -> str:
    if kind == "seen":
        return piece
    if kind == "line":
        return "\n"
    if kind == "unseen":
        return ""
    return _TAB if piece == "\t" else " " if piece in _FILLERS else piece


def cut(text: str, limit: int) -> str:
    """Return the beginning of a text with an ellipsis, when it is longer; what belongs together is not cut apart."""
    if len(text) <= limit:
        return text
    at = end = limit - len(_ELLIPSIS)
    while at > 0 and belongs(text, at):
        at -= 1
    return text[: at or end].rstrip() + _ELLIPSIS


def belongs(text: str, at: int) -> bool:
    """Return whether the character at a place belongs to the one before it."""
    after, before = text[at], text[at - 1]
    if unicodedata.category(after) in {"Mn", "Me", "Mc"} or _CONTINUES.match(after) or before == "\u200d":
        return True
    if before in _PREPENDED:
        return True
    letters = 0
    while letters < at and _FLAG_LETTER.match(text[at - 1 - letters]):
        letters += 1
    return letters % 2 == 1 and _FLAG_LETTER.match(after) is not None
