# SPDX-License-Identifier: AGPL-3.0-only
"""Progress bars at the foot of a terminal, one for each transfer: name, bar, bytes, speed and time left."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.live import Live
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Column

from keks_meet.rift.events import Direction

__all__ = ["Bar", "ProgressBars"]

_UPDATE_SECONDS: Final = 0.1
"""Chunks come by the thousands a second; the eye wants far fewer."""


class ProgressBars:
    """The bars; they take room, and hide the cursor, only while there are transfers."""

    def __init__(self, console: Console, clock: Callable[[], float]) -> None:
        """Draw on ``console``; ``clock`` counts seconds."""
        self._console, self._clock = console, clock
        self._progress: Progress | None = None
        self._bars: set[TaskID] = set()
        # What is paused in a thread may be closed in another one meanwhile.
        self._lock = threading.Lock()

    @property
    def shown(self) -> bool:
        """Whether there are any."""
        return self._progress is not None

    def add(self, direction: Direction, name: str, size: int | None, offset: int) -> "Bar":
        """Show a bar. ``name`` is safe to show; a size of None moves to and fro."""
        if self._progress is None:
            self._progress = self._made()
            self._progress.start()
        arrow = "↑" if direction == "sending" else "↓"
        task = self._progress.add_task("", total=size, completed=offset, label=f"{arrow} {name}")
        self._bars.add(task)
        return Bar(self, task, self._clock)

    def update(self, task: TaskID, size: int) -> None:
        """Move a bar."""
        if self._progress is not None and task in self._bars:
            self._progress.update(task, completed=size)

    def remove(self, task: TaskID) -> None:
        """Take a bar away."""
        if self._progress is None or task not in self._bars:
            return
        self._bars.discard(task)
        self._progress.remove_task(task)
        if not self._bars:
            self.close()

    def close(self) -> None:
        """Take all of them away."""
        with self._lock:
            progress, self._progress = self._progress, None
        self._bars.clear()
        if progress is not None:
            progress.stop()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take them off the terminal while somebody writes there past the console, from any thread."""
        progress = self._progress
        if progress is None:
            yield
            return
        progress.stop()
        try:
            yield
        finally:
            with self._lock:
                if progress is self._progress:
                    # The one that was stopped would erase what stands where it was last drawn.
                    progress.live = Live(
                        console=self._console,
                        get_renderable=progress.get_renderable,
                        transient=True,
                        redirect_stdout=False,
                        redirect_stderr=False,
                    )
                    progress.start()

    def _made(self) -> Progress:
        return Progress(
            TextColumn(
                "{task.fields[label]}", markup=False, table_column=Column(ratio=2, no_wrap=True, overflow="ellipsis")
            ),
            BarColumn(bar_width=None, table_column=Column(ratio=1)),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(compact=True),
            console=self._console,
            expand=True,
            transient=True,
            # Nothing but displays writes while bars are shown, and stdout may carry bytes.
            redirect_stdout=False,
            redirect_stderr=False,
            get_time=self._clock,
        )


class Bar:
    """One bar."""

    def __init__(self, bars: ProgressBars, task: TaskID, clock: Callable[[], float]) -> None:
        self._bars, self._task, self._clock = bars, task, clock
        self._moved = clock()

    def progress(self, size: int) -> None:
        """Move it to so many bytes; may be called for every chunk."""
        now = self._clock()
        if now - self._moved >= _UPDATE_SECONDS:
            self._moved = now
            self._bars.update(self._task, size)

    def remove(self) -> None:
        """Take it away."""
        self._bars.remove(self._task)
