# SPDX-License-Identifier: AGPL-3.0-only
"""Blocking work: done in threads beside the loop, and always done whole."""

import asyncio
import contextlib
import functools
import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, ParamSpec, TypeVar

__all__ = ["in_daemon", "in_thread", "wait_out", "write_all"]

P = ParamSpec("P")
T = TypeVar("T")

_THREADS: Final = 128
"""Threads for blocking work: with so many, idle pipes hold nobody up. asyncio's own executor has a few threads only,
and looks up names with them."""
_executor = ThreadPoolExecutor(_THREADS, "keks-meet")


async def in_thread(work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run ``work`` in a thread, and wait for its end even when cancelled.

    A thread cannot be stopped; who is cancelled may close what the thread works on only when it is done with it.
    """
    future = asyncio.get_running_loop().run_in_executor(_executor, functools.partial(work, *args, **kwargs))
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        await wait_out(future)
        raise


async def wait_out(work: "asyncio.Future[Any]") -> None:
    """Wait until something is done, however often this is cancelled meanwhile; what it raises is dropped.

    Raises `CancelledError` at the end if it was cancelled.
    """
    cancelled: asyncio.CancelledError | None = None
    while not work.done():
        try:
            await asyncio.wait([work])
        except asyncio.CancelledError as error:
            cancelled = error
    if not work.cancelled():
        work.exception()
    if cancelled is not None:
        raise cancelled


async def in_daemon(steps: Iterable[Callable[[], None]]) -> None:
    """Take steps in a thread that nobody waits for, not even the end of the process.

    Who is cancelled goes on at once: the step that is being taken goes on to its end, or hangs, and no other follows.
    """
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    is_given_up = threading.Event()

    def take() -> None:
        try:
            for step in steps:
                if is_given_up.is_set():
                    return
                step()
        finally:
            # The loop may be closed by now.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(done.set)

    threading.Thread(target=take, name="keks-meet daemon", daemon=True).start()
    try:
        await done.wait()
    finally:
        is_given_up.set()


def write_all(fd: int, data: bytes | memoryview) -> None:
    """Write all of the data, in as many calls as it takes. Raises `OSError`."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]
