# SPDX-License-Identifier: AGPL-3.0-only
"""What Tab makes of a line in the shell."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Final

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document

from keks_meet.rift.command import Command, Completed
from keks_meet.rift.terminal import printable

__all__ = ["WordCompleter"]

_LAST_WORD: Final = re.compile(r"(?:\\.|[^\\\s])*\\?$")
"""What is being typed: spaces behind a backslash are of the word."""
_SPECIAL: Final = re.compile(r"([^\w@%+=:,./~-])")
"""What means something to whoever takes a line apart, and needs a backslash."""


class WordCompleter(Completer):
    """Completes commands, then what the fields of a command say."""

    def __init__(self, commands: Mapping[str, type[Command]], ids: Callable[[str], Iterable[str]]) -> None:
        """Take the commands, and what tells the ids of a kind that there are now."""
        self._commands = commands
        self._ids = ids
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """Return what the word under the cursor may become."""
        command, blank, rest = document.text_before_cursor.lstrip().partition(" ")
        if not blank:
            yield from _matching(sorted(self._commands), command)
            return
        word = _last_word(rest)
        is_first = word == rest.lstrip().removeprefix("-- ")
        match _completed(self._commands.get(command), is_first=is_first):
            case None:
                return
            case "path":
                yield from self._matching_paths(word, complete_event)
            case "command":
                yield from _matching(sorted(self._commands), word)
            case kind:
                yield from _matching(self._ids(kind), word)

    def _matching_paths(self, typed: str, event: CompleteEvent) -> Iterator[Completion]:
        word = _meant(typed)
        for found in self._paths.get_completions(Document(word), event):
            if printable(found.text) == found.text:
                yield Completion(_spelled(word + found.text), start_position=-len(typed), display=found.display)


def _completed(command: type[Command] | None, *, is_first: bool) -> str | None:
    """Return what a word of a command is completed to, its first or a later one, as the fields have it."""
    positional = [field.type for field in fields(command) if not field.kw_only] if command else []
    if not positional:
        return None
    field = positional[0] if is_first else positional[-1]
    return next((str(note) for note in getattr(field, "__metadata__", ()) if isinstance(note, Completed)), None)


def _matching(words: Iterable[str], typed: str) -> Iterator[Completion]:
    # What cannot be typed as it is shown is a peer's own fault.
    fitting = (word for word in words if word.startswith(_meant(typed)) and printable(word) == word)
    return (Completion(_spelled(word), start_position=-len(typed), display=word) for word in fitting)


def _last_word(text: str) -> str:
    found = _LAST_WORD.search(text)
    return found[0] if found else ""


def _meant(typed: str) -> str:
    """Return a word without its backslashes."""
    return re.sub(r"\\(.?)", r"\1", typed)


def _spelled(word: str) -> str:
    """Return how a word is typed, so that it is one word and no option: peers choose what their ids say."""
    spelled = _SPECIAL.sub(r"\\\1", word)
    return f"-- {spelled}" if word.startswith("-") else spelled
