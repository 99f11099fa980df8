# SPDX-License-Identifier: AGPL-3.0-only
"""The original's order of words, `rift SECRET [COMMAND]`, told apart from commands, and from words that miss one."""

from collections.abc import Collection, Sequence
from difflib import get_close_matches

from keks_meet.crypto.strength import is_guessable
from keks_meet.errors import KeksMeetError
from keks_meet.rift.config import recognise

__all__ = ["is_leading_secret"]


def is_leading_secret(words: Sequence[str], commands: Collection[str]) -> bool:
    """Tell whether the first of the words, which is none of the ``commands``, is a room secret.

    A link, a code or a secret that a page made is one, whatever follows. So is a word that resembles no command, if a
    command follows, or if it stands alone and cannot be guessed. Anything else is rather a slip.
    """
    first, *rest = words
    if _is_recognised(first):  # and what is wrong, if anything, is what follows: no error quotes the secret
        return True
    is_slip = not first or first.startswith("-") or bool(get_close_matches(first.lower(), commands))
    return not is_slip and (rest[0] in commands if rest else not is_guessable(first))


def _is_recognised(word: str) -> bool:
    try:
        return recognise(word) is not None
    except KeksMeetError:  # a link that is not whole, as whoever takes it will say
        return True
