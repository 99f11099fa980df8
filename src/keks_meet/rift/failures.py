# SPDX-License-Identifier: AGPL-3.0-only
"""Errors that were raised on purpose, and those of the system: in words, as an event, and as an exit code."""

import os
from typing import Final

from keks_meet.errors import (
    ConfigError,
    KeksMeetError,
    MalformedFragment,
    NotOnOffer,
    ServerUnreachable,
    TargetExists,
    TransferFailed,
    UsageError,
)
from keks_meet.rift.events import Failed
from keks_meet.rift.exit_codes import ExitCode

__all__ = ["exit_code_of", "failure_of", "sentence_of"]

_EXIT_CODES: Final[dict[type[KeksMeetError], ExitCode]] = {
    UsageError: ExitCode.USAGE,
    ConfigError: ExitCode.USAGE,
    MalformedFragment: ExitCode.USAGE,
    ServerUnreachable: ExitCode.UNREACHABLE,
    TransferFailed: ExitCode.TRANSFER_FAILED,
    NotOnOffer: ExitCode.TRANSFER_FAILED,
}
"""What ends as something else than `ExitCode.FAILED`."""


def exit_code_of(error: KeksMeetError | OSError) -> ExitCode:
    """Return how a command ends that an error ended."""
    return next((code for kind, code in _EXIT_CODES.items() if isinstance(error, kind)), ExitCode.FAILED)


def failure_of(error: KeksMeetError | OSError) -> Failed:
    """Return what is displayed of an error."""
    return Failed(sentence_of(error), error.code if isinstance(error, KeksMeetError) else "system")


def sentence_of(error: Exception) -> str:
    """Return what is wrong, and where; what would help if rift has it."""
    if isinstance(error, OSError):
        where = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        return f"{where}{error.strerror or error}"
    if isinstance(error, TargetExists):
        return f"{error}; --overwrite replaces it"
    if isinstance(error, ServerUnreachable):
        return f"{error}; --signaling-uri or KEKS_SIGNALING_URI names another one"
    return str(error)
