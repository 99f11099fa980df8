# SPDX-License-Identifier: AGPL-3.0-only
"""From a command line that has been understood to the command: settings, secret and display, and how errors end it."""

import logging
from collections.abc import Coroutine
from importlib import import_module
from typing import Any, Final, Protocol, cast

from msgspec import Struct, structs

from keks_meet.client.signaling.addresses import ServerAddress
from keks_meet.errors import (
    ConfigError,
    KeksMeetError,
    MalformedFragment,
    NotOnOffer,
    ServerUnreachable,
    TransferFailed,
    UsageError,
)
from keks_meet.rift.arguments import Arguments, Download, Receive, Send
from keks_meet.rift.choose_display import choose_display
from keks_meet.rift.code import make_code
from keks_meet.rift.display import Display, Verbosity
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.interrupt import run_interruptibly
from keks_meet.rift.log_lines import LogLines
from keks_meet.rift.options import Options
from keks_meet.rift.secret import ask_for_code, given_secret, resolve_secret
from keks_meet.rift.settings import Settings, load_settings

__all__ = ["Setup", "run"]

_EXIT_CODES: Final[dict[type[KeksMeetError], ExitCode]] = {
    UsageError: ExitCode.USAGE,
    ConfigError: ExitCode.USAGE,
    MalformedFragment: ExitCode.USAGE,
    ServerUnreachable: ExitCode.UNREACHABLE,
    TransferFailed: ExitCode.TRANSFER_FAILED,
    NotOnOffer: ExitCode.TRANSFER_FAILED,
}
"""What ends as something else than `ExitCode.FAILED`."""


class Setup(Struct, frozen=True):
    """What a command works with."""

    settings: Settings
    display: Display
    secret: str
    made: bool
    """Whether the secret is a code that was made just now, and has to be told."""
    verbosity: Verbosity = "normal"
    as_json: bool = False

    def __repr__(self) -> str:
        """Keep the secret out of logs and tracebacks."""
        return f"Setup({self.settings!r}, …)"


class _CommandModule(Protocol):
    """A module of `keks_meet.rift.commands`, with the name of its struct of `arguments`."""

    def run(self, setup: Setup, arguments: Any) -> Coroutine[Any, Any, ExitCode]:
        """Carry out the command."""


def run(options: Options, arguments: Arguments) -> ExitCode:
    """Carry out a command. Errors raised on purpose, and those of files, are told and become exit codes.

    Raises `UsageError` for options that contradict each other.
    """
    with _display(options, arguments) as display:
        try:
            setup = _set_up(options, arguments, display)
            command = cast("_CommandModule", import_module(f"keks_meet.rift.commands.{_name(arguments)}"))
            return run_interruptibly(
                lambda: command.run(setup, arguments),
                announce=lambda: display.status("Ending. Press Ctrl+C again to end at once."),
                restore=display.restore_terminal,
            )
        except KeksMeetError as error:
            display.error(str(error), code=error.code)
            return next((code for kind, code in _EXIT_CODES.items() if isinstance(error, kind)), ExitCode.FAILED)
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            display.error(f"{where}{error.strerror or error}", code="system")
            return ExitCode.FAILED
        except KeyboardInterrupt:
            return ExitCode.INTERRUPTED


def _name(arguments: Arguments) -> str:
    return type(arguments).__name__.lower()


def _display(options: Options, arguments: Arguments) -> Display:
    """Choose the display, and let it say what is logged."""
    if options.quiet and options.verbose:
        msg = "--quiet and --verbose contradict each other"
        raise UsageError(msg)
    display = choose_display(
        as_json=options.json,
        verbosity=_verbosity(options),
        data_on_stdout=isinstance(arguments, Receive | Download) and arguments.path == "-",
    )
    logging.basicConfig(handlers=[LogLines(display)], format="%(message)s", level=logging.WARNING)
    logging.getLogger("keks_meet").setLevel(logging.DEBUG if options.verbose else logging.WARNING)
    return display


def _verbosity(options: Options) -> Verbosity:
    return "quiet" if options.quiet else "verbose" if options.verbose else "normal"


def _set_up(options: Options, arguments: Arguments, display: Display) -> Setup:
    """Settle everything that can fail before there is a connection. Only `send` makes a code: others need company."""
    settings = load_settings(signaling_uri=options.signaling_uri, username=options.username)
    given = given_secret(options.secret, options.secret_file)
    made = given is None and isinstance(arguments, Send)
    secret = given or resolve_secret(None, None, make_code if made else ask_for_code)
    for warning in secret.warnings:
        display.warning(warning)
    if secret.server is not None:
        settings = _at_server(secret.server, settings, display)
    return Setup(settings, display, secret.text, made, _verbosity(options), options.json)


def _at_server(linked: str, settings: Settings, display: Display) -> Settings:
    """Go where a link leads, unless another server was named for this command."""
    server = ServerAddress.parse(linked)
    if server == settings.server:
        return settings
    if settings.is_server_named:
        display.warning(f"the link leads to another server, {server.site}; the one that was named counts")
        return settings
    display.status(f"The link leads to {server.site}.")
    return structs.replace(settings, server=server)
