# SPDX-License-Identifier: AGPL-3.0-only
"""The command line: what is understood, what is refused, and help."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from keks_meet.errors import UsageError
from keks_meet.rift import cli
from keks_meet.rift.cli import COMMAND_LINE, Options
from keks_meet.rift.command import Command
from keks_meet.rift.commands.chat import Chat
from keks_meet.rift.commands.download import Download
from keks_meet.rift.commands.expose import Expose
from keks_meet.rift.commands.forward import Forward
from keks_meet.rift.commands.list import List
from keks_meet.rift.commands.provide import Provide
from keks_meet.rift.commands.receive import Receive
from keks_meet.rift.commands.send import Send
from keks_meet.rift.commands.shell import Shell
from keks_meet.rift.exit_codes import ExitCode

COMMANDS = [
    *("send", "receive", "shell", "list", "download", "provide", "expose", "forward", "chat"),
    *("identity", "people", "verify"),
]


class Runs(list[tuple[Options, Command]]):
    """What has been run."""

    def __call__(self, options: Options, command: Command) -> ExitCode:
        self.append((options, command))
        return ExitCode.NOBODY


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    runs = Runs()
    monkeypatch.setattr("keks_meet.rift.cli.run", runs)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("KEKS_SECRET", raising=False)
    return runs


def call(*words: str) -> int:
    """Run the command line as the program does, and return its exit code."""
    with pytest.raises(SystemExit) as caught:
        cli.main(words)
    assert isinstance(caught.value.code, int)
    return caught.value.code


@pytest.mark.parametrize(
    "line",
    [
        "--secret hunter2 send /path/to/file",
        "send --secret hunter2 /path/to/file",
        "send /path/to/file --secret hunter2",
        "send /path/to/file -s hunter2",
        "--secret=hunter2 send /path/to/file",
        "-shunter2 send /path/to/file",
    ],
)
def test_options_of_every_command_stand_before_and_after(runs: Runs, line: str) -> None:
    assert call(*line.split()) == 5
    assert runs == [(Options(secret="hunter2"), Send(paths=(Path("/path/to/file"),)))]


CODE = "lusab-babad-gutih-tugad"


@pytest.mark.parametrize(
    ("line", "secret", "command"),
    [
        ("hunter2 send a", "hunter2", Send(paths=(Path("a"),))),
        ("--signaling-uri ws://a hunter2 receive", "hunter2", Receive()),
        ("hunter2 --signaling-uri ws://a list", "hunter2", List()),
        (CODE, CODE, Shell()),
        (f"{CODE} chat hello", CODE, Chat(message="hello")),
        ("https://a.example/room#hunter2", "https://a.example/room#hunter2", Shell()),
        ("https://a.example/room#%ff send a", "https://a.example/room#%ff", Send(paths=(Path("a"),))),
        ("f2c9d4e8a1b7035d", "f2c9d4e8a1b7035d", Shell()),
        # A first word that is a command is that, whatever follows.
        ("chat send a", None, Chat(message="send a")),
        ("list", None, List()),
        ("-s x list", "x", List()),
    ],
)
def test_the_originals_order_of_words(runs: Runs, line: str, secret: str | None, command: Command) -> None:
    assert call(*line.split()) == 5
    ((options, found),) = runs
    assert (options.secret, found) == (secret, command)


@pytest.mark.parametrize(
    "line",
    [
        "hunter2",  # alone, and easily guessed
        "hunter2 nope",
        "sned list",  # rather a slip
        "copy send a",  # as another program has it
        "peers list",  # as the shell has it
        "code receive",
        "hand list",
        "f2c9d4e8a1b7035d/photo.jpg",  # rather a path
        "-s x hunter2 list",
        "--secret-file x hunter2 list",
    ],
)
def test_what_is_no_order_of_words(runs: Runs, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(*line.split()) == 2
    assert "Unknown command" in capsys.readouterr().err
    assert not runs


def test_a_secret_of_the_environment_is_not_beaten_silently(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KEKS_SECRET", "x")
    for words in (("hunter2", "list"), (CODE,)):
        assert call(*words) == 2
        assert "Unknown command" in capsys.readouterr().err
    assert not runs


def test_a_file_whose_command_was_forgotten_is_no_secret(
    runs: Runs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("f2c9d4e8a1b7035d.tar").touch()
    assert call("f2c9d4e8a1b7035d.tar") == 2
    assert not runs
    assert call("f2c9d4e8a1b7035e.tar") == 5


def test_an_error_does_not_quote_a_leading_secret(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(CODE, "nope") == 2
    assert "Unknown command. There are" in (said := capsys.readouterr().err)
    assert CODE not in said
    assert call("-s", "x", "hunter2", "list") == 2
    assert "hunter2" not in capsys.readouterr().err
    assert not runs


def test_all_options_of_every_command(runs: Runs) -> None:
    line = "-v -u me list --wait 1 --json --secret-file x --signaling-uri ws://a -q"
    call(*line.split())
    options = Options(verbose=True, username="me", json=True, secret_file=Path("x"), signaling_uri="ws://a", quiet=True)
    assert runs == [(options, List(wait=1.0))]


def test_without_a_command_there_is_a_prompt(runs: Runs) -> None:
    call()
    call("-s", "x")
    call("shell")
    assert runs == [(Options(), Shell()), (Options(secret="x"), Shell()), (Options(), Shell())]


def test_one_file_stands_before_and_after(runs: Runs) -> None:
    call("--one-file", "send", "a")
    call("receive", "--one-file")
    assert [arguments for _, arguments in runs] == [
        Send(paths=(Path("a"),), one_file=True),
        Receive(one_file=True),
    ]


def test_one_file_stands_with_nothing_else(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--one-file", "list") == 2
    assert not runs
    assert capsys.readouterr().err == "Error: --one-file goes with send and receive only\n"


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        ("send a -", Send(paths=(Path("a"), "-"))),
        ("send ./- -- - -x", Send(paths=(Path("-"), Path("-"), Path("-x")))),
        (
            "send a b --exclude '*.o' --exclude=-x",
            Send(paths=(Path("a"), Path("b")), exclude=("*.o", "-x")),
        ),
        ("send --text https://a.example/?b", Send(text="https://a.example/?b")),
        ("send a --text -", Send(paths=(Path("a"),), text="-")),
        ("send a --limit-rate 2M", Send(paths=(Path("a"),), rate=2_097_152)),
        ("send a --notify", Send(paths=(Path("a"),), notify=True)),
        ("receive --notify", Receive(notify=True)),
        ("provide a b --exclude c/", Provide(path=Path("a"), id="b", exclude=("c/",))),
        ("receive", Receive()),
        ("receive -", Receive(path="-")),
        ("receive x --serve", Receive(path=Path("x"), serve=True)),
        ("receive x --overwrite", Receive(path=Path("x"), overwrite=True)),
        ("receive x --keep-hooks", Receive(path=Path("x"), keep_hooks=True)),
        ("download a --keep-hooks", Download(id="a", keep_hooks=True)),
        ("list", List(wait=3.0)),
        ("download file", Download(id="file")),
        ("download - -", Download(id="-", path="-")),
        ("download 'a b' x --overwrite", Download(id="a b", path=Path("x"), overwrite=True)),
        ("provide a", Provide(path=Path("a"))),
        ("provide a -", Provide(path=Path("a"), id="-")),
        ("expose 22", Expose(port=22, host="127.0.0.1")),
        ("expose 22 ssh --host ::1 --allow-all", Expose(port=22, id="ssh", host="::1", allow_all=True)),
        ("forward ssh", Forward(id="ssh", host="127.0.0.1")),
        ("forward ssh 2222 --host 0.0.0.0", Forward(id="ssh", port=2222, host="0.0.0.0")),
        ("chat 'hello [there] @all'", Chat(message="hello [there] @all")),
        ("chat -", Chat(message="-")),
        ("chat -- --secret", Chat(message="--secret")),
        ("chat several words - as  one line", Chat(message="several words - as one line")),
        ("", None),
    ],
)
def test_lines_of_the_prompt(line: str, arguments: Command | None) -> None:
    assert COMMAND_LINE.parse_line(line) == arguments


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sned a", 'Unknown command "sned". Did you mean "send"?'),
        ("send", "PATHS requires an argument"),
        ("send - --text -", "standard input is either a file or a text"),
        ("send a --limit-rate fast", "fast is no rate: expected bytes a second, such as 500K or 2M"),
        ("receive --serve --one-file", "--serve and --one-file contradict each other"),
        ("send --nope a", "Unknown option: --nope"),
        ("expose 0", "Must be >= 1"),
        ("expose 65536", "Must be <= 65535"),
        ("expose ssh", 'unable to convert "ssh" into int'),
        ("list --wait -1", "Must be >= 0"),
        ("list -", "Unused Tokens: [-]."),
        ("list a", "Unused Tokens: ['a']."),
        ("list '\x1b[2J\n'", r"Unused Tokens: ['\x1b[2J\n']."),
        (
            "nope",
            "There are send, receive, shell, chat, download, expose, forward, identity, list, people, ",
        ),
        ("provide -", "provide takes a file or directory"),
        ("send - -", "standard input can be sent once"),
        ("send ''", "one of PATHS is empty"),
        ("send a ''", "one of PATHS is empty"),
        ("provide ''", "PATH is empty"),
        ("provide a ''", "ID is empty"),
        ("receive ''", "PATH is empty"),
        ("download a ''", "PATH is empty"),
        ("download '' a", "ID is empty"),
        ("forward ''", "ID is empty"),
        ("chat 'x", "No closing quotation"),
    ],
)
def test_usage_errors_are_one_line(runs: Runs, line: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError) as caught:
        COMMAND_LINE.parse_line(line)
    assert said in str(caught.value)
    assert str(caught.value).isprintable()
    if "'" not in line:
        assert call(*line.split()) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.count("\n") == 1
        assert err.startswith("Error: ")
        assert said in err
    assert not runs


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_a_screen_and_has_an_example(runs: Runs, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(command, "--help") == 0
    text = capsys.readouterr().out
    lines = text.splitlines()
    assert len(lines) <= 29
    assert max(map(len, lines)) <= 80
    assert f"Example: rift {'--secret-file room.txt ' if command == 'shell' else ''}{command}" in text
    for option in ("--secret", "--secret-file", "--signaling-uri", "--username", "--verbose", "--quiet", "--json"):
        assert option in text
    assert not runs


def test_help_names_every_command(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    call("--help")
    text = capsys.readouterr().out
    assert len(text.splitlines()) <= 35
    found = re.findall(r"^│ ([a-z]+) ", text, re.MULTILINE)
    assert sorted(found) == sorted(COMMANDS)
    COMMAND_LINE.print_help()
    assert capsys.readouterr().out == text
    assert not runs


def test_the_example_of_each_command_is_understood(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        COMMAND_LINE.print_help(command)
        example = re.search(r"Example: rift (.*)", capsys.readouterr().out)
        assert example is not None
        assert COMMAND_LINE.parse_line(example[1].replace("--secret-file room.txt ", "")) is not None


def test_version(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("--version") == 0
    assert re.fullmatch(r"keks-meet \d+\.\d+\.\d+\n", capsys.readouterr().out)
    assert not runs


def test_options_do_not_tell_the_secret() -> None:
    assert "hunter2" not in repr(Options(secret="hunter2"))


@pytest.fixture
def completion(tmp_path: Path) -> Any:
    script = cli._app.generate_completion(shell="bash")  # noqa: S604 - the name of one
    (tmp_path / "photo.jpg").touch()

    def complete(*words: str) -> list[str]:
        ask = f'{script}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rift; printf "%s\\n" "${{COMPREPLY[@]}}"'
        command = ["bash", "-c", ask, "bash", "rift", *words]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)
        return done.stdout.split()

    return complete


def test_shell_completion(completion: Any) -> None:
    """What --install-completion installs for bash."""
    assert completion("se") == ["send"]
    assert completion("--secret", "x", "rec") == ["receive"]
    assert completion("send", "ph") == ["photo.jpg"]
    assert completion("--secret-file", "ph") == ["photo.jpg"]
    assert completion("send", "--one") == ["--one-file"]
    assert completion("send", "--signal") == ["--signaling-uri"]
