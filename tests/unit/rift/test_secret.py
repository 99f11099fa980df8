# SPDX-License-Identifier: AGPL-3.0-only
"""Where the room secret comes from."""

import io
import os
import pty
from collections.abc import Iterator
from pathlib import Path

import pytest

from keks_meet.errors import UsageError
from keks_meet.rift.config import Secret, ask_for_code, given_secret, make_code, resolve_secret

CODE = "lusab-babad-gutih-tugad"


def never() -> str:
    pytest.fail("nobody is to be asked")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text("from the file: xK9#qLw2!vPz7$tR4m\r\nnot this\n")
    path.chmod(0o600)
    return path


def test_the_option_wins(file: Path) -> None:
    environ = {"KEKS_SECRET": "from the environment: xK9#qLw2!vPz7$tR4m"}
    assert resolve_secret(CODE, file, never, environ) == Secret(CODE)
    assert resolve_secret(None, file, never, environ) == Secret("from the file: xK9#qLw2!vPz7$tR4m")
    assert resolve_secret(None, None, never, environ) == Secret("from the environment: xK9#qLw2!vPz7$tR4m")
    assert given_secret(None, None, {}) is None


def test_what_is_asked_for_is_cleaned() -> None:
    assert resolve_secret(None, None, lambda: f" {CODE.upper()}\n", {}) == Secret(CODE)
    assert not resolve_secret(None, None, make_code, {}).warnings


def test_what_is_given_stays_unless_it_is_a_code_or_a_link() -> None:
    assert given_secret(" spaces are part of it: xK9#qLw2!vPz7$tR4m ", None, {}) == Secret(
        " spaces are part of it: xK9#qLw2!vPz7$tR4m "
    )
    assert given_secret(None, None, {"KEKS_SECRET": CODE.replace("-", " ")}) == Secret(CODE)
    assert given_secret(f"https://example.org/room#{CODE}", None, {}) == Secret(CODE, server="https://example.org")


@pytest.mark.parametrize("option", ["", "https://example.org/room#"])
def test_empty_ones_are_refused(option: str, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(f"{option}\nsecond\n")
    for given in ((option, None, {}), (None, path, {}), (None, None, {"KEKS_SECRET": option})):
        with pytest.raises(UsageError, match="empty: give it with KEKS_SECRET, --secret-file or --secret"):
            resolve_secret(*given[:2], never, given[2])
    with pytest.raises(UsageError, match="empty"):
        resolve_secret(None, None, lambda: "\n", {})


def test_text_that_is_none_is_refused_and_not_quoted() -> None:
    with pytest.raises(UsageError) as caught:
        given_secret("hunter2\udc80", None, {})
    assert str(caught.value) == "the room secret is not valid text"
    assert caught.value.__suppress_context__


def test_warnings(file: Path) -> None:
    file.chmod(0o644)
    assert given_secret(None, file, {}) == Secret(
        "from the file: xK9#qLw2!vPz7$tR4m", (f"{file}: others can read this secret; chmod 600 keeps it to you",)
    )
    guessable = given_secret("hunter2", None, {})
    assert guessable is not None
    assert "guessed" in guessable.warnings[0]
    assert "hunter2" not in repr(guessable)
    question = given_secret(f"{CODE}?", None, {})
    assert question is not None
    assert "browsers cannot enter" in question.warnings[0]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"{tmp_path}/x: the secret cannot be read: No such file"):
        given_secret(None, tmp_path / "x", {})
    (tmp_path / "x").write_bytes(b"hunter2\xff")
    with pytest.raises(UsageError, match="x: the secret is not UTF-8 text"):
        given_secret(None, tmp_path / "x", {})


def test_nobody_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("hunter2"))
    with pytest.raises(UsageError, match="no room secret: give it with KEKS_SECRET, --secret-file or --secret"):
        ask_for_code()


@pytest.mark.parametrize(
    "typed",
    [f"{CODE[:-6]}@10.9.9.9:24400", f"{CODE[:-1]}x@10.9.9.9", CODE.replace("-", "") + "@meet.example.org/below"],
)
def test_what_is_typed_at_a_server_is_a_whole_code(typed: str) -> None:
    with pytest.raises(UsageError, match="no whole code: 4 groups of five letters"):
        resolve_secret(None, None, lambda: typed, {})
    assert given_secret(typed, None, {}) is not None


def test_what_is_typed_and_no_code_is_warned_of() -> None:
    secret = resolve_secret(None, None, lambda: "correct horse battery staple", {})
    assert "no code of rift send" in secret.warnings[0]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        yield ours
    os.close(ours)


def test_asking_on_a_terminal(terminal: int, capsys: pytest.CaptureFixture[str]) -> None:
    os.write(terminal, b"LUSAB babad gutih tugad\n")
    assert resolve_secret(None, None, ask_for_code, {}) == Secret(CODE)
    assert capsys.readouterr() == ("", "Code: ")
    os.write(terminal, b"\x04")
    with pytest.raises(UsageError, match="empty"):
        resolve_secret(None, None, ask_for_code, {})


DIGITS = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "text",
    [
        f"Calm Otter#{DIGITS}.",
        f'"https://example.org/meet/room#Calm%20Otter%23{DIGITS}"',
        f"<http://localhost:1/room#Calm%20Otter#{DIGITS}>, see you",
        f"https://example.org/room#Calm%20Otter%23{DIGITS}%20",
    ],
)
def test_what_stands_around_a_made_secret_is_taken_off(text: str) -> None:
    """[K6]."""
    for secret in (given_secret(text, None, {}), resolve_secret(None, None, lambda: text, {})):
        assert secret is not None
        assert (secret.text, secret.warnings) == (f"Calm Otter#{DIGITS}", ())


def test_links_that_were_cut_are_refused_and_such_secrets_warned_of() -> None:
    with pytest.raises(UsageError, match="not whole"):
        given_secret(f"https://example.org/room#Calm%20Otter%23{DIGITS[:-1]}", None, {})
    secret = given_secret(f"Calm Otter#{DIGITS[:-1]}", None, {})
    assert secret is not None
    assert "not whole" in secret.warnings[0]
