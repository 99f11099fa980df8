# SPDX-License-Identifier: AGPL-3.0-only
"""A file that arrives at a program while a network changes, and how long it stands still then."""

import asyncio
import secrets
import sys
import time
from asyncio.subprocess import PIPE
from pathlib import Path

from tests.net.changes import Mover
from tests.net.namespaces import Namespace, end
from tests.net.servers import SERVER

MEMBER = Path(__file__).with_name("member.py")
MEMBER_SECONDS = 90
"""How long a member does its deed at most."""
FILE_CHANGES = 2
FILE_BYTES = 12_000_000
RATE = ("rate", "24mbit", "burst", "64kb", "latency", "100ms")
"""So much that the file takes several seconds."""
FLOWING_BYTES = 500_000
"""More than what is under way to the disk while the network changes."""


async def slow_down(where: Namespace, *interfaces: str) -> None:
    """Let no more than `RATE` out of these interfaces."""
    for each in interfaces:
        await where.run("tc", "qdisc", "add", "dev", each, "root", "tbf", *RATE)


async def arrive_over(
    hosts: dict[str, Namespace], offered: Path, taken: Path, mover: Mover, kind: str, server: str = SERVER
) -> list[float]:
    """Have a program offer a file and another one take it, each on its host, while the network of one changes.

    Returns how long the file stood still each time, in seconds.
    """
    room = secrets.token_hex(32)
    async with asyncio.TaskGroup() as members:
        offering = members.create_task(run_member(hosts["offer"], "offer", room, offered, server))
        taking = members.create_task(run_member(hosts["take"], "take", room, taken, server))
        silences = await standstills(taken.parent, mover, kind)
        await taking
        # The server may take 45 s to notice that somebody has left whom it could not hear just then.
        offering.cancel()
    return silences


async def standstills(folder: Path, mover: Mover, kind: str) -> list[float]:
    """Change the network while a file arrives in a folder; return how long it stood still each time, in seconds."""
    silences = []
    for part in range(1, FILE_CHANGES + 1):
        await grown(folder, FILE_BYTES * part // (FILE_CHANGES + 2))
        moving = asyncio.create_task(mover.change(kind))
        silences.append(await standstill(folder, moving))
        await moving
    return silences


def size_in(folder: Path) -> int:
    """The size of what has arrived in a folder so far."""
    return max((path.stat().st_size for path in folder.iterdir()), default=0)


async def grown(folder: Path, size: int) -> None:
    """Wait until so much has arrived in a folder."""
    async with asyncio.timeout(60):
        while size_in(folder) < size:
            await asyncio.sleep(0.02)


async def standstill(folder: Path, moving: asyncio.Task[None]) -> float:
    """Wait until what arrives in a folder goes on over the new way; return how long it stood still, in seconds."""
    size, since, longest, moved = size_in(folder), time.monotonic(), 0.0, None
    async with asyncio.timeout(60):
        while moved is None or size < min(moved + FLOWING_BYTES, FILE_BYTES):
            await asyncio.sleep(0.02)
            now = time.monotonic()
            longest = max(longest, now - since)
            if (grown_to := size_in(folder)) != size:
                size, since = grown_to, now
            if moved is None and moving.done():
                moved = size
    return longest


async def run_member(host: Namespace, deed: str, room: str, path: Path, server: str = SERVER) -> None:
    """Run a program that offers a file, or takes it, to its end."""
    words = host.command(sys.executable, MEMBER, deed, server, room, path, str(MEMBER_SECONDS))
    process = await asyncio.create_subprocess_exec(*words, stdout=PIPE)
    try:
        async with asyncio.timeout(MEMBER_SECONDS + 10):
            await process.communicate()
    finally:
        await end(process)
