# SPDX-License-Identifier: AGPL-3.0-only
"""Lines of the log as JSON."""

import json
import logging
import sys
from typing import Any

from keks_meet.server.logs import JsonLines

LOGGER = logging.getLogger("keks_meet.test")


def line(message: str, *args: object, exc_info: Any = None) -> str:
    return JsonLines().format(LOGGER.makeRecord(LOGGER.name, logging.WARNING, "", 0, message, args, exc_info))


def test_a_record_is_one_line_whatever_it_says() -> None:
    text = line('%s "\n\u2028', "ä")
    assert "\n" not in text
    found = json.loads(text)
    assert found.pop("time").endswith("+00:00")
    assert found == {"level": "warning", "logger": "keks_meet.test", "message": 'ä "\n\u2028'}


def test_an_exception_is_told_without_its_text() -> None:
    try:
        int("a secret")
    except ValueError:
        text = line("failed", exc_info=sys.exc_info())
    assert json.loads(text)["exception"].startswith("ValueError ")
    assert "secret" not in text


def test_what_is_no_text_is_told_all_the_same() -> None:
    """As the name of a file that is no UTF-8."""
    found = line("%s", b"caf\xe9.toml".decode("utf-8", "surrogateescape"))
    assert json.loads(found.encode())["message"] == "caf\\udce9.toml"
