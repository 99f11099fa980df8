# SPDX-License-Identifier: AGPL-3.0-only
"""How long a file, and a port, take where a router lets little through and loses packets, beside plain TCP in one run.

Needs a machine where network namespaces can be made. Ratios are to one TCP connection of the system through the same
router. rift uses channels alone, as behind NAT. Only the transfers are timed, not what their start takes.
"""

import asyncio
import os
import secrets
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Final

from tests.net.namespaces import Network, end
from tests.net.programs import run_member
from tests.net.routed import Ends, narrow_network

SIZE: Final = 12_000_000
ROUNDS: Final = 3
BOTTLENECKS: Final = (("10mbit", "100ms"), ("24mbit", "100ms"), ("24mbit", "400ms"), ("100mbit", "100ms"))
"""For each, what it lets through, and for how long a packet may wait there."""
SECONDS: Final = 120
"""How long a transfer may take."""
ADDRESS: Final = "10.0.0.2"
"""Where the one who sends can be reached; see `tests.net.routed`."""
PORT: Final = 5000


async def tcp_seconds(network: Network) -> float:
    """Send the bytes over one TCP connection."""
    words = (sys.executable, "-m", "benchmarks.bottleneck")
    sender = await asyncio.create_subprocess_exec(*network.hosts[0].command(*words, "send"), stdout=PIPE)
    try:
        assert sender.stdout
        await sender.stdout.readline()
        command = network.hosts[1].command(*words, "receive")
        receiver = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
        said, _ = await asyncio.wait_for(receiver.communicate(), SECONDS)
    finally:
        await end(sender)
    return float(said)


async def send() -> None:
    """Be the one who sends."""
    content, sent = os.urandom(SIZE), asyncio.Event()

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(content)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        sent.set()

    async with await asyncio.start_server(answer, ADDRESS, PORT):
        print("ready", flush=True)
        await sent.wait()


async def receive() -> None:
    """Be the one who receives, and print the seconds from the first byte to the last."""
    reader, writer = await asyncio.open_connection(ADDRESS, PORT)
    await reader.readexactly(1)
    since = time.perf_counter()
    await reader.readexactly(SIZE - 1)
    print(time.perf_counter() - since)
    writer.close()


async def file_seconds(network: Network, folder: Path) -> float:
    """Move a file with rift."""
    summaries = await Ends(network, folder, SIZE).move("--no-direct")
    (folder / "taken").unlink()
    return max(float(each["seconds"]) for each in summaries)


async def port_seconds(network: Network, folder: Path) -> float:
    """Read the same bytes from a port."""
    there, here, room = folder / "there", folder / "here", secrets.token_hex(32)
    there.write_bytes(os.urandom(SIZE))
    leading = asyncio.create_task(run_member(network, 0, "lead", room, there, SECONDS))
    said = await run_member(network, 1, "fetch", room, here, SECONDS)
    await leading
    return float(said["seconds"])


async def main() -> None:
    """Take turns, so that what else the machine does hits all alike."""
    print("| way | queue | TCP, s | file, s | ratio | port, s | ratio |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for rate, queue in BOTTLENECKS:
        figures: list[tuple[float, float, float]] = []
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                async with narrow_network(folder, rate, queue) as network:
                    tcp = await tcp_seconds(network)
                    figures.append((tcp, await file_seconds(network, folder), await port_seconds(network, folder)))
        tcp, file, port = (statistics.median(each) for each in zip(*figures, strict=True))
        print(
            f"| {rate} | {queue} | {tcp:.1f} | {file:.1f} | {tcp / file:.2f} | {port:.1f} | {tcp / port:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    asyncio.run({"send": send, "receive": receive}.get("".join(sys.argv[1:]), main)())
