# SPDX-License-Identifier: AGPL-3.0-only
"""NATS as a real process on a port of its own, and servers that are its nodes."""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("nats-server")
LOW_PORTS = range(20_000, 32_000)
"""Ports that no system draws for others, so that NATS finds its own again."""


def _low_port() -> int:
    """Return a port that nobody has just now."""
    while True:
        port = random.choice(LOW_PORTS)  # noqa: S311 (no secret)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


class Nats:
    """A NATS server that can be killed, stopped and started again on the same port."""

    def __init__(self, folder: Path, *options: str, address: str = "127.0.0.1") -> None:
        self._folder = folder
        self._address = address
        self.options = options
        self.port = _low_port()
        self.start_again()

    @property
    def config(self) -> str:
        """What makes a server one of its nodes."""
        return f'[cluster]\nnats = "nats://127.0.0.1:{self.port}"\n'

    def _start(self, port: str) -> subprocess.Popen[bytes]:
        settings = self._folder / "nats.conf"
        settings.write_text("max_payload: 8MB\n")
        words = [
            str(PROGRAM),
            "-c",
            str(settings),
            "-a",
            self._address,
            "-p",
            port,
            "--ports_file_dir",
            str(self._folder),
        ]
        return subprocess.Popen([*words, *self.options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _await_port(self) -> None:
        file = self._folder / f"nats-server_{self.process.pid}.ports"
        deadline = time.monotonic() + 20
        while True:
            with contextlib.suppress(OSError, ValueError, KeyError):
                assert json.loads(file.read_text())["nats"][0].endswith(f":{self.port}")
                return
            assert time.monotonic() < deadline, "NATS does not start"
            time.sleep(0.01)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def start_again(self) -> None:
        self.process = self._start(str(self.port))
        self._await_port()

    def send(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)

    def close(self) -> None:
        if self.process.poll() is None:
            self.send(signal.SIGCONT)
            self.kill()


@contextlib.contextmanager
def running_nats(folder: Path, *options: str, address: str = "127.0.0.1") -> Iterator[Nats]:
    nats = Nats(folder, *options, address=address)
    try:
        yield nats
    finally:
        nats.close()
