# SPDX-License-Identifier: AGPL-3.0-only
"""Codes: room secrets that are said over the phone and typed by hand. Pure, but for the drawing of random bits.

A code is four quintuplets such as ``lusab-babad-gutih-tugad``: consonants and vowels in turn, 16 bits each, 64 in all.
"""

import re
import secrets
from typing import Final

from keks_meet.crypto.room_keys import parse_fragment

__all__ = ["clean_code", "make_code", "make_syllables", "recognise"]

_CONSONANTS: Final = "bdfghjklmnprstvz"
_VOWELS: Final = "aiou"
_QUINTUPLETS: Final = 4
"""The room can be tried out by whoever runs the server, so it takes the 60 bits of [K5]."""

_QUINTUPLET: Final = f"[{_CONSONANTS}](?:[{_VOWELS}][{_CONSONANTS}]){{2}}"
_CODE: Final = re.compile(rf"{_QUINTUPLET}(?:-{_QUINTUPLET}){{{_QUINTUPLETS - 1}}}")
_BETWEEN: Final = re.compile(r"[\s_\-\u2010-\u2015]+")
"""What people and their programs make of a hyphen."""
_LINK: Final = re.compile(r"https?://[^\s#]+/room#(?P<fragment>.*)", re.IGNORECASE | re.DOTALL)


def make_code() -> str:
    """Make a code of 64 random bits."""
    return "-".join(make_syllables() for _ in range(_QUINTUPLETS))


def make_syllables() -> str:
    """Make five letters that can be said, of 16 random bits."""
    return "".join(secrets.choice(letters) for letters in (_CONSONANTS, _VOWELS, _CONSONANTS, _VOWELS, _CONSONANTS))


def clean_code(text: str) -> str:
    """Return the room secret that a person meant who typed or pasted ``text``.

    Codes of ours may be in any case, with spaces or underscores, and a link to a room stands for its secret. Anything
    else is a secret as it is, without the whitespace around it. Raises `MalformedFragment` for a broken link.
    """
    recognised = recognise(text)
    return text.strip() if recognised is None else recognised


def recognise(text: str) -> str | None:
    """Return the secret that a code of ours or a link stands for; None for anything else. Raises as `clean_code`."""
    stripped = text.strip()
    if (link := _LINK.fullmatch(stripped)) is not None:
        return parse_fragment(link["fragment"]).secret
    code = _BETWEEN.sub("-", stripped).lower()
    return code if _CODE.fullmatch(code) else None
