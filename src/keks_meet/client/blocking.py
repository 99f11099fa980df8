# SPDX-License-Identifier: AGPL-3.0-only
"""Blocking work: done in threads beside the loop, and always done whole."""

import asyncio
import contextlib
import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

__all__ = ["in_thread", "write_all"]

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
        while not future.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait([future])
        if not future.cancelled():
            future.exception()
        raise


def write_all(fd: int, data: bytes | memoryview) -> None:
    """Write all of the data, in as many calls as it takes. Raises `OSError`."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]
