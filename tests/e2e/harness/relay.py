# SPDX-License-Identifier: AGPL-3.0-only
"""A TCP relay in front of a server: it can delay, hold back, cut and record what passes."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Self

Recorder = Callable[[int, str, bytes], None]
"""Is told the number of the connection, `up` (to the server) or `down`, and the bytes."""


class Relay:
    """Listens on a port of its own and passes every connection on to the server's port.

    Use it as an asynchronous context manager.
    """

    def __init__(self, target_port: int, *, delay: float = 0, record: Recorder | None = None) -> None:
        """Pass on to `target_port` of this machine, `delay` seconds later in each direction."""
        self.port = 0
        self._target_port = target_port
        self._delay = delay
        self._record = record
        self._count = 0
        self._open = asyncio.Event()
        self._open.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._listener: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The origin that pages are opened on to go through this relay."""
        return f"http://127.0.0.1:{self.port}"

    def hold(self) -> None:
        """Let nothing pass any more, in either direction, and close nothing: as a network that went away does."""
        self._open.clear()

    def release(self) -> None:
        """Let everything pass again, what was held back first."""
        self._open.set()

    def cut(self) -> None:
        """Abort every connection there is; new ones pass."""
        for writer in self._writers:
            writer.transport.abort()

    async def __aenter__(self) -> Self:
        """Listen."""
        self._listener = await asyncio.start_server(self._accepted, "127.0.0.1", 0)
        self.port = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_error: object) -> None:
        """End everything."""
        assert self._listener
        self._listener.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._count += 1
        number = self._count
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, server_writer}
        self._run(self._pass(number, "up", reader, server_writer))
        self._run(self._pass(number, "down", server_reader, writer))

    def _run(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pass(
        self, number: int, direction: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Pass one direction of one connection on, until its end, which is passed on too."""
        line: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        self._run(self._deliver(line, writer))
        clock = asyncio.get_running_loop().time
        data = b"?"
        while data:
            try:
                data = await reader.read(65536)
            except OSError:
                data = b""
            if self._record and data:
                self._record(number, direction, data)
            line.put_nowait((clock() + self._delay, data))

    async def _deliver(self, line: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        clock = asyncio.get_running_loop().time
        with suppress(OSError):
            while True:
                due, data = await line.get()
                await asyncio.sleep(max(0, due - clock()))
                await self._open.wait()
                if not data:
                    break
                writer.write(data)
                await writer.drain()
        self._writers.discard(writer)
        writer.close()
