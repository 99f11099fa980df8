# SPDX-License-Identifier: AGPL-3.0-only
"""Several processes behind the same sockets: the nodes of a cluster on one machine.

The command binds, forks and watches. It starts who dies again, passes on what it is told, and ends when all have ended.
"""

import contextlib
import math
import mmap
import os
import select
import signal
import subprocess
import time
from collections.abc import Callable
from logging import getLogger
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from keks_meet.protocol.limits import SHUTDOWN_SECONDS
from keks_meet.server.config import Config
from keks_meet.server.logs import without_values
from keks_meet.server.own_nats import OwnNats
from keks_meet.server.parentage import end_with_parent

__all__ = ["run"]

_logger = getLogger(__name__)

Serve: TypeAlias = Callable[[Config, int, Callable[[], None]], int]
"""Serves as the worker of a number, calls what it is given when it is ready, and returns an exit code."""

_PAUSE_SECONDS: Final = 1.0
"""The time between two starts of one worker or of NATS, so that what cannot start does not keep the machine busy."""
_MISCONFIGURED: Final = 2
_MENDING_SECONDS: Final = 10.0
"""The time between two starts of a worker whose configuration cannot be used now, such as a broken certificate."""
_END_SECONDS: Final = 10.0
"""The time that workers have to end, beside that of draining. One that hangs then is killed."""
_END_AT_ONCE_SECONDS: Final = SHUTDOWN_SECONDS + 2.0
"""The same when they are told a second time."""
_AS_TOLD: Final = (0, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP)
"""How a worker ends that was told to: by itself, or by the system if it had only just begun."""
_PASSED_ON: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class _Worker(Struct):
    """One worker: its process, if it runs, and when it was started."""

    pid: int | None = None
    may_start: float = 0.0
    """When it may be started again, by the monotonic clock, in seconds."""
    is_new: bool = True
    """Whether there was none in this place yet."""


def run(config: Config, count: int, serve: Serve, *, is_reloading: bool) -> int:
    """Serve with so many workers until told to end, and return an exit code. Raises `ConfigError`.

    On SIGHUP workers load something again if ``is_reloading``, and end otherwise.
    """
    nats = None if config.cluster.nats else OwnNats(config.limits)
    if nats is not None:
        cluster = replace(config.cluster, nats=f"nats://127.0.0.1:{nats.port}", token=nats.token)
        config = replace(config, cluster=cluster)
    try:
        return _Workers(config, count, serve, nats, is_reloading=is_reloading).run()
    finally:
        if nats is not None:
            nats.stop()


class _Workers:
    """All workers, as their parent sees them."""

    def __init__(self, config: Config, count: int, serve: Serve, nats: OwnNats | None, *, is_reloading: bool) -> None:
        self._config = config
        self._is_reloading = is_reloading
        self._serve = serve
        self._nats = nats
        self._nats_started = time.monotonic()
        self._workers = [_Worker() for _ in range(count)]
        self._were_ready = mmap.mmap(-1, count)
        """A byte for each place, shared with the workers: 1 once one was ready there."""
        self._code = 0
        self._is_ending = False
        self._patience = math.inf
        """When workers that are told to end are killed, by the monotonic clock, in seconds."""
        self._wakened, self._waker = os.pipe()
        for end in (self._wakened, self._waker):
            os.set_blocking(end, False)
        self._before = {number: signal.getsignal(number) for number in (*_PASSED_ON, signal.SIGCHLD)}

    def run(self) -> int:
        """Watch until all have ended."""
        signal.set_wakeup_fd(self._waker)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in _PASSED_ON:
            if self._before[number] is not signal.SIG_IGN:
                signal.signal(number, self._pass_on)
        try:
            while not self._is_ending or any(worker.pid for worker in self._workers):
                self._start_missing()
                select.select([self._wakened], [], [], _PAUSE_SECONDS)
                with contextlib.suppress(BlockingIOError):
                    os.read(self._wakened, 4096)
                for place, worker in enumerate(self._workers):
                    self._look_at(place, worker)
                self._end_who_hangs()
        finally:
            self._become_ordinary()
        return self._code

    def _pass_on(self, number: int, _frame: object) -> None:
        if number != signal.SIGHUP or not self._is_reloading:
            in_time = self._config.server.drain_seconds + _END_SECONDS
            self._begin_to_end(_END_AT_ONCE_SECONDS if self._is_ending else in_time)
        self._tell_all(number)

    def _begin_to_end(self, seconds: float) -> None:
        self._is_ending = True
        self._patience = min(self._patience, time.monotonic() + seconds)

    def _end_who_hangs(self) -> None:
        if time.monotonic() < self._patience:
            return
        for place, worker in enumerate(self._workers):
            if worker.pid is not None:
                _logger.error("worker %d does not end, and is killed", place)
        self._tell_all(signal.SIGKILL)
        self._patience = math.inf

    def _tell_all(self, number: int) -> None:
        for worker in self._workers:
            if worker.pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker.pid, number)

    def _start_missing(self) -> None:
        now = time.monotonic()
        if self._is_ending:
            return
        if self._nats is not None and self._nats.has_ended and now - self._nats_started >= _PAUSE_SECONDS:
            _logger.warning("NATS has ended, and is started again")
            self._nats_started = now
            try:
                self._nats.start_again()
            except (OSError, subprocess.SubprocessError) as error:
                _logger.error("NATS cannot be started: %s", without_values(error))
        for place, worker in enumerate(self._workers):
            if worker.pid is None and now >= worker.may_start:
                worker.may_start = now + _PAUSE_SECONDS
                self._start(place, worker)
        if self._is_ending:  # told so while one was being started, which nobody has told
            self._tell_all(signal.SIGTERM)

    def _start(self, place: int, worker: _Worker) -> None:
        """Start a worker, if the system has room for one now."""
        try:
            worker.pid = self._fork(place, place if worker.is_new else -place - 1)
            worker.is_new = False
        except OSError as error:
            _logger.error("worker %d cannot be started: %s", place, without_values(error))

    def _fork(self, place: int, number: int) -> int:
        """Start a worker; one that takes the place of another has a negative number."""
        parent = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        code = 1
        try:
            self._become_ordinary()
            end_with_parent(parent)
            code = self._serve(self._config, number, lambda: self._is_ready(place))
        except KeyboardInterrupt:
            code = 0  # told to end when it had only just begun
        except Exception as error:
            _logger.error("worker %d has failed: %s", place, without_values(error))
        finally:
            os._exit(code)

    def _is_ready(self, place: int) -> None:
        self._were_ready[place] = 1

    def _become_ordinary(self) -> None:
        """Heed signals as before."""
        signal.set_wakeup_fd(-1)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        for end in (self._wakened, self._waker):
            os.close(end)

    def _look_at(self, place: int, worker: _Worker) -> None:
        """See whether a worker has ended; one that never could start in its place ends all."""
        if worker.pid is None:
            return
        pid, status = os.waitpid(worker.pid, os.WNOHANG)
        if not pid:
            return
        worker.pid = None
        code = os.waitstatus_to_exitcode(status)
        if self._is_ending:
            self._code = self._code or (0 if code in _AS_TOLD else 1)
        elif code > 0 and not self._were_ready[place]:
            if code != _MISCONFIGURED:
                _logger.error("worker %d could not begin to serve, so all end", place)
            self._begin_to_end(_END_SECONDS)
            self._code = code
            self._tell_all(signal.SIGINT)
        else:
            if code == _MISCONFIGURED:
                worker.may_start = time.monotonic() + _MENDING_SECONDS
            _logger.error("worker %d has ended with %d, and is started again", place, code)
