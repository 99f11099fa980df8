# SPDX-License-Identifier: AGPL-3.0-only
"""Codes: room secrets that are said over the phone and typed by hand. Pure, but for the drawing of random bits.

A code is four quintuplets such as ``lusab-babad-gutih-tugad``: consonants and vowels in turn, 16 bits each, 64 in all.
"""

import re
import secrets
from typing import Final

from keks_meet.crypto.made_secrets import is_made, without_tail
from keks_meet.crypto.room_keys import parse_fragment
from keks_meet.errors import UsageError

__all__ = ["clean_code", "linked_server", "make_code", "make_syllables", "recognise"]

_CONSONANTS: Final = "bdfghjklmnprstvz"
_VOWELS: Final = "aiou"
_QUINTUPLETS: Final = 4
"""The room can be tried out by whoever runs the server, so it takes the 60 bits of [K5]."""

_QUINTUPLET: Final = f"[{_CONSONANTS}](?:[{_VOWELS}][{_CONSONANTS}]){{2}}"
_CODE: Final = re.compile(rf"{_QUINTUPLET}(?:-{_QUINTUPLET}){{{_QUINTUPLETS - 1}}}")
_BETWEEN: Final = re.compile(r"[\s_\-\u2010-\u2015]+")
"""What people and their programs make of a hyphen."""
_LINK: Final = re.compile(
    r"[<(\[\"'\u201c\u2018]*(?P<server>https?://[^\s#]+)/room#(?P<fragment>.*)", re.IGNORECASE | re.DOTALL
)
"""A link to a room, perhaps between brackets or quotes."""


def make_code() -> str:
    """Make a code of 64 random bits."""
    return "-".join(make_syllables() for _ in range(_QUINTUPLETS))


def make_syllables() -> str:
    """Make five letters that can be said, of 16 random bits."""
    return "".join(secrets.choice(letters) for letters in (_CONSONANTS, _VOWELS, _CONSONANTS, _VOWELS, _CONSONANTS))


def clean_code(text: str) -> str:
    """Return the room secret that a person meant who typed or pasted ``text``.

    Codes of ours may be in any case, with spaces or underscores, and a link to a room stands for its secret. Anything
    else is a secret as it is, without the whitespace around it. Raises `MalformedFragment` for a broken link,
    and `UsageError` for one that was cut.
    """
    recognised = recognise(text)
    return text.strip() if recognised is None else recognised


def recognise(text: str) -> str | None:
    """Return the secret that a code of ours, a link or a made secret stands for; None for anything else.

    Raises as `clean_code`.
    """
    stripped = text.strip()
    if (link := _LINK.fullmatch(stripped)) is not None:
        return _linked_secret(link["fragment"])
    if is_made(made := without_tail(stripped)):
        return made
    code = _BETWEEN.sub("-", stripped).lower()
    return code if _CODE.fullmatch(code) else None


def linked_server(text: str) -> str | None:
    """Return the address of the server that a link leads to; None for what is no link to a room."""
    link = _LINK.fullmatch(text.strip())
    return link["server"] if link else None


def _linked_secret(fragment: str) -> str:
    address = parse_fragment(fragment)
    if address.is_cut:
        raise UsageError("the link is not whole: its secret has lost some of its random digits, or got more")
    return address.secret
