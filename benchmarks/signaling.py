# SPDX-License-Identifier: AGPL-3.0-only
"""How fast the server relays, what that costs, and what an idle connection weighs. Printed, not asserted.

Beside it, in the same run, what the same libraries do at the least: a bare aiohttp relay without rooms to keep,
packets to check or limits to hold. So numbers of different machines compare as ratios.

    python benchmarks/signaling.py

All traffic stays on 127.0.0.1, and everything is bounded: about a minute on two cores.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import aiohttp
import uvloop
from aiohttp import WSMsgType, web

MESSAGE: Final = "A" * 1500
DELIVERIES: Final = 60_000
IN_FLIGHT: Final = 40
IDLE: Final = 1000
SHAPES: Final = ((2, 10), (10, 2), (50, 1))
"""Members of a room, and rooms at the same time."""

CONFIG: Final = """
[server]
bind = "127.0.0.1:0"
stun_bind = ""
[limits]
packets_per_second = 1000000
burst_packets = 10000000
queued_bytes = 134217728
"""
RUN_SERVER: Final = """
import sys
from pathlib import Path
from keks_meet.server import command, pages
pages.FOLDER = Path(sys.argv.pop())
command.main()
"""


async def bare_relay() -> None:
    """Run the baseline: whatever comes goes to all others in the room that the query names."""
    rooms: dict[str, list[web.WebSocketResponse]] = {}

    async def serve(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        room = rooms.setdefault(request.query["room"], [])
        room.append(socket)
        await socket.send_str("ready")
        async for message in socket:
            for other in room:
                if other is not socket:
                    await other.send_str(message.data)
        room.remove(socket)
        return socket

    app = web.Application()
    app.router.add_get("/signaling", serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(f"open {site.name}", flush=True)
    await asyncio.Event().wait()


@contextlib.contextmanager
def running(*, bare: bool) -> Iterator[tuple[str, int]]:
    """Run a server as a process of its own; give its address and process id."""
    with tempfile.TemporaryDirectory() as folder:
        for page in ("start.html", "room.html"):
            Path(folder, page).write_text("a page")
        config = Path(folder, "benchmark.toml")
        config.write_text(CONFIG)
        arguments = [__file__, "--bare"] if bare else ["-c", RUN_SERVER, str(config), folder]
        process = subprocess.Popen(
            [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1], process.pid
        finally:
            process.terminate()
            process.wait(10)
            process.stdout.close()


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextlib.asynccontextmanager
async def members(
    session: aiohttp.ClientSession, url: str, room: str, count: int
) -> AsyncIterator[list[aiohttp.ClientWebSocketResponse]]:
    """Connect so many clients to one room, of either server, and wait until all are in it."""
    async with contextlib.AsyncExitStack() as stack:
        sockets: list[aiohttp.ClientWebSocketResponse] = []
        for _ in range(count):
            connecting = session.ws_connect(f"{url}/signaling?room={room}", max_msg_size=0)
            socket = await stack.enter_async_context(connecting)
            if await socket.receive_str() != "ready":
                await socket.send_str(json.dumps({"join": {"hash": room}}))
                for _ in range(len(sockets) + 1):
                    await socket.receive_str()
                for other in sockets:
                    await other.receive_str()
            sockets.append(socket)
        yield sockets


async def relay(sockets: list[aiohttp.ClientWebSocketResponse], messages: int) -> None:
    """Let members send in turn, some messages in flight, until everybody has heard all of them."""
    packet = json.dumps({"relay": {"message": MESSAGE}}).encode()

    async def hear(socket: aiohttp.ClientWebSocketResponse, count: int) -> None:
        for _ in range(count):
            await socket.receive()

    for turn in range(messages // IN_FLIGHT):
        sender = sockets[turn % len(sockets)]
        for _ in range(IN_FLIGHT):
            await sender.send_frame(packet, WSMsgType.TEXT)
        await asyncio.gather(*(hear(socket, IN_FLIGHT) for socket in sockets if socket is not sender))


async def measure_relaying(*, bare: bool, size: int, rooms: int) -> tuple[float, float]:
    """Return deliveries a second and the server's CPU seconds per 100 000 of them."""
    each = DELIVERIES // rooms // (size - 1) // IN_FLIGHT * IN_FLIGHT
    with running(bare=bare) as (url, pid):
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
            contextlib.AsyncExitStack() as s,
        ):
            groups = [await s.enter_async_context(members(session, url, f"room-{n}", size)) for n in range(rooms)]
            began, busy = time.perf_counter(), cpu_seconds(pid)
            await asyncio.gather(*(relay(group, each) for group in groups))
            seconds, busy = time.perf_counter() - began, cpu_seconds(pid) - busy
    deliveries = each * rooms * (size - 1)
    return deliveries / seconds, busy * 100_000 / deliveries


async def measure_idle(*, bare: bool) -> float:
    """Return the bytes of memory that one more idle connection takes."""
    with running(bare=bare) as (url, pid):
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
            members(session, url, "warm", 10),
            contextlib.AsyncExitStack() as stack,
        ):
            before = resident_bytes(pid)
            for _ in range(IDLE):
                socket = await stack.enter_async_context(session.ws_connect(f"{url}/signaling?room=idle"))
                await socket.receive_str()
            return (resident_bytes(pid) - before) / IDLE


async def main() -> None:
    """Print the table."""
    print(f"messages of {len(MESSAGE)} bytes, {DELIVERIES} deliveries a row, {os.cpu_count()} cores\n")
    print(f"{'':24}{'deliveries a second':>28}{'CPU s per 100 000':>28}")
    print(f"{'':24}{'keks-meet':>14}{'bare':>14}{'keks-meet':>14}{'bare':>14}{'ratio':>8}")
    for size, rooms in SHAPES:
        ours = await measure_relaying(bare=False, size=size, rooms=rooms)
        bare = await measure_relaying(bare=True, size=size, rooms=rooms)
        name = f"{rooms} rooms of {size}"
        print(f"{name:24}{ours[0]:14.0f}{bare[0]:14.0f}{ours[1]:14.2f}{bare[1]:14.2f}{ours[1] / bare[1]:8.2f}")
    ours_idle, bare_idle = await measure_idle(bare=False), await measure_idle(bare=True)
    print(f"\nmemory per idle connection: keks-meet {ours_idle / 1024:.1f} KiB, bare {bare_idle / 1024:.1f} KiB")


if __name__ == "__main__":
    uvloop.run(bare_relay() if sys.argv[1:] == ["--bare"] else main())
