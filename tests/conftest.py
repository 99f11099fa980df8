# SPDX-License-Identifier: AGPL-3.0-only
"""What holds for all tests."""

import asyncio
import io
import os
import signal
from collections.abc import Generator
from types import FrameType
from typing import Any

import pytest

# No test leaves keys, or people, in the state folder of whoever runs it; those that are about keys name a folder.
os.environ["KEKS_IDENTITY_SCOPE"] = "visit"
# Programs that tests start, and those that they are forked from, meet on the loopback interface.
os.environ["WRTC_ALLOW_LOOPBACK"] = "1"

TEARDOWN_SECONDS = 60


@pytest.hookimpl(wrapper=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> Generator[None, bool, bool]:
    """Interrupt a test whose time is over again and again, as a task that runs just then may take one for its own."""
    taken = yield
    _interrupt_after(settings.timeout, item)
    return taken


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(call: pytest.CallInfo[Any]) -> None:
    """Interrupt no longer what has failed: pytest itself would be, while it tells why."""
    if call.excinfo is not None:
        signal.setitimer(signal.ITIMER_REAL, 0)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Limit the time for cleaning up, too. pytest-timeout ends its own as soon as a test has failed."""
    _interrupt_after(TEARDOWN_SECONDS, item)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _interrupt_after(seconds: float, item: pytest.Item) -> None:
    def interrupt(_signum: int, _frame: FrameType | None) -> None:
        tasks = _tasks()
        told = io.StringIO()
        for task in tasks:
            task.print_stack(file=told)
        why = f"{item.nodeid} took longer than {seconds:.0f} s; its tasks:\n{told.getvalue()}"
        name = getattr(item, "originalname", None)
        test = next((task for task in tasks if getattr(task.get_coro(), "__name__", None) == name), None)
        if test is None or test.cancelling():
            pytest.fail(why)
        # So it ends what it began before another test uses the same event loop.
        test.get_loop().call_soon_threadsafe(test.cancel, why)

    signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds, min(seconds, TEARDOWN_SECONDS))


def _tasks() -> set[asyncio.Task[Any]]:
    try:
        return asyncio.all_tasks()
    except RuntimeError:  # no event loop runs
        return set()


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Failures(config))


class Failures:
    """Tells of each failure as soon as it is known: a run that is ended from outside has no summary."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        if terminal and report.failed:
            why = report.longreprtext.splitlines()
            first = next((line for line in why if line.startswith("E  ")), "")
            terminal.ensure_newline()
            terminal.write_line(f"{report.nodeid} failed ({report.when}, {report.duration:.0f} s) {first}", red=True)
