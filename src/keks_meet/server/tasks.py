# SPDX-License-Identifier: AGPL-3.0-only
"""Tasks that nobody waits for: when one fails, that is logged at once, and not when the server ends or never."""

import asyncio
from collections.abc import Coroutine
from logging import getLogger
from typing import Any

from keks_meet.server.logs import without_values

__all__ = ["start"]

_logger = getLogger(__name__)


def start(coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Run it beside all else. Whoever starts it keeps the task."""
    task = asyncio.create_task(coroutine, name=getattr(coroutine, "__qualname__", None))
    task.add_done_callback(_report)
    return task


def _report(task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None:
        _logger.error("%s has failed: %s", task.get_name(), without_values(error))
