# SPDX-License-Identifier: AGPL-3.0-only
"""Other programs that move a file, with their own servers on this machine: nc, magic-wormhole and croc.

Each is timed from the start of the receiver to its end, with the start of one tiny file taken off, as rift is. Those
that are not installed are named and left out. They are found on the search path, or below `RIVALS`, a folder.
"""

import asyncio
import os
import resource
import shutil
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.e2e.harness.server import free_port

CODE = "9-keks-meet-benchmark"
SENDER_SECONDS = 30

Move = Callable[[Path, Path], Awaitable[tuple[float, float]]]
"""Moves a file to a path; returns the seconds, and the CPU-seconds of all ends together."""


def found(program: str) -> str | None:
    """Where a program is."""
    return shutil.which(program, path=os.pathsep.join([os.environ.get("RIVALS", ""), os.environ["PATH"]]))


def cpu_seconds() -> float:
    """Return what all processes have used that have ended so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def started(*words: str | Path, ready: str | None = None, **options: object) -> Process:
    """Start a program, and wait for words on either of its outputs if there are some to wait for."""
    if ready is None:
        return await asyncio.create_subprocess_exec(*words, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, **options)  # type: ignore[arg-type]
    process = await asyncio.create_subprocess_exec(
        *words,
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=asyncio.subprocess.STDOUT,
        **options,  # type: ignore[arg-type]
    )
    assert process.stdout
    async with asyncio.timeout(SENDER_SECONDS):
        said = b""
        while ready.encode() not in said:
            piece = await process.stdout.read(4096)
            assert piece, said.decode(errors="replace")
            said += piece
    asyncio.get_running_loop().create_task(process.stdout.read())
    return process


async def ended(process: Process) -> None:
    """End a program that serves."""
    if process.returncode is None:
        process.terminate()
    await process.wait()


@asynccontextmanager
async def nc() -> AsyncIterator[Move]:
    """One plain connection, nothing hashed or encrypted."""

    async def move(source: Path, target: Path) -> tuple[float, float]:
        port, before = str(free_port()), cpu_seconds()
        with source.open("rb") as data, target.open("wb") as file:
            sender = await asyncio.create_subprocess_exec(
                "nc", "-N", "-l", "127.0.0.1", port, stdin=data, stdout=DEVNULL
            )
            since = time.perf_counter()
            while True:
                receiver = await asyncio.create_subprocess_exec(
                    "nc", "-d", "127.0.0.1", port, stdin=DEVNULL, stdout=file, stderr=DEVNULL
                )
                if await receiver.wait() == 0:
                    break
            seconds = time.perf_counter() - since
            await sender.wait()
        return seconds, cpu_seconds() - before

    yield move


@asynccontextmanager
async def wormhole() -> AsyncIterator[Move]:
    """Both ends reach each other directly; the mailbox server is on this machine."""
    port = free_port()
    mailbox = f"tcp:{port}:interface=127.0.0.1"
    server = await started(
        found("twist") or "twist", "wormhole-mailbox", f"--port={mailbox}", "--channel-db=:memory:", ready="starting"
    )
    command = (found("wormhole") or "wormhole", f"--relay-url=ws://127.0.0.1:{port}/v1", "--transit-helper=")

    async def move(source: Path, target: Path) -> tuple[float, float]:
        before = cpu_seconds()
        sender = await started(*command, "send", f"--code={CODE}", "--hide-progress", source)
        since = time.perf_counter()
        receiver = await started(
            *command, "receive", "--accept-file", "--hide-progress", f"--output-file={target}", CODE
        )
        assert await receiver.wait() == 0
        seconds = time.perf_counter() - since
        await sender.wait()
        return seconds, cpu_seconds() - before

    try:
        yield move
    finally:
        await ended(server)


@asynccontextmanager
async def croc() -> AsyncIterator[Move]:
    """Through a relay on this machine, which is how croc moves files of people who found each other by a code."""
    program = found("croc") or "croc"
    first = free_port()
    ports = ",".join(str(first + number) for number in range(5))
    relay = await started(program, "relay", "--host", "127.0.0.1", "--ports", ports, ready="starting")
    options = ("--relay", f"127.0.0.1:{first}", "--yes", "--overwrite")

    async def move(source: Path, target: Path) -> tuple[float, float]:
        before = cpu_seconds()
        environment = os.environ | {"CROC_SECRET": CODE}
        sender = await started(program, *options, "send", "--no-local", source, ready="Code is", env=environment)
        since = time.perf_counter()
        # Where the file is already, nothing is sent.
        folder = target.parent / "croc"
        folder.mkdir(exist_ok=True)
        receiver = await started(program, *options, "--out", folder, env=environment)
        assert await receiver.wait() == 0
        seconds = time.perf_counter() - since
        await sender.wait()
        (folder / source.name).rename(target)
        return seconds, cpu_seconds() - before

    try:
        yield move
    finally:
        await ended(relay)


RIVALS = {"nc": (nc, "nc"), "magic-wormhole": (wormhole, "wormhole"), "croc": (croc, "croc")}
"""By name: how it moves files, and the program that it needs."""
