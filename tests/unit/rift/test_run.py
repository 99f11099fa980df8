# SPDX-License-Identifier: AGPL-3.0-only
"""From the command line to a command, here one that the test brings along."""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keks_meet.errors import ConfigError, MalformedPacket, UsageError
from keks_meet.rift.cli import Options, run
from keks_meet.rift.commands.list import List
from keks_meet.rift.commands.receive import Receive
from keks_meet.rift.commands.send import Send
from keks_meet.rift.events import Status
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.stay import Setup

SECRET = "xK9#qLw2!vPz7$tR4m"  # noqa: S105


class Running:
    """Commands that note how they were started, and end as they were told to."""

    def __init__(self) -> None:
        self.setups: list[Setup] = []
        self.end: ExitCode | Exception = ExitCode.DONE

    async def run(self, setup: Setup) -> ExitCode:
        self.setups.append(setup)
        setup.display.say(Status("it runs"))
        logging.getLogger("keks_meet.test").debug("a detail")
        if isinstance(self.end, Exception):
            raise self.end
        return self.end


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Running]:
    command = Running()
    for each in (List, Send, Receive):
        monkeypatch.setattr(each, "run", lambda _, setup: command.run(setup))
    (tmp_path / "rift.toml").touch()
    monkeypatch.setenv("KEKS_RIFT_CONFIG", str(tmp_path / "rift.toml"))
    for variable in ("KEKS_SECRET", "KEKS_SIGNALING_URI", "KEKS_USERNAME"):
        monkeypatch.delenv(variable, raising=False)
    root, ours = logging.getLogger(), logging.getLogger("keks_meet")
    handlers, level = root.handlers[:], ours.level
    root.handlers.clear()
    yield command
    root.handlers[:] = handlers
    ours.setLevel(level)


def test_a_command_gets_all_that_was_settled(command: Running) -> None:
    options = Options(secret=SECRET, username="me", signaling_uri="example.org")
    assert run(options, List(wait=0)) == ExitCode.DONE
    (setup,) = command.setups
    assert setup.settings.server.signaling == "wss://example.org/signaling"
    assert (setup.settings.username, setup.secret, setup.made) == ("me", SECRET, False)
    assert SECRET not in repr(setup)


def test_send_makes_a_code_and_others_do_not(command: Running, capsys: pytest.CaptureFixture[str]) -> None:
    run(Options(), Send(paths=(Path("x"),)))
    (setup,) = command.setups
    assert setup.made
    assert re.fullmatch(r"[a-z]{5}(-[a-z]{5}){3}", setup.secret)
    run(Options(secret=SECRET), Send(paths=(Path("x"),)))
    assert not command.setups[1].made
    capsys.readouterr()
    assert run(Options(), Receive()) == ExitCode.USAGE
    assert "Error: no room secret: give it with KEKS_SECRET" in capsys.readouterr().err
    assert len(command.setups) == 2


@pytest.mark.parametrize(
    ("end", "code", "said"),
    [
        (ExitCode.NOBODY, 5, ""),
        (UsageError("so not"), 2, "Error: so not\n"),
        (ConfigError("so not"), 2, "Error: so not\n"),
        (MalformedPacket("so not"), 1, "Error: so not\n"),
        (FileNotFoundError(2, "No such file or directory", "x\x1b"), 1, "Error: x\\x1b: No such file or directory\n"),
        (OSError("of its own"), 1, "Error: of its own\n"),
    ],
)
def test_how_commands_end(command: Running, end: Any, code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    command.end = end
    assert run(Options(secret=SECRET), List(wait=0)) == code
    assert capsys.readouterr() == ("", f"it runs\n{said}")


def test_mistakes_of_the_program_are_not_hidden(command: Running) -> None:
    command.end = ValueError("a bug")
    with pytest.raises(ValueError, match="a bug"):
        run(Options(secret=SECRET), List(wait=0))


def test_json(command: Running, capsys: pytest.CaptureFixture[str]) -> None:
    command.end = UsageError("so not")
    run(Options(secret=SECRET, json=True), List(wait=0))
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"event": "status", "text": "it runs"},
        {"event": "error", "text": "so not", "code": "usage"},
    ]
    run(Options(secret=SECRET, json=True), Receive(path="-"))
    assert capsys.readouterr().out == ""


def test_warnings_quiet_and_verbose(command: Running, capsys: pytest.CaptureFixture[str]) -> None:
    run(Options(secret="hunter2", quiet=True), List(wait=0))
    err = capsys.readouterr().err
    assert err.startswith("Warning: the room secret can be guessed")
    assert err.count("\n") == 1
    logging.getLogger().handlers.clear()
    run(Options(secret=SECRET, verbose=True), List(wait=0))
    assert capsys.readouterr().err == "it runs\nkeks_meet.test: a detail\n"
    with pytest.raises(UsageError, match="contradict"):
        run(Options(secret=SECRET, verbose=True, quiet=True), List(wait=0))


def test_ctrl_c_at_the_prompt(command: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("keks_meet.rift.cli.ask_for_code", interrupt)
    assert run(Options(), Receive()) == ExitCode.INTERRUPTED
    assert not command.setups


LINK = f"https://meet.example.org:8443/below/room#{SECRET.replace('#', '%23')}"


def test_a_link_leads_to_its_server(command: Running, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(Options(secret=LINK), List(wait=0)) == ExitCode.DONE
    assert command.setups[0].settings.server.site == "https://meet.example.org:8443/below"
    assert command.setups[0].secret == SECRET
    assert "The room is at https://meet.example.org:8443/below." in capsys.readouterr().err


def test_the_server_that_was_named_counts(command: Running, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(Options(secret=LINK, signaling_uri="ws://127.0.0.1:1"), List(wait=0)) == ExitCode.DONE
    assert command.setups[0].settings.server.site == "http://127.0.0.1:1"
    assert "the secret is of another server, https://meet.example.org:8443/below" in capsys.readouterr().err
