# SPDX-License-Identifier: AGPL-3.0-only
"""What a command of `rift` is, and how lines are understood as commands.

A command is a class in a module of its own in `keks_meet.rift.commands`. Its fields are what can be typed, its
docstring is its help; it has `run` if the command line has it, and `in_shell` if the shell has it. To be there is all
that it takes: modules of that package are found, and nothing else lists them.
"""

import inspect
import shlex
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal, Protocol, TypeAlias

from cyclopts import App, CycloptsError, Group, Parameter, Token, UnknownCommandError
from cyclopts.validators import Number

from keks_meet.errors import UsageError
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.rates import parse_rate
from keks_meet.rift.saving import NewFolder, Target
from keks_meet.rift.stay import PathOrStdio, Setup, Stay
from keks_meet.rift.terminal import check_text, printable

__all__ = [
    "Command",
    "CommandLine",
    "Completed",
    "Exclude",
    "FileId",
    "Flag",
    "InShell",
    "KeepHooks",
    "Notify",
    "OneFile",
    "Overwrite",
    "OwnId",
    "OwnIds",
    "OwnPath",
    "Paths",
    "Port",
    "PortId",
    "Rate",
    "TargetPath",
    "Text",
    "Words",
    "known_commands",
]

_HYPHEN: Final = "\0"
"""Stands for a lone ``-`` while cyclopts looks at a line: it takes each word with a hyphen in front for an option.

Nothing that is typed can have it in it. The functions of `CommandLine` that begin and end with it are side by side.
"""


class InShell(Protocol):
    """The shell, as it carries out a command."""

    stay: Stay

    async def ask(self, question: str) -> bool:
        """Ask a person."""

    def start(self, work: Coroutine[Any, Any, object]) -> None:
        """Let something go on while more commands are typed. What it raises on purpose is told."""

    def help(self, command: str | None) -> None:
        """Print the help of a command, or what commands there are."""

    def quit(self) -> None:
        """Take no more commands."""


@dataclass(frozen=True)
class Command:
    """What was asked for, and how it is carried out."""

    place: ClassVar[int] = 10
    """Where the command stands in the help; those of one place are in the order of the alphabet."""
    other_names: ClassVar[tuple[str, ...]] = ()
    """Words that people try instead: the command is pointed out to them."""
    makes_code: ClassVar[bool] = False
    """Whether a secret is made if there is none. Other commands are for the company of somebody who has one."""
    needs_room: ClassVar[bool] = True
    """Whether the command is about a room, so that a secret is asked for if there is none."""
    has_prompt: ClassVar[bool] = False
    """Whether the command has a prompt at the foot of the terminal, which progress bars do not get along with."""

    @property
    def writes_data(self) -> bool:
        """Whether standard output is for data, so that nothing else may be written to it."""
        return False

    @classmethod
    def name(cls) -> str:
        """Return the word that is typed."""
        return cls.__name__.lower()

    async def run(self, setup: Setup) -> ExitCode:
        """Carry it out as a program of its own. Raises `KeksMeetError` and `OSError`."""
        raise NotImplementedError

    async def in_shell(self, shell: InShell) -> None:
        """Carry it out in a room that has been joined. Raises `KeksMeetError` and `OSError`."""
        raise NotImplementedError


def known_commands(*, in_shell: bool = False) -> list[type[Command]]:
    """Return the commands that have been imported: those that the command line has, or those that the shell has."""
    where = "in_shell" if in_shell else "run"
    found = (each for each in Command.__subclasses__() if where in vars(each))
    return sorted(found, key=lambda each: (each.place, each.name()))


# What fields can be. Positional ones come first; what stands behind `KW_ONLY` is an option.


class Completed(str):
    """In the annotation of a field: what Tab completes it to."""

    __slots__ = ()


def _text(_type: Any, tokens: Sequence[Token]) -> str:
    """Return the words as one text, with a space between any two."""
    text = " ".join(_typed(token) for token in tokens)
    check_text(text, "an argument")
    return text


def _texts(_type: Any, tokens: Sequence[Token]) -> tuple[str, ...]:
    return tuple(_text(_type, [token]) for token in tokens)


def _name(_type: Any, tokens: Sequence[Token]) -> str:
    return _there(_text(_type, tokens), "ID")


def _path(_type: Any, tokens: Sequence[Token]) -> Path:
    if tokens[0].value == _HYPHEN:
        raise UsageError("provide takes a file or directory; send takes - as well")
    return Path(_there(tokens[0].value, "PATH"))


def _paths(_type: Any, tokens: Sequence[Token]) -> tuple[PathOrStdio, ...]:
    return tuple("-" if token.value == _HYPHEN else Path(_there(token.value, "one of PATHS")) for token in tokens)


def _there(word: str, what: str) -> str:
    """Refuse an empty word, as of a variable that is not set: a path of it would be the folder of now."""
    if not word:
        msg = f"{what} is empty"
        raise UsageError(msg)
    return word


def _target(_type: Any, tokens: Sequence[Token]) -> Target:
    typed = _there(tokens[0].value, "PATH")
    if typed == _HYPHEN:
        return "-"
    # A `Path` forgets the slash at its end.
    return NewFolder(Path(typed)) if typed.endswith(("/", "/.", "/..")) else Path(typed)


def _rate(_type: Any, tokens: Sequence[Token]) -> int:
    return parse_rate(_typed(tokens[0]))


def _typed(token: Token) -> str:
    return token.value.replace(_HYPHEN, "-")


FileId: TypeAlias = Annotated[str, Parameter(name="ID", converter=_name, help="as rift list has it"), Completed("file")]
PortId: TypeAlias = Annotated[str, Parameter(name="ID", converter=_name, help="as rift list has it"), Completed("port")]
OwnId: TypeAlias = Annotated[str | None, Parameter(name="ID", converter=_name)]
OwnIds: TypeAlias = Annotated[
    tuple[str, ...],
    Parameter(name="ID", converter=_texts, allow_leading_hyphen=True, help="what is offered from here [default: all]"),
    Completed("own"),
]
OwnPath: TypeAlias = Annotated[
    Path, Parameter(name="PATH", converter=_path, help="file or directory"), Completed("path")
]
Paths: TypeAlias = Annotated[
    tuple[PathOrStdio, ...],
    Parameter(name="PATHS", converter=_paths, show_default=False, help="files and directories; - is stdin"),
]
Exclude: TypeAlias = Annotated[
    tuple[str, ...],
    Parameter(
        name="--exclude",
        converter=_texts,
        negative=(),
        show_default=False,
        help="leave out of folders, as in .gitignore",
    ),
]
Rate: TypeAlias = Annotated[
    int | None,
    Parameter(name="--limit-rate", converter=_rate, negative=(), help="bytes a second at most, as 500K or 2M"),
]
TargetPath: TypeAlias = Annotated[
    Target | None,
    Parameter(
        name="PATH",
        converter=_target,
        n_tokens=1,
        help="file, directory, DIRECTORY/ to make it, or - for stdout [default: .]",
    ),
    Completed("path"),
]
Text: TypeAlias = Annotated[
    str | None,
    Parameter(name="--text", converter=_text, negative=(), help="a text or a link in place of a file; - is stdin"),
]
Words: TypeAlias = Annotated[str, Parameter(converter=_text, n_tokens=-1)]
"""All words that follow, as one text."""
Port: TypeAlias = Annotated[int, Parameter(validator=Number(gte=1, lte=65535))]
Flag: TypeAlias = Annotated[bool, Parameter(negative=(), show_default=False)]
"""An option without a value, that is not there or there."""
OneFile: TypeAlias = Annotated[Flag, Parameter(help="end after one file")]
Overwrite: TypeAlias = Annotated[Flag, Parameter(help="replace files that exist; a folder is kept as NAME.old")]
KeepHooks: TypeAlias = Annotated[Flag, Parameter(help="take along hooks and settings that Git or Mercurial run")]

Notify: TypeAlias = Annotated[Flag, Parameter(help="have the desktop show when transfers end")]


class CommandLine:
    """Understands lines as commands, and helps with them."""

    def __init__(self, app: App, commands: Iterable[type[Command]]) -> None:
        """Add commands to an ``app``."""
        self.commands = {command.name(): command for command in commands}
        self._app = app
        app.help_format = "plaintext"
        app.group_parameters = Group("Options", sort_key=5)
        for name, command in self.commands.items():
            app.command(_constructor(command), name=name, sort_key=command.place, synonym=command.other_names)

    def parse_line(self, line: str) -> Command | None:
        """Understand a line such as ``download 3 .``; None when nothing is left to do. Raises `UsageError`."""
        try:
            words = shlex.split(line)
        except ValueError as error:  # quotes that are not closed
            raise UsageError(str(error)) from error
        return self.parse(words) if words else None

    def parse(self, words: Iterable[str]) -> Command | None:
        """Return what is asked for; None when it was help, which is printed. Raises `UsageError` with one line."""
        try:
            found = self._app(
                _without_hyphens(words), exit_on_error=False, print_error=False, result_action="return_value"
            )
        except CycloptsError as error:
            raise UsageError(self.sentence(error)) from error
        return found if isinstance(found, Command) else None

    def sentence(self, error: CycloptsError) -> str:
        """Say in one line what is wrong."""
        text = " ".join(str(error).replace(repr(_HYPHEN), "-").replace(_HYPHEN, "-").split())
        if isinstance(error, UnknownCommandError):
            # The list of cyclopts ends after eight.
            text = text.partition(" Available commands: ")[0]
            # What resembles no command may be a secret.
            text = text if "Did you mean" in text else "Unknown command."
            text = f"{text} There are {', '.join(self.commands)}."
        return printable(text, limit=1000)

    def print_help(self, *command: str) -> None:
        """Print the help of a command, or of all, to stdout."""
        self._app.help_print(command)

    def summaries(self) -> dict[str, str]:
        """Return the first line of the help of each command."""
        return {name: (command.__doc__ or "").partition("\n")[0] for name, command in self.commands.items()}


def _without_hyphens(words: Iterable[str]) -> list[str]:
    """Put the stand-in for each ``-``, but not after ``--``: what follows is no option, and no stdin or stdout."""
    found, ended = [], False
    for word in words:
        ended = ended or word == "--"
        found.append(_HYPHEN if word == "-" and not ended else word)
    return found


def _constructor(command: type[Command]) -> type[Command]:
    """Give a command the signature that cyclopts reads: what is no option has no name to be given by."""
    parameters = [_parameter(field) for field in fields(command)]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return command


def _parameter(field: Field[Any]) -> inspect.Parameter:
    kind: Literal[inspect._ParameterKind.KEYWORD_ONLY, inspect._ParameterKind.POSITIONAL_ONLY]
    kind = inspect.Parameter.KEYWORD_ONLY if field.kw_only else inspect.Parameter.POSITIONAL_ONLY
    default = inspect.Parameter.empty if field.default is MISSING else field.default
    return inspect.Parameter(field.name, kind, default=default, annotation=field.type)
