# SPDX-License-Identifier: AGPL-3.0-only
"""What the log looks like: lines for people or objects of JSON for programs, and exceptions without what they quote."""

import logging
import traceback
from datetime import UTC, datetime
from typing import Final

import msgspec

__all__ = ["JsonLines", "announcement", "encodable", "set_up_logging", "without_values"]

_PLAIN: Final = "%(levelname)s: %(message)s"


class JsonLines(logging.Formatter):
    """Writes each record as one line of JSON: when, how grave, which module says it, and the same words as always."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": encodable(record.getMessage()),
        }
        if record.exc_info:
            line["exception"] = without_values(record.exc_info[1])
        return msgspec.json.encode(line).decode()


def set_up_logging(*, verbose: bool, as_json: bool) -> None:
    """Log to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if as_json else logging.Formatter(_PLAIN))
    logging.basicConfig(handlers=[handler], level=logging.INFO)
    logging.getLogger("keks_meet").setLevel(logging.DEBUG if verbose else logging.INFO)
    # aiohttp's own messages quote requests; `listener` reports instead.
    logging.getLogger("aiohttp").propagate = False
    logging.getLogger("aiohttp").addHandler(logging.NullHandler())


def announcement(logger: logging.Logger, sentence: str, *, as_json: bool) -> str:
    """Return what the command says on standard output, in the form of the log beside it."""
    record = logger.makeRecord(logger.name, logging.INFO, "", 0, sentence, (), None)
    return JsonLines().format(record) if as_json else sentence


def encodable(text: str) -> str:
    """Return a text with lone surrogates escaped: names of files that are no UTF-8 have them."""
    return text.encode("utf-8", "backslashreplace").decode()


def without_values(error: object) -> str:
    """Return an exception's type and the places it passed, without its text: that may quote what a client sent."""
    if not isinstance(error, BaseException):
        return "unknown"
    places = (f"{place.filename}:{place.lineno}" for place in traceback.extract_tb(error.__traceback__))
    return " ".join([type(error).__name__, *places])
