# SPDX-License-Identifier: AGPL-3.0-only
"""`rift` as real processes that say what they do as JSON."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from asyncio.subprocess import Process as OrdinaryProcess
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Self

from tests.programs.process import Process, run
from tests.programs.start import RIFT, Wanted

COMMAND = Path(sys.executable).with_name("rift")
PATIENCE = 60.0
SLOWED = ("--limit-rate", "48M")
"""Two seconds for 96 MiB, however fast a machine is: so there is a middle to do something in."""


class Rift:
    """One process. Use it as an asynchronous context manager; it is killed at the end if it still runs.

    It is forked from one that has loaded the program, unless it is to be started as people start it.
    """

    def __init__(
        self,
        *words: str | os.PathLike[str],
        server: str,
        secret: str | None = None,
        stdin: int = DEVNULL,
        folder: Path | None = None,
        is_forked: bool = True,
        **environment: str,
    ) -> None:
        self._words = [os.fspath(word) for word in words]
        is_json = "--json" in self._words
        has_data = "-" in self._words and self._words[0] in {"receive", "download"}
        self._json_in = "stderr" if is_json and has_data else "stdout" if is_json else None
        self._folder = folder
        self._is_forked = is_forked
        self._stdin = stdin
        self._environment = os.environ | {"WRTC_ALLOW_LOOPBACK": "1", "KEKS_SIGNALING_URI": server} | environment
        self._environment.pop("KEKS_SECRET", None)
        if secret is not None:
            self._environment["KEKS_SECRET"] = secret
        self._process: Process | OrdinaryProcess | None = None
        self._seen: list[dict[str, Any]] = []
        self._changed = asyncio.Condition()
        self._readers: list[asyncio.Task[None]] = []
        self.output = b""
        self.errors = ""

    @property
    def process(self) -> Process | OrdinaryProcess:
        assert self._process is not None
        return self._process

    async def __aenter__(self) -> Self:
        self._process = await self._start()
        assert self._process.stdout
        assert self._process.stderr
        self._readers = [
            asyncio.create_task(self._read_output(self._process.stdout)),
            asyncio.create_task(self._read_errors(self._process.stderr)),
        ]
        return self

    async def _start(self) -> Process | OrdinaryProcess:
        words = [str(COMMAND), *self._words]
        if self._is_forked:
            return await run(Wanted(RIFT, words, self._environment, self._folder), self._stdin)
        return await asyncio.create_subprocess_exec(
            *words, stdin=self._stdin, stdout=PIPE, stderr=PIPE, env=self._environment, cwd=self._folder
        )

    async def __aexit__(self, *_error: object) -> None:
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):  # it has just ended, which is told a moment later
                self.process.kill()
        async with asyncio.timeout(PATIENCE):
            await self.process.wait()
            await asyncio.gather(*self._readers)

    async def ends(self) -> int:
        """Wait for its exit code."""
        async with asyncio.timeout(PATIENCE):
            code = await self.process.wait()
            await asyncio.gather(*self._readers)
        return code

    async def stop(self, number: int = signal.SIGINT) -> int:
        """Interrupt it as Ctrl+C does, and wait for its exit code."""
        self.process.send_signal(number)
        return await self.ends()

    async def says(self, event: str, **fields: Any) -> dict[str, Any]:
        """Wait for an event with these fields, said already or later."""

        def find() -> dict[str, Any] | None:
            return next((s for s in self._seen if s["event"] == event and fields.items() <= s.items()), None)

        try:
            async with asyncio.timeout(PATIENCE), self._changed:
                await self._changed.wait_for(find)
        except TimeoutError:
            raise AssertionError(
                f"{self._words} did not say {event} {fields}, but {self._seen} {self.errors}"
            ) from None
        found = find()
        assert found is not None
        return found

    async def _read_output(self, stream: asyncio.StreamReader) -> None:
        # No limit on the length of a line.
        async for piece in _pieces(stream):
            self.output += piece
            await self._look("stdout", self.output)

    async def _read_errors(self, stream: asyncio.StreamReader) -> None:
        async for piece in _pieces(stream):
            self.errors += piece.decode()
            await self._look("stderr", self.errors.encode())

    async def _look(self, stream: str, text: bytes) -> None:
        lines = text.split(b"\n")[:-1] if stream == self._json_in else []
        found = [json.loads(line) for line in lines if line.startswith(b"{")]
        if len(found) > len(self._seen):
            async with self._changed:
                self._seen = found
                self._changed.notify_all()


Start = Callable[..., Rift]
"""Makes a process in the test's room."""


def made_file(path: Path, size: int) -> Path:
    """Write random bytes."""
    path.write_bytes(os.urandom(size))
    return path


async def _pieces(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while piece := await stream.read(65_536):
        yield piece
