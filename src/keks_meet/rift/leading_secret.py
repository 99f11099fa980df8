# SPDX-License-Identifier: AGPL-3.0-only
"""The original's order of words, `rift SECRET [COMMAND]`, told apart from commands, and from words that miss one."""

import os
from collections.abc import Collection, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from keks_meet.crypto.strength import is_guessable
from keks_meet.errors import KeksMeetError
from keks_meet.rift.config import recognise

__all__ = ["is_leading_secret"]

_SYNONYMS: Final = frozenset(
    {
        *("copy", "cp", "move", "mv", "put", "push", "upload", "share", "serve", "publish", "offer", "give", "host"),
        *("get", "fetch", "pull", "take", "save", "accept", "sync", "transfer", "transmit"),
        *("say", "tell", "talk", "call", "message", "msg", "text", "write", "ask"),
        *("ls", "dir", "file", "files", "folder", "room", "rooms", "users", "who", "info", "status"),
        *("run", "start", "join", "connect", "open", "listen", "tunnel", "ping", "login", "config"),
    }
)
"""Words that people try where a command belongs, as other programs have them."""


def is_leading_secret(words: Sequence[str], commands: Collection[str], others: Collection[str]) -> bool:
    """Tell whether the first of the words, which is none of the ``commands``, is a room secret.

    A link, a code or a secret that a page made is one, whatever follows. So is a word that resembles no command, nor
    one of the ``others``, which the shell has, if a command follows, or if it stands alone, cannot be guessed and is no
    path. Anything else is rather a slip.
    """
    first, *rest = words
    if _is_recognised(first):  # and what is wrong, if anything, is what follows: no error quotes the secret
        return True
    if not first or first.startswith("-") or _resembles(first.lower(), {*commands, *others}):
        return False
    return rest[0] in commands if rest else not _is_path(first) and not is_guessable(first)


def _resembles(word: str, commands: Collection[str]) -> bool:
    return word in _SYNONYMS or bool(get_close_matches(word, commands))


def _is_path(word: str) -> bool:
    """Tell whether somebody most likely meant to send a file, and forgot to say so."""
    try:
        return os.sep in word or Path(word).exists()
    except (OSError, ValueError):  # too long, or with a NUL in it
        return False


def _is_recognised(word: str) -> bool:
    try:
        return recognise(word) is not None
    except KeksMeetError:  # a link that is not whole, as whoever takes it will say
        return True
