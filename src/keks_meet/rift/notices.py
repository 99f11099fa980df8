# SPDX-License-Identifier: AGPL-3.0-only
"""Notices of the desktop at the end of transfers, by the program `notify-send`.

A notice has neither names nor text of peers in it, and the program gets none of our secrets: it counts, and no more.
"""

import asyncio
import os
import shutil
from asyncio.subprocess import DEVNULL
from collections import Counter
from collections.abc import Callable
from typing import Final, Literal

from keks_meet.rift.events import Event, Warned
from keks_meet.rift.tally import Fate

__all__ = ["Notices", "notice"]

_PROGRAM: Final = "notify-send"
_QUIET_SECONDS: Final = 1.0
"""A notice is shown after so long without a transfer, so that many small files are one."""
_PATIENCE: Final = 5.0
"""Seconds in which the desktop has shown it."""
_Count = Literal["out", "in", "unconfirmed", "failed"]


def notice(counts: Counter[_Count]) -> str:
    """Return the words of a notice: what was sent, received, not confirmed, and failed."""
    verbs: dict[_Count, str] = {
        "out": "Sent {}",
        "in": "Received {}",
        "unconfirmed": "{} unconfirmed",
        "failed": "{} failed",
    }
    told = [verb.format(_files(counts[kind])) for kind, verb in verbs.items() if counts[kind]]
    return f"{'; '.join(told)}."


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"


class Notices:
    """Counts transfers that ended, and has a notice shown when none is under way any more."""

    def __init__(self, say: Callable[[Event], None]) -> None:
        """Warn with ``say`` when nothing can be shown."""
        self._say = say
        self._program = shutil.which(_PROGRAM)
        self._counts: Counter[_Count] = Counter()
        self.failed_so_far: Callable[[], int] = lambda: 0
        """Tells how many files have failed: a try that failed may be followed by one that does not."""
        self._failed_before = 0
        self._due: asyncio.TimerHandle | None = None
        self._showing: set[asyncio.Task[None]] = set()
        self._has_warned = False
        if self._program is None:
            self._warn(f"{_PROGRAM} is not there: nothing is shown on the desktop.")

    def started(self) -> None:
        """Wait for the end of the transfer that begins."""
        if self._due is not None:
            self._due.cancel()

    def ended(self, direction: Literal["out", "in"], fate: Fate, *, is_last: bool) -> None:
        """Count a transfer that ended; with ``is_last`` none is under way now."""
        if fate != "failed":
            self._counts[direction if fate == "whole" else "unconfirmed"] += 1
        if is_last:
            self.started()
            self._due = asyncio.get_running_loop().call_later(_QUIET_SECONDS, self._show)

    async def close(self) -> None:
        """Show what has not been shown, and wait until all is."""
        self.started()
        self._show()
        if self._showing:
            await asyncio.wait(self._showing)

    def _show(self) -> None:
        failed = self.failed_so_far()
        more, self._failed_before = failed - self._failed_before, failed
        if more > 0:
            self._counts["failed"] = more
        if self._program is None or not self._counts:
            return
        task = asyncio.create_task(self._run(self._program, notice(self._counts)))
        self._counts.clear()
        self._showing.add(task)
        task.add_done_callback(self._showing.discard)

    async def _run(self, program: str, text: str) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("KEKS_")}
        try:
            # In a session of its own: a Ctrl+C that ends this program is not meant for that one.
            process = await asyncio.create_subprocess_exec(
                *(program, "--app-name=rift", "--", "rift", text),
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=DEVNULL,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            self._warn(f"{_PROGRAM} cannot be started: {error.strerror}")
            return
        try:
            async with asyncio.timeout(_PATIENCE):
                code = await process.wait()
        except TimeoutError:
            process.kill()
            code = await process.wait()
        if code:
            self._warn(f"{_PROGRAM} shows nothing: is there a desktop?")

    def _warn(self, text: str) -> None:
        if not self._has_warned:
            self._has_warned = True
            self._say(Warned(text))
