# SPDX-License-Identifier: AGPL-3.0-only
"""Ctrl+C: the first one ends cleanly, the second at once. Other signals that ask to end do the first of it.

Who closes a terminal, or ends a service, presses nothing twice, but the shell, the kernel and the service manager each
send a signal for it. So what follows within a moment is the same wish, unless it is Ctrl+C again.
"""

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Final

from keks_meet.rift.exit_codes import ExitCode

__all__ = ["run_interruptibly"]

_SIGNALS: Final = [
    number
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    if (number := getattr(signal, name, None)) is not None
]
_KEYS: Final = frozenset(number for number in _SIGNALS if number.name in {"SIGINT", "SIGBREAK"})
"""What a person presses."""
_HANGUPS: Final = frozenset(number for number in _SIGNALS if number.name == "SIGHUP")
"""What comes when a terminal is closed, as often as somebody passes it on: never a wish to be quicker."""
_MOMENT_SECONDS: Final = 1.0
"""So long after the first signal others are told of the same end."""


def run_interruptibly(
    main: Callable[[], Coroutine[Any, Any, ExitCode]],
    *,
    announce: Callable[[], None] = lambda: None,
    restore: Callable[[], None] = lambda: None,
) -> ExitCode:
    """Run ``main`` in a new event loop and return its exit code, or `ExitCode.INTERRUPTED` when a signal ended it.

    The first signal calls ``announce`` and cancels ``main``, which may take its time to tidy up. A second Ctrl+C ends
    the process where it stands, whatever it is stuck in, after ``restore``, and so do Ctrl+C and SIGTERM a moment after
    another first signal. ``restore`` runs in the signal's handler, so it must not wait for anything, and not use
    buffered streams, which may be in use right then.

    Signals that are ignored, as ``nohup`` has it, stay ignored. To be called in the main thread; elsewhere signals are
    left alone.
    """
    interrupts = _Interrupts(announce, restore)
    with interrupts.caught(), asyncio.Runner() as runner:
        return runner.run(interrupts.guard(main))


class _Interrupts:
    def __init__(self, announce: Callable[[], None], restore: Callable[[], None]) -> None:
        self._announce, self._restore = announce, restore
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        # The first signal, and when it came.
        self._first: tuple[int, float] | None = None
        self._terminal = _TerminalMode()

    @property
    def _happened(self) -> bool:
        return self._first is not None

    async def guard(self, main: Callable[[], Coroutine[Any, Any, ExitCode]]) -> ExitCode:
        """Await ``main``, and turn its cancellation by a signal into an exit code."""
        if self._happened:
            return ExitCode.INTERRUPTED
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        try:
            return await main()
        except asyncio.CancelledError:
            if not self._happened:
                raise
            return ExitCode.INTERRUPTED
        finally:
            self._task = None

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Catch signals, also while the loop starts and ends."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.getsignal(number) for number in _SIGNALS}
        caught = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
        # Not the loop's own handlers: those would not run while the loop is stuck in something.
        for number in caught:
            signal.signal(number, self._on_signal)
        try:
            yield
        finally:
            for number in caught:
                signal.signal(number, before[number])

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if self._first is not None:
            if self._ends_at_once(number, *self._first):
                self._end_at_once()
            return
        self._first = (number, time.monotonic())
        if self._loop is not None:
            with suppress(RuntimeError):  # closed already: all is done
                self._loop.call_soon_threadsafe(self._cancel)

    def _ends_at_once(self, number: int, first: int, since: float) -> bool:
        if number in _HANGUPS:
            return False
        return {number, first} <= _KEYS or time.monotonic() - since >= _MOMENT_SECONDS

    def _end_at_once(self) -> None:
        try:
            self._terminal.restore()
            self._restore()
        finally:
            os._exit(ExitCode.INTERRUPTED)

    def _cancel(self) -> None:
        if self._task is None:
            return
        try:
            self._announce()
        finally:
            # Even if nothing can be said any more, as on a terminal that was closed.
            self._task.cancel()


if sys.platform == "win32":

    class _TerminalMode:
        """Nothing that has to be put back."""

        def restore(self) -> None:
            """Leave it."""

else:
    import termios

    class _TerminalMode:
        """How the terminal echoes and edits: a prompt changes that."""

        def __init__(self) -> None:
            self._fd, self._mode = -1, None
            with suppress(OSError, ValueError, AttributeError, termios.error):
                self._fd = sys.stdin.fileno()
                self._mode = termios.tcgetattr(self._fd)

        def restore(self) -> None:
            """Put it back."""
            if self._mode is not None:
                with suppress(OSError, termios.error):
                    termios.tcsetattr(self._fd, termios.TCSANOW, self._mode)
