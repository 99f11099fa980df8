# SPDX-License-Identifier: AGPL-3.0-only
"""Standard input and output may be closed, and lines that a program writes may be long."""

import asyncio
import io
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from keks_meet.errors import UsageError
from keks_meet.rift.prompt import lines

RIFT = Path(sys.executable).with_name("rift")
NOBODY = "ws://127.0.0.1:1"


@pytest.mark.parametrize(
    ("words", "closed", "said"),
    [
        ("expose 80", "<&-", "without a terminal nobody can be asked"),
        ("people --export people.json", "<&-", "set KEKS_PASSPHRASE"),
        ("send -", "<&-", "there is no standard input to read"),
        ("send --text -", "<&-", "there is no standard input to read"),
        ("receive -", ">&-", "there is no standard output to write to"),
        ("download it -", ">&-", "there is no standard output to write to"),
    ],
)
def test_what_is_closed_is_told_in_words(tmp_path: Path, words: str, closed: str, said: str) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "KEKS_SECRET": "a secret that nobody guesses",
        "KEKS_SIGNALING_URI": NOBODY,
    }
    ended = subprocess.run(
        ["/bin/sh", "-c", f'exec "$0" {words} {closed}', RIFT],
        env=environment,
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.returncode == 2


async def test_who_types_nothing_since_there_is_no_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    words = lines.WordCompleter({}, lambda _: ())
    assert await lines.Lines(words).next() is None


LONG = b"x" * 100_000
TOO_LONG = b"y" * (3 * lines._LONGEST)


async def test_long_lines_of_a_pipe() -> None:
    reader = asyncio.StreamReader(limit=lines._LONGEST)
    reader.feed_data(LONG + b"\n" + TOO_LONG + b"\nlist\n" + TOO_LONG)
    reader.feed_eof()
    assert await lines._line_of_pipe(reader) == LONG + b"\n"
    with pytest.raises(UsageError, match="left out"):
        await lines._line_of_pipe(reader)
    assert await lines._line_of_pipe(reader) == b"list\n"
    with pytest.raises(UsageError, match="left out"):
        await lines._line_of_pipe(reader)
    assert await lines._line_of_pipe(reader) == b""


def test_long_lines_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    content = io.BytesIO(LONG + b"\n" + TOO_LONG + b"\nlist\n" + TOO_LONG)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=content))
    assert lines._line_of_file() == LONG + b"\n"
    with pytest.raises(UsageError, match="left out"):
        lines._line_of_file()
    assert lines._line_of_file() == b"list\n"
    with pytest.raises(UsageError, match="left out"):
        lines._line_of_file()
    assert lines._line_of_file() == b""
