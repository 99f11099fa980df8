# SPDX-License-Identifier: AGPL-3.0-only
"""The strength of a room secret [K5]. An estimator finds words, names, dates and patterns; the rest is counted here."""

import math
import re
from typing import Any, Final

from keks_meet.crypto.made_secrets import is_made

__all__ = ["is_guessable"]

_STRONG_BITS: Final = 60
_MOST_CHARACTERS: Final = 100
"""The most characters that are judged. More take the estimator long, and add nothing that is needed."""

_LETTER_BITS: Final = 3
"""Bits of a letter in an unknown word, as words are written, some digits among them: languages are not random."""
_DIGIT_BITS: Final = math.log2(10)
_CLASSES: Final = ((re.compile(r"[a-z]"), 26), (re.compile(r"[A-Z]"), 26), (re.compile(r"[0-9]"), 10))
_OTHER: Final = 100
"""The number of letters and digits beside those of the classes above."""
_SIGN_BITS: Final = math.log2(33)
"""Bits of a sign between words, each kind once."""

_QUINTUPLET: Final = "[bdfghjklmnprstvz][aiou][bdfghjklmnprstvz][aiou][bdfghjklmnprstvz]"
_CODE: Final = re.compile(rf"{_QUINTUPLET}(?:-{_QUINTUPLET}){{3}}")
_WORD: Final = re.compile(r"[^\W_]+")
_SIGN: Final = re.compile(r"[\W_]")


def is_guessable(secret: str) -> bool:
    """Tell whether a secret is below 60 bits by the sum of its words and by its patterns as a whole [K5]."""
    if is_made(secret) or _is_code(secret):
        return False
    judged = secret[:_MOST_CHARACTERS]
    words = sorted({word.lower(): word for word in _WORD.findall(judged)}.values())
    by_words = sum(map(_estimate, words)) + _sign_bits(judged)
    return by_words < _STRONG_BITS or _estimate(judged) < _STRONG_BITS


def _is_code(secret: str) -> bool:
    """Tell whether a secret is a code of `rift`: drawn, unless parts of it are equal."""
    return _CODE.fullmatch(secret) is not None and len(set(secret.split("-"))) == 4


def _estimate(text: str) -> float:
    """Return the bits of a text by the estimator's patterns, and by our count of what it knows nothing of."""
    from zxcvbn import zxcvbn  # noqa: PLC0415 - with its dictionaries it takes a moment

    if not text:
        return 0
    found: list[dict[str, Any]] = zxcvbn(text, max_length=_MOST_CHARACTERS)["sequence"]
    return sum(
        _random_bits(part["token"]) if part["pattern"] == "bruteforce" else math.log2(part["guesses"]) for part in found
    )


def _random_bits(text: str) -> float:
    return sum(map(_run_bits, _WORD.findall(text))) + _sign_bits(text)


def _run_bits(run: str) -> float:
    letters = "".join(filter(str.isalpha, run))
    is_written = letters[1:] == letters[1:].lower() or letters == letters.upper()
    if is_written and 2 * len(letters) >= len(run):
        return len(letters) * _LETTER_BITS + (len(run) - len(letters)) * _DIGIT_BITS
    known = sum(size for characters, size in _CLASSES if characters.search(run))
    return len(run) * math.log2(known + (0 if run.isascii() else _OTHER))


def _sign_bits(text: str) -> float:
    return len(set(_SIGN.findall(text))) * _SIGN_BITS
