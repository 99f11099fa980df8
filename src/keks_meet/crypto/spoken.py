# SPDX-License-Identifier: AGPL-3.0-only
"""Bytes as syllables that can be said aloud: proquints, which are five letters for each 16 bits [Y8]."""

from typing import Final

__all__ = ["spoken"]

_CONSONANTS: Final = "bdfghjklmnprstvz"
_VOWELS: Final = "aiou"
_LETTERS: Final = ((_CONSONANTS, 12), (_VOWELS, 10), (_CONSONANTS, 6), (_VOWELS, 4), (_CONSONANTS, 0))
"""The letters of a group, and how far their bits stand from its end."""


def spoken(data: bytes) -> str:
    """Return an even number of bytes as groups of five letters."""
    groups = (int.from_bytes(data[at : at + 2]) for at in range(0, len(data), 2))
    return "-".join("".join(each[group >> end & (len(each) - 1)] for each, end in _LETTERS) for group in groups)
