# SPDX-License-Identifier: AGPL-3.0-only
"""How fast `rift` moves files, and how much memory it takes, beside wrtc itself, plain TCP and its rivals in one run.

Both ends, their server and the disk share this machine. Ratios are to the bare data channel of `bare_channel`, which
sends zeros in messages of the same size from one process to another, without disk, hash or credit; there rift uses
channels alone, as behind NAT. Beside its rivals (`rivals`) it uses TCP, as they do, and so does `bare_tls`, which shows
what Python allows.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from benchmarks.bare_tls import bare_tls
from benchmarks.rivals import RIVALS, Move, cpu_seconds, found
from keks_meet.crypto.made_secrets import made_secret
from tests.e2e.harness.server import Server

MIB = 1_048_576
COMMAND = Path(sys.executable).with_name("rift")
SIZE = 512 * MIB
LARGE = 4096 * MIB
ROUNDS = 5
SMALL_FILES = 10_000
SMALL = 20_000


class Room:
    """A room of its own for each measurement, and the processes in it."""

    def __init__(self, server: Server, **environment: str) -> None:
        self._environment = (
            os.environ
            | environment
            | {
                "KEKS_SECRET": made_secret("Bench"),
                "KEKS_SIGNALING_URI": server.url,
                "WRTC_ALLOW_LOOPBACK": "1",
                "KEKS_IDENTITY_SCOPE": "visit",
            }
        )

    async def rift(self, *words: str | Path, stdout: int = DEVNULL) -> Process:
        return await asyncio.create_subprocess_exec(
            COMMAND, "--quiet", *words, stdin=DEVNULL, stdout=stdout, stderr=PIPE, env=self._environment
        )

    @asynccontextmanager
    async def sending(self, path: Path) -> AsyncIterator[Process]:
        """Offer a file, and wait until somebody could take it."""
        sender = await self.rift("send", path)
        lister = await self.rift("list", "--wait", "2", stdout=PIPE)
        listed, _ = await lister.communicate()
        assert listed, "nothing is on offer"
        yield sender
        sender.terminate()
        await sender.wait()


def peak_memory(process: Process) -> float:
    """Return the most that a process has had resident so far, in MB; 0 when it has just ended."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    kilobytes = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")]
    return kilobytes[0] * 1024 / 1e6 if kilobytes else 0.0


async def file_seconds(server: Server, path: Path, target: Path, **environment: str) -> float:
    """Time one receiver, from its start to its end."""
    room = Room(server, **environment)
    async with room.sending(path):
        since = time.perf_counter()
        receiver = await room.rift("receive", target, "--one-file")
        _, errors = await receiver.communicate()
        assert receiver.returncode == 0, errors.decode()
        return time.perf_counter() - since


async def bare_seconds() -> float:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.bare_channel",
        str(SIZE),
        stdout=PIPE,
        env=os.environ | {"WRTC_ALLOW_LOOPBACK": "1"},
    )
    output, _ = await process.communicate()
    return SIZE / float(output) / 1e6


async def tcp_seconds(path: Path, target: Path) -> float:
    """Send the file over one TCP connection, to the disk again."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with path.open("rb") as file:
            await asyncio.get_running_loop().sendfile(writer.transport, file)
        writer.close()

    listener = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with listener:
        since = time.perf_counter()
        reader, writer = await asyncio.open_connection(*listener.sockets[0].getsockname()[:2])
        with target.open("wb") as file:
            while piece := await reader.read(MIB):
                file.write(piece)
        writer.close()
        return time.perf_counter() - since


async def beside_rivals(server: Server, folder: Path) -> None:
    """Take turns: megabytes a second, and CPU-seconds for each GiB, both ends together, without what a start takes."""
    path, tiny = made(folder / "file", SIZE), made(folder / "tiny", 1)
    async with AsyncExitStack() as stack:
        moves: dict[str, Move] = {"rift": lambda source, target: _rift(server, source, target)}
        moves["bare TLS"] = await stack.enter_async_context(bare_tls())
        for name, (rival, program) in RIVALS.items():
            if found(program):
                moves[name] = await stack.enter_async_context(rival())
            else:
                print(f"{name} is not installed")
        figures: dict[str, list[tuple[float, float]]] = {name: [] for name in moves}
        for _ in range(ROUNDS):
            for name, move in moves.items():
                start, start_cpu = await move(tiny, folder / "tiny-out")
                (folder / "tiny-out").unlink()
                seconds, cpu = await move(path, folder / "out")
                assert (folder / "out").stat().st_size == SIZE, name
                (folder / "out").unlink()
                figures[name].append((SIZE / (seconds - start) / 1e6, (cpu - start_cpu) * 1024 * MIB / SIZE))
    print("| program | MB/s, median | ratio | CPU-seconds a GiB | ratio |")
    print("| --- | --- | --- | --- | --- |")
    speed, cost = (statistics.median(each) for each in zip(*figures["rift"], strict=True))
    for name, found_figures in figures.items():
        fast, dear = (statistics.median(each) for each in zip(*found_figures, strict=True))
        print(f"| {name} | {fast:.0f} | {speed / fast:.2f} | {dear:.1f} | {cost / dear:.2f} |")
    print()
    path.unlink()


async def _rift(server: Server, source: Path, target: Path) -> tuple[float, float]:
    before = cpu_seconds()
    seconds = await file_seconds(server, source, target)
    return seconds, cpu_seconds() - before


async def speed(server: Server, folder: Path) -> None:
    """Take turns, so that what else the machine does hits all alike."""
    path = folder / "file"
    path.write_bytes(os.urandom(SIZE))
    startup = await file_seconds(server, made(folder / "tiny", 1), folder / "tiny-out")
    print("| round | wrtc itself, MB/s | rift, MB/s | ratio | TCP, MB/s |")
    print("| --- | --- | --- | --- | --- |")
    ratios = []
    for number in range(1, ROUNDS + 1):
        bare = await bare_seconds()
        target = folder / f"out-{number}"
        # Starting and joining is not the transfer's.
        rift = await file_seconds(server, path, target, KEKS_NO_DIRECT="1") - startup
        target.unlink()
        tcp = await tcp_seconds(path, target)
        target.unlink()
        ratios.append(bare / rift)
        print(
            f"| {number} | {SIZE / bare / 1e6:.1f} | {SIZE / rift / 1e6:.1f} | {bare / rift:.2f} "
            f"| {SIZE / tcp / 1e6:.0f} |",
            flush=True,
        )
    print(f"| median | | | {statistics.median(ratios):.2f} | |\n")
    path.unlink()


def made(path: Path, size: int) -> Path:
    path.write_bytes(os.urandom(size))
    return path


async def many_files(server: Server, folder: Path) -> None:
    """Compare a folder of small files with one file of the same size."""
    small = folder / "small"
    for number in range(SMALL_FILES):
        inner = small / str(number // 100)
        inner.mkdir(parents=True, exist_ok=True)
        made(inner / str(number), SMALL)
    large = made(folder / "large", SMALL_FILES * SMALL)
    one = await file_seconds(server, large, folder / "large-out")
    many = await file_seconds(server, small, folder / "small-out")
    print(f"{SMALL_FILES} files of {SMALL} bytes: {many:.1f} s; one file of that size: {one:.1f} s;")
    print(f"ratio of the speeds {one / many:.2f}\n")


async def memory(server: Server, folder: Path) -> None:
    """A large file to the disk, and to a reader that takes 40 MB a second."""
    path = folder / "sparse"
    with path.open("wb") as file:
        file.truncate(LARGE)
    room = Room(server)
    async with room.sending(path) as sender:
        receiver = await room.rift("receive", folder / "sparse-out", "--one-file")
        peak = 0.0
        while receiver.returncode is None:
            peak = max(peak, peak_memory(receiver))
            await asyncio.sleep(0.2)
        peaks = f"{peak_memory(sender):.0f} MB at the sender, {peak:.0f} MB at the receiver"
        print(f"{LARGE // MIB} MiB to the disk: at most {peaks}")
    (folder / "sparse-out").unlink()
    room = Room(server)
    async with room.sending(path) as sender:
        receiver = await room.rift("receive", "-", stdout=PIPE)
        assert receiver.stdout
        for _ in range(400):
            await receiver.stdout.readexactly(MIB)
            await asyncio.sleep(1 / 40)
        peaks = f"{peak_memory(sender):.0f} MB at the sender, {peak_memory(receiver):.0f} MB at the receiver"
        print(f"to a slow reader: at most {peaks}\n")
        receiver.kill()
        await receiver.wait()


async def first_byte(server: Server, folder: Path) -> None:
    """Time from the start of the process to the first byte at its output."""
    path = made(folder / "first", MIB)
    times = []
    room = Room(server)
    async with room.sending(path):
        for _ in range(5):
            since = time.perf_counter()
            receiver = await room.rift("receive", "-", stdout=PIPE)
            assert receiver.stdout
            await receiver.stdout.readexactly(1)
            times.append(time.perf_counter() - since)
            await receiver.communicate()
    print(f"start to first byte: median {statistics.median(times):.2f} s, most {max(times):.2f} s\n")


async def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = Server(folder)
        await server.start()
        for measure in (first_byte, beside_rivals, speed, many_files, memory):
            await measure(server, folder)
        await server.stop()


if __name__ == "__main__":
    asyncio.run(main())
