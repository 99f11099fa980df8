# SPDX-License-Identifier: AGPL-3.0-only
"""Starts programs by asking a process that has loaded them: what loading costs is paid once for all tests."""

import atexit
import functools
import json
import os
import select
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

LAUNCHER = Path(__file__).with_name("launcher.py")
RIFT = ("keks_meet.rift.cli", "keks_meet.client.joining.entry")
SERVER = ("keks_meet.server.command",)


@dataclass(frozen=True)
class Wanted:
    """A process to be: of the modules that are loaded, the first one's `main`, or a script in their place."""

    modules: tuple[str, ...]
    words: list[str]
    environment: dict[str, str]
    folder: Path | None = None
    script: Path | None = None
    is_leader: bool = False
    """Of a session of its own, without the terminal that the tests may have."""


class Ended:
    """Tells once a process has ended. Its number comes first through the pipe, and its exit code last."""

    def __init__(self, told: int) -> None:
        self._told: int | None = told
        self._text = b""
        while b"\n" not in self._text:
            piece = os.read(told, 64)
            assert piece, "the launcher has ended"
            self._text += piece
        self.pid = int(self._text.partition(b"\n")[0])

    def fileno(self) -> int:
        """Return what can be read once it has ended."""
        assert self._told is not None
        return self._told

    def take(self) -> int:
        """Return the exit code, which is there."""
        assert self._told is not None
        while piece := os.read(self._told, 64):
            self._text += piece
        os.close(self._told)
        self._told = None
        return int(self._text.split()[1])


def start(wanted: Wanted, stdin: int, stdout: int, stderr: int) -> Ended:
    """Start it with these descriptors, which remain open here."""
    told, tells = os.pipe()
    message = {
        "module": wanted.modules[0],
        "words": wanted.words,
        "environment": wanted.environment,
        "folder": os.fspath(wanted.folder or Path.cwd()),
        "script": wanted.script and os.fspath(wanted.script),
        "is_leader": wanted.is_leader,
    }
    try:
        socket.send_fds(_launcher(wanted.modules), [json.dumps(message).encode()], [stdin, stdout, stderr, tells])
    finally:
        os.close(tells)
    return Ended(told)


@functools.cache
def _launcher(modules: tuple[str, ...]) -> socket.socket:
    """Start it with pipes as its standard streams, as most programs of tests have; nobody reads them."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    words = [sys.executable, str(LAUNCHER), str(theirs.fileno()), *modules]
    pipe = subprocess.PIPE
    launcher = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, pass_fds=[theirs.fileno()])
    theirs.close()

    def end() -> None:
        ours.close()
        launcher.communicate()

    atexit.register(end)
    return ours


class Process:
    """A process as `subprocess.Popen` shows it, with nothing to read but its output."""

    def __init__(self, wanted: Wanted, stderr: int) -> None:
        output, theirs = os.pipe()
        nothing = os.open(os.devnull, os.O_RDONLY)
        try:
            self._ended = start(wanted, nothing, theirs, stderr)
        finally:
            os.close(theirs)
            os.close(nothing)
        self.stdout = os.fdopen(output)
        self.pid = self._ended.pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, if it has ended."""
        return self._look(0)

    def wait(self, timeout: float) -> int:
        """Wait for the exit code."""
        code = self._look(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """End it as a service manager would."""
        self.send_signal(signal.SIGTERM)

    def _look(self, seconds: float) -> int | None:
        if self.returncode is None and select.select([self._ended], [], [], seconds)[0]:
            self.returncode = self._ended.take()
        return self.returncode
