# SPDX-License-Identifier: AGPL-3.0-only
"""A started program as asyncio's own subprocesses are: streams to await, and its end."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE

from tests.programs.start import Ended, Wanted, start

LIMIT = 2**16


class Process:
    """One process; make it by `run`."""

    def __init__(self, ended: Ended) -> None:
        self.pid = ended.pid
        self.returncode: int | None = None
        self.stdin: asyncio.StreamWriter | None = None
        self.stdout: asyncio.StreamReader | None = None
        self.stderr: asyncio.StreamReader | None = None
        self._is_over = asyncio.Event()
        self._ended = ended
        asyncio.get_running_loop().add_reader(ended.fileno(), self._take)

    def _take(self) -> None:
        asyncio.get_running_loop().remove_reader(self._ended.fileno())
        self.returncode = self._ended.take()
        if self.stdin is not None:
            self.stdin.close()
        self._is_over.set()

    async def wait(self) -> int:
        """Wait for the exit code."""
        await self._is_over.wait()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal; it is an error once the process is known to have ended."""
        if self.returncode is not None:
            raise ProcessLookupError
        os.kill(self.pid, number)

    def terminate(self) -> None:
        """End it as a service manager would."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it without a word."""
        self.send_signal(signal.SIGKILL)


async def run(wanted: Wanted, stdin: int = DEVNULL) -> Process:
    """Start it, with pipes for its output and its errors, and for its input on demand."""
    (output, theirs_out), (errors, theirs_err) = os.pipe(), os.pipe()
    given, writes = os.pipe() if stdin == PIPE else (os.dup(stdin) if stdin >= 0 else _nothing(), None)
    try:
        made = Process(start(wanted, given, theirs_out, theirs_err))
    finally:
        for descriptor in (given, theirs_out, theirs_err):
            os.close(descriptor)
    made.stdout, made.stderr = await _reader(output), await _reader(errors)
    if writes is not None:
        made.stdin = await _writer(writes)
    return made


def _nothing() -> int:
    return os.open(os.devnull, os.O_RDONLY)


async def _reader(descriptor: int) -> asyncio.StreamReader:
    stream = asyncio.StreamReader(LIMIT)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(descriptor, "rb", 0)
    )
    return stream


async def _writer(descriptor: int) -> asyncio.StreamWriter:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.connect_write_pipe(
        lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader()), os.fdopen(descriptor, "wb", 0)
    )
    return asyncio.StreamWriter(transport, protocol, None, loop)
