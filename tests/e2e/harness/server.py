# SPDX-License-Identifier: AGPL-3.0-only
"""A real server in a process of its own, that can be killed and started again on the same port."""

import asyncio
import itertools
import os
import socket
import sys
from pathlib import Path
from typing import Any

from tests.programs.process import Process, run
from tests.programs.start import SERVER, Wanted

COMMAND = Path(sys.executable).with_name("keks-meet-server")
END_SECONDS = 10
START_SECONDS = 20
PORTS_EACH = 1000
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_PORTS = itertools.cycle(range(10_000 + PORTS_EACH * _WORKER, 10_000 + PORTS_EACH * (_WORKER + 1)))


def free_port() -> int:
    """A port that nobody listens on just now.

    Nobody else is given it later: each process of the tests has ports of its own, below those that the system draws
    for connections. So it is still there for a server that was killed and starts again.
    """
    for port in _PORTS:
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise AssertionError("every port is taken")


class Server:
    """One server. Its log is kept for as long as this object lives, over all its starts."""

    def __init__(self, folder: Path, settings: dict[str, dict[str, Any]] | None = None) -> None:
        """Make a configuration in `folder`; `settings` are its sections and their keys."""
        self.port = free_port()
        self.log: list[str] = []
        self._process: Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._configuration = folder / f"server-{self.port}.toml"
        self._configuration.write_text(_toml(_with_bind(settings or {}, self.port)))

    @property
    def url(self) -> str:
        """Its origin."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start, and wait until it says that it is ready."""
        words = [str(COMMAND), str(self._configuration), "--verbose"]
        process = await run(Wanted(SERVER, words, dict(os.environ)))
        assert process.stdout
        assert process.stderr
        self._process = process
        self._reader = asyncio.create_task(self._read_log(process.stderr))
        said = await asyncio.wait_for(process.stdout.readline(), START_SECONDS)
        assert b"ready" in said, f"the server did not start: {said!r} {self.log}"

    async def kill(self) -> None:
        """End it as a crash would, without a word to anybody."""
        await self._end(Process.kill)

    async def stop(self) -> None:
        """End it as a service manager would."""
        await self._end(Process.terminate)

    async def _end(self, how: Any) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            how(process)
        async with asyncio.timeout(END_SECONDS):
            await process.wait()
            if self._reader:
                await self._reader

    async def _read_log(self, stream: asyncio.StreamReader) -> None:
        while line := await stream.readline():
            self.log.append(line.decode())


def _with_bind(settings: dict[str, dict[str, Any]], port: int) -> dict[str, dict[str, Any]]:
    return settings | {"server": {"bind": f"127.0.0.1:{port}"} | settings.get("server", {})}


def _toml(sections: dict[str, dict[str, Any]]) -> str:
    lines: list[str] = []
    for name, keys in sections.items():
        lines.append(f"[{name}]")
        lines += [f"{key} = {_value(value)}" for key, value in keys.items()]
    return "\n".join([*lines, ""])


def _value(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()
