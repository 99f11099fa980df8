# SPDX-License-Identifier: AGPL-3.0-only
"""The command line of `rift`: what can be typed, and its help. What is done then is up to `dispatch`.

Options of every command are taken before and after its name. Commands do nothing but put what they were given into a
struct of `arguments`, so that the interactive prompt understands the very same lines.
"""

import shlex
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

from cyclopts import App, CycloptsError, Group, Parameter, Token
from cyclopts.validators import Number
from msgspec import structs

from keks_meet.errors import UsageError
from keks_meet.rift.arguments import (
    Arguments,
    Chat,
    Download,
    Expose,
    Forward,
    List,
    PathOrStdio,
    Provide,
    Receive,
    Send,
    Shell,
)
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.options import Flag, Options
from keks_meet.rift.terminal import check_text, printable

__all__ = ["main", "parse_line", "print_help"]

_NO_OPTIONS: Final = Options()
_STDIO: Final = "\0"
"""Stands for ``-`` on its way through cyclopts, which takes that for an option. No argument can have it in it."""


def _text(_type: Any, tokens: Sequence[Token]) -> str:
    text = tokens[0].value.replace(_STDIO, "-")
    check_text(text, "an argument")
    return text


_Id: TypeAlias = Annotated[str, Parameter(name="ID", converter=_text)]
_Port: TypeAlias = Annotated[int, Parameter(validator=Number(gte=1, lte=65535))]
_OneFile: TypeAlias = Annotated[Flag, Parameter(help="end after one file")]
_Overwrite: TypeAlias = Annotated[Flag, Parameter(help="replace files that exist; a folder is kept as NAME.old")]
_KeepHooks: TypeAlias = Annotated[Flag, Parameter(help="take along hooks and settings that Git or Mercurial run")]


_Target: TypeAlias = Annotated[
    str | None,
    Parameter(help="file or directory to write to, DIRECTORY/ to make it; - is stdout [default: .]"),
]
"""Text, since a `Path` forgets the slash at its end."""


def _path(target: str | None) -> PathOrStdio | None:
    return None if target is None else _or_stdio(Path(target))


def _is_folder(target: str | None) -> bool:
    return target is not None and target.endswith(("/", "/.", "/.."))


def _or_stdio(path: Path) -> PathOrStdio:
    return "-" if str(path) == _STDIO else path


def _sentence(error: CycloptsError) -> str:
    """Say what is wrong in one line."""
    return printable(" ".join(str(error).replace(_STDIO, "-").replace(repr(_STDIO), "-").split()), limit=1000)


_app = App(
    name="rift",
    version=lambda: f"keks-meet {version('keks-meet')}",
    help="""Move files, reach ports and chat, from peer to peer.

    Example: rift send photo.jpg, and at the other end: rift receive
    """,
    help_format="plaintext",
)
_app.group_parameters = Group("Options", sort_key=5)
_app.meta.group_parameters = Group("Options of every command", sort_key=10)
_app.register_install_completion_command(help="Install completion for your shell.")


def main(words: Sequence[str] | None = None) -> None:
    """Run a command line, the program's own unless there are ``words``, and exit with an `ExitCode`."""
    try:
        _app.meta(sys.argv[1:] if words is None else words, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        sys.exit(_refuse(_sentence(error)))
    except UsageError as error:
        sys.exit(_refuse(str(error)))


def _refuse(sentence: str) -> ExitCode:
    from keks_meet.rift.choose_display import choose_display  # noqa: PLC0415 - as in `_launch`

    choose_display().error(sentence, code=UsageError.code)
    return ExitCode.USAGE


@_app.meta.default
def _launch(
    *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)], options: Options = _NO_OPTIONS
) -> int:
    arguments = _parsed(_with_stdio(tokens or ("shell",)))
    if arguments is None:  # help, version or the like: said already
        return ExitCode.DONE
    from keks_meet.rift.dispatch import run  # noqa: PLC0415 - so that help and completion need not wait for it

    return run(options, _with_one_file(arguments, options))


def parse_line(line: str) -> Arguments | None:
    """Understand a line such as ``download 3 .``, but for options of every command; None when nothing is left to do.

    Raises `UsageError` with one line.
    """
    try:
        words = _with_stdio(shlex.split(line))
        return _parsed(words) if words else None
    except CycloptsError as error:
        raise UsageError(_sentence(error)) from error
    except ValueError as error:  # quotes that are not closed
        raise UsageError(str(error)) from error


def _parsed(words: list[str]) -> Arguments | None:
    """Return what a command makes of its words; None when it was help. Raises `CycloptsError` and `UsageError`."""
    found = _app(words, exit_on_error=False, print_error=False, result_action="return_value")
    return found if isinstance(found, Arguments) else None


def print_help(*command: str) -> None:
    """Print the help of a command, or of all, to stdout."""
    _app.help_print(command)


def _with_stdio(words: Iterable[str]) -> list[str]:
    """Put the stand-in for each ``-``, but not after ``--``: what follows is no option, and no stdin or stdout."""
    found, ended = [], False
    for word in words:
        ended = ended or word == "--"
        found.append(_STDIO if word == "-" and not ended else word)
    return found


def _with_one_file(arguments: Arguments, options: Options) -> Arguments:
    if not options.one_file:
        return arguments
    if isinstance(arguments, Send | Receive):
        return structs.replace(arguments, one_file=True)
    msg = "--one-file goes with send and receive only"
    raise UsageError(msg)


@_app.command(sort_key=1)
def send(
    paths: Annotated[list[Path], Parameter(help="files and directories; - is stdin")],
    /,
    *,
    one_file: _OneFile = False,
) -> Send:
    """Send files and directories to whoever has the code.

    Without a secret, a code is made, which the other end types or opens as a link.

    Example: rift send photo.jpg slides/
    """
    return Send(paths=tuple(map(_or_stdio, paths)), one_file=one_file)


@_app.command(sort_key=2)
def receive(
    path: _Target = None,
    /,
    *,
    one_file: _OneFile = False,
    overwrite: _Overwrite = False,
    keep_hooks: _KeepHooks = False,
) -> Receive:
    """Receive the files that others send.

    Without a secret, you are asked for the code.

    Example: rift receive ~/Downloads
    """
    return Receive(
        path=_path(path),
        one_file=one_file,
        overwrite=overwrite,
        keep_hooks=keep_hooks,
        is_folder=_is_folder(path),
    )


@_app.command(sort_key=3)
def shell() -> Shell:
    """Enter a room and give commands; the default.

    Example: rift --secret-file room.txt shell
    """
    return Shell()


@_app.command(name="list")
def list_(
    *,
    wait: Annotated[float, Parameter(validator=Number(gte=0, lte=86400), help="seconds to give the others")] = 3.0,
) -> List:
    """List what others in the room offer.

    Example: rift list --wait 10
    """
    return List(wait=wait)


@_app.command
def download(
    id_: Annotated[_Id, Parameter(help="as rift list has it")],
    path: _Target = None,
    /,
    *,
    overwrite: _Overwrite = False,
    keep_hooks: _KeepHooks = False,
) -> Download:
    """Download one of the files that are offered.

    Example: rift download photo.jpg ~/Downloads
    """
    return Download(id=id_, path=_path(path), overwrite=overwrite, keep_hooks=keep_hooks, is_folder=_is_folder(path))


@_app.command
def provide(
    path: Annotated[Path, Parameter(help="file or directory")],
    id_: Annotated[
        _Id | None, Parameter(name="ID", converter=_text, help="what others ask for [default: the name]")
    ] = None,
    /,
) -> Provide:
    """Offer a file or directory until you end it.

    Example: rift provide slides.pdf
    """
    if _or_stdio(path) == "-":
        msg = "provide takes a file or directory; send takes - as well"
        raise UsageError(msg)
    return Provide(path=path, id=id_)


@_app.command
def expose(
    port: Annotated[_Port, Parameter(help="TCP port")],
    id_: Annotated[
        _Id | None, Parameter(name="ID", converter=_text, help="what others ask for [default: the number]")
    ] = None,
    /,
    *,
    host: Annotated[str, Parameter(help="where the port is")] = "127.0.0.1",
    allow_all: Annotated[Flag, Parameter(help="let everybody in the room in without asking")] = False,
) -> Expose:
    """Let others in the room connect to a port of yours.

    Example: rift expose 8080 website
    """
    return Expose(port=port, id=id_, host=host, allow_all=allow_all)


@_app.command
def forward(
    id_: Annotated[_Id, Parameter(help="as rift list has it")],
    port: Annotated[_Port | None, Parameter(help="where to listen here [default: any that is free]")] = None,
    /,
    *,
    host: Annotated[str, Parameter(help="address to listen on")] = "127.0.0.1",
) -> Forward:
    """Reach a port that somebody exposes, by one of yours.

    Example: rift forward website 8080
    """
    return Forward(id=id_, port=port, host=host)


@_app.command
def chat(message: Annotated[str, Parameter(converter=_text, help="one argument; quote it")], /) -> Chat:
    """Say something to all who are in the room.

    Example: rift chat "The file is ready."
    """
    return Chat(message=message)
