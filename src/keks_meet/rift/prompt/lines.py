# SPDX-License-Identifier: AGPL-3.0-only
"""Lines that a person types, with completion and history, or that a program writes to standard input."""

import asyncio
import os
import signal
import stat
import sys
import termios
from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Final

import platformdirs
from prompt_toolkit import PromptSession
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input.typeahead import clear_typeahead
from prompt_toolkit.patch_stdout import patch_stdout

from keks_meet.client.blocking import in_thread
from keks_meet.errors import UsageError
from keks_meet.rift.prompt.completion import WordCompleter
from keks_meet.rift.standard_streams import has_input, is_typed, standard_input
from keks_meet.rift.terminal import printable

__all__ = ["Lines", "above_prompt", "typed_on_terminal"]

_PROMPT: Final = "rift> "
_LONGEST: Final = 1_048_576
"""Bytes of a line that is written to standard input."""


def above_prompt() -> AbstractContextManager[None]:
    """Let what is written to the standard streams meanwhile pass above the prompt."""
    return patch_stdout(raw=True)


class Lines:
    """Reads line after line."""

    def __init__(self, words: WordCompleter) -> None:
        self._session: PromptSession[str] | None = None
        self._reader: asyncio.StreamReader | None = None
        if is_typed():
            self._session = PromptSession(_PROMPT, completer=words, history=_history(), complete_while_typing=False)

    async def next(self) -> str | None:
        """Return the next line; None at the end. Raises `KeyboardInterrupt` never: signals are somebody else's.

        Raises `UsageError` for a line that is too long to be one of a person; the next call goes on behind it.
        """
        if self._session is None:
            return await self._read()
        try:
            return await self._session.prompt_async(handle_sigint=False)
        except EOFError:
            return None
        except KeyboardInterrupt:
            # A key, as the terminal has it just now, and not yet a signal.
            signal.raise_signal(signal.SIGINT)
            await asyncio.sleep(0)
            return None

    async def _read(self) -> str | None:
        if not has_input():
            return None
        mode = os.fstat(0).st_mode
        if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
            # Files cannot be waited for, and need not be.
            return _line(await in_thread(_line_of_file))
        if self._reader is None:
            self._reader = asyncio.StreamReader(limit=_LONGEST)
            protocol = asyncio.StreamReaderProtocol(self._reader)
            await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, standard_input())
        return _line(await _line_of_pipe(self._reader))


async def _line_of_pipe(reader: asyncio.StreamReader) -> bytes:
    """Return the next line, empty at the end. Raises `UsageError` behind one that is too long."""
    is_too_long = False
    while True:
        try:
            line = await reader.readuntil()
        except asyncio.LimitOverrunError as error:
            is_too_long = True
            await reader.readexactly(error.consumed)
            continue
        except asyncio.IncompleteReadError as error:
            line = error.partial
        if is_too_long:
            raise _too_long()
        return line


def _line_of_file() -> bytes:
    """Return the next line, empty at the end. Blocks. Raises `UsageError` behind one that is too long."""
    line = sys.stdin.buffer.readline(_LONGEST)
    if len(line) < _LONGEST or line.endswith(b"\n"):
        return line
    while (rest := sys.stdin.buffer.readline(_LONGEST)) and not rest.endswith(b"\n"):
        pass
    raise _too_long()


def _too_long() -> UsageError:
    return UsageError(f"a line of more than {_LONGEST} bytes was left out")


def _line(line: bytes) -> str | None:
    """Return a line as words of a command line are: bytes that are no text stay, as paths may have them."""
    return line.decode(errors="surrogateescape").rstrip("\r\n") if line else None


def _history() -> History:
    """Return the history kept for this user alone, or one that ends with the process."""
    folder = Path(platformdirs.user_state_dir("keks-meet"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "rift-history"
        file.touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(file))


async def typed_on_terminal(question: str) -> AsyncGenerator[str, None]:
    """Ask on the terminal, below all that is said meanwhile. What was typed before the question is forgotten."""
    session: PromptSession[str] = PromptSession()
    _forget_what_was_typed(session)
    while True:
        try:
            with above_prompt():
                line = await session.prompt_async(f"{printable(question, limit=1000)} ", handle_sigint=False)
        except EOFError:
            return
        except KeyboardInterrupt:
            # A key, as the terminal has it just now, and not yet a signal.
            signal.raise_signal(signal.SIGINT)
            return
        yield line


def _forget_what_was_typed(session: PromptSession[str]) -> None:
    """Drop what was typed before the question was there to be read."""
    clear_typeahead(session.input)
    with suppress(OSError, ValueError, termios.error):
        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)
