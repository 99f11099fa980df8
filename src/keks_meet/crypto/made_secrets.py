# SPDX-License-Identifier: AGPL-3.0-only
"""Secrets made by the start page: recognised with what programs put behind links, and when they were cut [K6]."""

import re
import secrets
from typing import Final

__all__ = ["is_cut", "is_made", "made_secret", "without_tail"]

_TAIL: Final = r"(?:[\W_].*)?"
"""The tail that was not meant: punctuation, blanks, quotes, and what follows them."""
_MADE: Final = re.compile(r".*#[0-9a-f]{64}", re.DOTALL)
_WITH_TAIL: Final = re.compile(rf"(?P<made>.*#[0-9a-f]{{64}}){_TAIL}", re.DOTALL)
_CUT: Final = re.compile(
    rf".*#(?:[0-9a-f]{{16,63}}{_TAIL}|[0-9a-f]{{64}}[^\W_].*)|[A-Z][a-z]+ [A-Z][a-z]+#[0-9a-f]{{0,15}}{_TAIL}",
    re.DOTALL,
)


def made_secret(name: str) -> str:
    """Make a secret that cannot be guessed, with a name for people in front [K5]."""
    return f"{name}#{secrets.token_hex(32)}"


def is_made(secret: str) -> bool:
    """Tell whether a secret is a name, ``#`` and exactly 64 digits."""
    return _MADE.fullmatch(secret) is not None


def without_tail(secret: str) -> str:
    """Return a made secret without what stands behind it; any other as it is."""
    found = _WITH_TAIL.fullmatch(secret)
    return found["made"] if found else secret


def is_cut(secret: str) -> bool:
    """Tell whether a secret looks like a made one that misses digits, or has too many."""
    return _CUT.fullmatch(secret) is not None and _WITH_TAIL.fullmatch(secret) is None
