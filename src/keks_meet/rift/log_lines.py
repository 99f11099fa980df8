# SPDX-License-Identifier: AGPL-3.0-only
"""Log records, said by the display, so that they do not tear progress bars or JSON apart."""

import logging

from keks_meet.rift.display import Display

__all__ = ["LogLines"]


class LogLines(logging.Handler):
    """Hands warnings and worse over as warnings, and everything else as details."""

    def __init__(self, display: Display) -> None:
        """Say records on ``display``."""
        super().__init__()
        self._display = display

    def emit(self, record: logging.LogRecord) -> None:
        """Say one."""
        try:
            text = f"{record.name}: {self.format(record)}"
        except Exception:  # whatever its arguments do
            self.handleError(record)
            return
        say = self._display.warning if record.levelno >= logging.WARNING else self._display.detail
        say(text)
