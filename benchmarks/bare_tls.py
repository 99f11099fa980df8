# SPDX-License-Identifier: AGPL-3.0-only
"""What Python allows where all that rift's second way needs is done, and nothing else.

One file, TLS 1.3 between two processes that know each other's certificate, SHA-256 at both ends in threads of their
own, the disk, and a flush: no room, no credit, no way back. Run as ``python -m benchmarks.bare_tls send|receive PATH``;
both print a line with their certificate, the sender its port before it, and take the other end's line.
"""

import asyncio
import hashlib
import os
import queue
import socket
import sys
import threading
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from benchmarks.rivals import Move, cpu_seconds
from keks_meet.client.direct.tls_identity import TlsIdentity

PIECE: Final = 1_048_576
WAITING: Final = 4
"""Pieces that wait for a thread."""


class Worker:
    """A thread that works on piece after piece."""

    def __init__(self, work: Callable[[bytes | memoryview], object]) -> None:
        self._pieces: queue.Queue[bytes | memoryview | None] = queue.Queue(WAITING)
        self._work = work
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def give(self, piece: bytes | memoryview) -> None:
        self._pieces.put(piece)

    def end(self) -> None:
        self._pieces.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (piece := self._pieces.get()) is not None:
            self._work(piece)


def send(path: Path) -> None:
    """Send a file to the first who connects."""
    identity, hashed = TlsIdentity(), hashlib.sha256()
    with socket.create_server(("127.0.0.1", 0)) as listener, path.open("rb", buffering=0) as file:
        print(listener.getsockname()[1], identity.certificate.hex(), flush=True)
        context = identity.context(bytes.fromhex(input()), listens=True)
        connection, _ = listener.accept()
        with context.wrap_socket(connection, server_side=True) as tls:
            hasher = Worker(hashed.update)
            while piece := file.read(2 * PIECE):
                hasher.give(piece)
                tls.sendall(piece)
            hasher.end()


def receive(path: Path) -> None:
    """Receive a file, and have it on the disk."""
    identity, hashed = TlsIdentity(), hashlib.sha256()
    print(identity.certificate.hex(), flush=True)
    port, certificate = input().split()
    context = identity.context(bytes.fromhex(certificate), listens=False)
    connection = socket.create_connection(("127.0.0.1", int(port)))
    with context.wrap_socket(connection) as tls, path.open("wb", buffering=0) as file:
        workers = Worker(hashed.update), Worker(file.write)
        while True:
            piece, length = memoryview(bytearray(PIECE)), 0
            while length < PIECE and (more := tls.recv_into(piece[length:])):
                length += more
            if not length:
                break
            for worker in workers:
                worker.give(piece[:length])
        for worker in workers:
            worker.end()
        os.fsync(file.fileno())


@asynccontextmanager
async def bare_tls() -> AsyncIterator[Move]:
    """Both ends on this machine."""

    async def move(source: Path, target: Path) -> tuple[float, float]:
        before, since = cpu_seconds(), time.perf_counter()
        ends = [await _started("send", source), await _started("receive", target)]
        lines = []
        for process in ends:
            assert process.stdout
            lines.append(await process.stdout.readline())
        for process, line in zip(ends, reversed(lines), strict=True):
            assert process.stdin
            process.stdin.write(line)
        assert [await process.wait() for process in ends] == [0, 0]
        return time.perf_counter() - since, cpu_seconds() - before

    yield move


async def _started(does: str, path: Path) -> asyncio.subprocess.Process:
    words = (sys.executable, "-m", "benchmarks.bare_tls", does, path)
    return await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE)


if __name__ == "__main__":
    {"send": send, "receive": receive}[sys.argv[1]](Path(sys.argv[2]))
