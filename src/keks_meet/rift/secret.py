# SPDX-License-Identifier: AGPL-3.0-only
"""Where the room secret comes from. No secret ever stands in an error or a warning."""

import os
import stat
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

from keks_meet.crypto.made_secrets import is_cut
from keks_meet.crypto.strength import is_guessable
from keks_meet.errors import UsageError
from keks_meet.rift.code import clean_code, linked_server, recognise

__all__ = ["Secret", "ask_for_code", "given_secret", "resolve_secret"]

_WAYS: Final = "give it with KEKS_SECRET, --secret-file or --secret"
_MAX_BYTES: Final = 64 * 1024
"""More than any secret, so that a wrong file, or one without an end, is not read whole."""


class Secret(Struct, frozen=True):
    """A room secret, and what its owner should know about it."""

    text: str
    warnings: tuple[str, ...] = ()
    server: str | None = None
    """The address of the server, when the secret came in a link."""

    def __repr__(self) -> str:
        """Keep the secret out of logs and tracebacks."""
        return f"Secret(…, warnings={self.warnings!r})"


def resolve_secret(
    option: str | None,
    secret_file: Path | None,
    prompt: Callable[[], str],
    environ: Mapping[str, str] = os.environ,
) -> Secret:
    """Return the secret that was given, else what ``prompt`` returns, cleaned as `clean_code` does.

    Raises `UsageError`, `MalformedFragment`, and what ``prompt`` raises.
    """
    given = given_secret(option, secret_file, environ)
    if given is not None:
        return given
    typed = prompt()
    return _checked(clean_code(typed), server=linked_server(typed))


def given_secret(
    option: str | None, secret_file: Path | None, environ: Mapping[str, str] = os.environ
) -> Secret | None:
    """Return the secret of ``--secret``, else of ``--secret-file``, else of ``KEKS_SECRET``; None without any.

    Taken as it is, unless it is a code of ours or a link. An empty one is refused and never falls through to the next
    way: it is most likely the trace of a mistake. Raises `UsageError` and `MalformedFragment`.
    """
    if option is not None:
        return _known(option)
    if secret_file is not None:
        return _known(_first_line(secret_file), _file_warnings(secret_file))
    if "KEKS_SECRET" in environ:
        return _known(environ["KEKS_SECRET"])
    return None


def ask_for_code() -> str:
    """Ask on the terminal, where the code can be seen as it is typed: codes are to be read out, not hidden.

    The question goes to stderr, as stdout may carry data. Raises `UsageError` when there is nobody to ask.
    """
    if sys.stdin is None or not sys.stdin.isatty():
        msg = f"no room secret: {_WAYS}"
        raise UsageError(msg)
    sys.stderr.write("Code: ")
    sys.stderr.flush()
    return sys.stdin.readline()


def _known(text: str, warnings: tuple[str, ...] = ()) -> Secret:
    recognised = recognise(text)
    return _checked(text if recognised is None else recognised, warnings, linked_server(text))


def _checked(text: str, warnings: tuple[str, ...] = (), server: str | None = None) -> Secret:
    """Refuse what cannot be a secret, and add what is to be said about it."""
    if not text:
        msg = f"the room secret is empty: {_WAYS}"
        raise UsageError(msg)
    try:
        text.encode()
    except UnicodeEncodeError:
        msg = "the room secret is not valid text"
        raise UsageError(msg) from None  # the cause would quote it
    return Secret(text, (*warnings, *_secret_warnings(text)), server)


def _secret_warnings(text: str) -> list[str]:
    warnings = []
    if is_guessable(text):
        warnings.append("the room secret can be guessed; a code of rift send cannot")
    if is_cut(text):
        warnings.append("the room secret looks like one that is not whole: has it lost some of its random digits?")
    if "?" in text:
        warnings.append("the room secret has a ? in it: browsers cannot enter this room")
    return warnings


def _first_line(path: Path) -> str:
    """Return the first line without its end; the rest of the file is of no interest."""
    try:
        with path.open("rb") as file:
            line = file.readline(_MAX_BYTES)
        return line.decode().rstrip("\r\n")
    except OSError as error:
        msg = f"{path}: the secret cannot be read: {error.strerror}"
        raise UsageError(msg) from error
    except UnicodeDecodeError:
        msg = f"{path}: the secret is not UTF-8 text"
        raise UsageError(msg) from None


def _file_warnings(path: Path) -> tuple[str, ...]:
    """Warn of a file that others may read; systems without such permissions have nothing to say."""
    if os.name != "posix":
        return ()
    try:
        mode = path.stat().st_mode
    except OSError:
        return ()
    shared = stat.S_ISREG(mode) and mode & (stat.S_IRGRP | stat.S_IROTH)
    return (f"{path}: others can read this secret; chmod 600 keeps it to you",) if shared else ()
