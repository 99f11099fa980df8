# SPDX-License-Identifier: AGPL-3.0-only
"""The program `rift`: options of every command, then what a command needs, then the command, then how it ended.

Options of every command are taken before and after its name.
"""

import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Final, TextIO

from cyclopts import App, CycloptsError, Group, Parameter
from msgspec import structs

from keks_meet.client import joining
from keks_meet.client.signaling.addresses import ServerAddress
from keks_meet.errors import KeksMeetError, UsageError
from keks_meet.rift import commands  # noqa: F401 - makes them known
from keks_meet.rift.command import Command, CommandLine, Flag, known_commands
from keks_meet.rift.config import Settings, ask_for_code, given_secret, load_settings, make_code, resolve_secret
from keks_meet.rift.display import Display, SteadyStream, Verbosity
from keks_meet.rift.events import Detail, Status, Warned
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.failures import exit_code_of, failure_of
from keks_meet.rift.human_display import HumanDisplay
from keks_meet.rift.interrupt import run_interruptibly
from keks_meet.rift.json_display import JsonDisplay
from keks_meet.rift.leading_secret import is_leading_secret
from keks_meet.rift.stay import Setup

__all__ = ["COMMAND_LINE", "LogLines", "Options", "choose_display", "main", "run"]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True, repr=False)
class Options:
    """What goes with every command. Has no `repr`, as it holds the secret."""

    secret: Annotated[str | None, Parameter(alias="-s", help="room secret; others on this machine can see it")] = None
    secret_file: Annotated[Path | None, Parameter(help="its first line is the secret; or set KEKS_SECRET")] = None
    signaling_uri: Annotated[str | None, Parameter(help="server; or set KEKS_SIGNALING_URI")] = None
    username: Annotated[str | None, Parameter(alias="-u", help="what others see; or set KEKS_USERNAME")] = None
    hide_address: Annotated[Flag, Parameter(help="go through TURN alone; or set KEKS_HIDE_ADDRESS")] = False
    no_direct: Annotated[Flag, Parameter(help="send nothing over TCP; or set KEKS_NO_DIRECT")] = False
    verbose: Annotated[Flag, Parameter(alias="-v", help="say more")] = False
    quiet: Annotated[Flag, Parameter(alias="-q", help="say no more than needed")] = False
    json: Annotated[Flag, Parameter(help="say it as JSON, an event a line")] = False
    one_file: Annotated[Flag, Parameter(show=False)] = False
    """Belongs to some commands, but may stand before their names, as it always could."""


_NO_OPTIONS: Final = Options()

_app = App(
    name="rift",
    version=lambda: f"keks-meet {version('keks-meet')}",
    help="""Move files, reach ports and chat, from peer to peer.

    Example: rift send photo.jpg, and at the other end: rift receive
    """,
)
_app.meta.group_parameters = Group("Options of every command", sort_key=10)
_app.register_install_completion_command(help="Install completion for your shell.")

COMMAND_LINE: Final = CommandLine(_app, known_commands())
_SHELL_WORDS: Final = frozenset(command.name() for command in known_commands(in_shell=True))


def main(words: Sequence[str] | None = None) -> None:
    """Run a command line, the program's own unless there are ``words``, and exit with an `ExitCode`."""
    try:
        _app.meta(sys.argv[1:] if words is None else words, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        sys.exit(_refuse(UsageError(COMMAND_LINE.sentence(error))))
    except (UsageError, OSError) as error:
        sys.exit(_refuse(error))


def _refuse(error: UsageError | OSError) -> ExitCode:
    """Tell what is wrong with a line, or that its help could not be written."""
    choose_display().say(failure_of(error))
    return exit_code_of(error)


@_app.meta.default
def _launch(
    *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)], options: Options = _NO_OPTIONS
) -> int:
    if _has_leading_secret(options, tokens):
        options, tokens = replace(options, secret=tokens[0]), tokens[1:]
    command = COMMAND_LINE.parse(tokens or ("shell",))
    if command is None:  # help, version or the like: said already
        return ExitCode.DONE
    return run(options, _with_one_file(command, options))


def _has_leading_secret(options: Options, tokens: Sequence[str]) -> bool:
    # Neither is taken silently where there are two.
    is_given = options.secret is not None or options.secret_file is not None or "KEKS_SECRET" in os.environ
    if not tokens or is_given or tokens[0] in COMMAND_LINE.commands:
        return False
    return is_leading_secret(tokens, COMMAND_LINE.commands, _SHELL_WORDS)


def _with_one_file(command: Command, options: Options) -> Command:
    if not options.one_file:
        return command
    changed = {"one_file": True}
    if changed.keys() - {field.name for field in fields(command)}:
        msg = "--one-file goes with send and receive only"
        raise UsageError(msg)
    return replace(command, **changed)


def run(options: Options, command: Command) -> ExitCode:
    """Carry out a command. Errors raised on purpose, and those of files, are told and become exit codes.

    Raises `UsageError` for options that contradict each other.
    """
    with _display(options, command) as display:
        try:
            setup = _set_up(options, command, display)
            code = run_interruptibly(
                lambda: command.run(setup),
                announce=lambda: display.say(Status("Ending. Press Ctrl+C again to end at once.")),
                restore=display.restore_terminal,
            )
            return _unless_lost(code, display.lost)
        except (KeksMeetError, OSError) as error:
            display.say(failure_of(error))
            return exit_code_of(error)
        except KeyboardInterrupt:
            return ExitCode.INTERRUPTED


def _unless_lost(code: ExitCode, lost: OSError | None) -> ExitCode:
    """Tell on stderr that the disk did not take all that was written to stdout: then not all has been done."""
    if lost is None:
        return code
    choose_display().say(failure_of(lost))
    return exit_code_of(lost) if code is ExitCode.DONE else code


# What a command needs


def _display(options: Options, command: Command) -> Display:
    """Choose the display, and let it say what is logged."""
    if options.quiet and options.verbose:
        msg = "--quiet and --verbose contradict each other"
        raise UsageError(msg)
    display = choose_display(
        as_json=options.json,
        verbosity="quiet" if options.quiet else "verbose" if options.verbose else "normal",
        data_on_stdout=command.writes_data,
        bars=not command.has_prompt,
    )
    logging.basicConfig(handlers=[LogLines(display)], format="%(message)s", level=logging.WARNING)
    logging.getLogger("keks_meet").setLevel(logging.DEBUG if options.verbose else logging.WARNING)
    return display


def choose_display(
    *,
    as_json: bool = False,
    verbosity: Verbosity = "normal",
    data_on_stdout: bool = False,
    bars: bool = True,
    streams: tuple[TextIO | None, TextIO | None] | None = None,
) -> Display:
    """Return a display on the given streams, which are those for stdout and stderr, or on the standard ones.

    JSON goes to stdout, unless ``data_on_stdout``: then to stderr. Bars are shown only when wanted, on a terminal, and
    where no data runs across them.
    """
    out = SteadyStream(lambda: sys.stdout if streams is None else streams[0])
    err = SteadyStream(lambda: sys.stderr if streams is None else streams[1])
    if as_json:
        return JsonDisplay(err if data_on_stdout else out, verbose=verbosity == "verbose")
    able = err.isatty() and os.environ.get("TERM") != "dumb" and not (data_on_stdout and out.isatty())
    return HumanDisplay(out, err, verbosity=verbosity, bars=bars and able)


class LogLines(logging.Handler):
    """Has log records displayed, so that they do not tear progress bars or JSON apart."""

    def __init__(self, display: Display) -> None:
        """Say records on ``display``."""
        super().__init__()
        self._display = display

    def emit(self, record: logging.LogRecord) -> None:
        """Say one: warnings and worse as warnings, and everything else as details."""
        try:
            text = f"{record.name}: {self.format(record)}"
        except Exception:  # whatever its arguments do
            self.handleError(record)
            return
        self._display.say(Warned(text) if record.levelno >= logging.WARNING else Detail(text))


def _set_up(options: Options, command: Command, display: Display) -> Setup:
    """Settle everything that can fail before there is a connection."""
    settings = load_settings(
        signaling_uri=options.signaling_uri,
        username=options.username,
        hide_address=options.hide_address,
        no_direct=options.no_direct,
    )
    if not command.needs_room:
        return Setup(settings, display)
    given = given_secret(options.secret, options.secret_file)
    joining.load_soon()
    made = given is None and command.makes_code
    secret = given or resolve_secret(None, None, make_code if made else ask_for_code)
    for warning in secret.warnings:
        display.say(Warned(warning))
    if secret.server is not None:
        settings = _at_server(secret.server, settings, display)
    return Setup(settings, display, secret.text, made)


def _at_server(linked: str, settings: Settings, display: Display) -> Settings:
    """Go where a link or a code leads, unless another server was named for this command."""
    server = ServerAddress.parse(linked)
    if server == settings.server:
        return settings
    if settings.is_server_named:
        text = f"the secret is of another server, {server.site}; the one that was named counts"
        display.say(Warned(text))
        return settings
    display.say(Status(f"The room is at {server.site}."))
    return structs.replace(settings, server=server)
