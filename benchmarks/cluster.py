# SPDX-License-Identifier: AGPL-3.0-only
"""What it costs that two members of a room are at two nodes: CPU for each relayed message, and time. Printed.

One server, and two nodes of a cluster with a NATS beside them, in the same run, so that numbers compare as ratios. The
CPU is that of all servers; NATS' own is told apart. Then pages, TLS, joins and signs of life, of one process and of two
workers: what both together do on two cores is twice what one does, divided by the ratio.

    python -m benchmarks.cluster

All traffic stays on 127.0.0.1, and everything is bounded: about two minutes on two cores.
"""

import asyncio
import contextlib
import json
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Final

import aiohttp
import uvloop
from aiohttp import WSMsgType

from benchmarks.signaling import CONFIG, IN_FLIGHT, MESSAGE, RUN_SERVER, cpu_seconds
from tests.integration.conftest import write_certificate

MESSAGES: Final = 20_000
ROOMS: Final = 10
"""Rooms of two, of which about a half is at home at each node."""
PINGS: Final = 3000
PAGES: Final = 3000
JOINS: Final = 1500
SIGNS: Final = 4000
READY_SECONDS: Final = 20
_ANY: Final = ssl.create_default_context()
_ANY.check_hostname = False
_ANY.verify_mode = ssl.CERT_NONE


@contextlib.contextmanager
def nats(folder: Path) -> Iterator[tuple[int, int]]:
    """Run a NATS server; give its port and process id."""
    settings = folder / "nats.conf"
    settings.write_text("max_payload: 8MB\n")
    program = str(Path(sys.executable).with_name("nats-server"))
    words = [program, "-c", str(settings), "-a", "127.0.0.1", "-p", "-1", "--ports_file_dir", str(folder)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ports = folder / f"nats-server_{process.pid}.ports"
    while not (ports.is_file() and ports.read_text()):
        time.sleep(0.02)
    try:
        yield int(json.loads(ports.read_text())["nats"][0].rpartition(":")[2]), process.pid
    finally:
        process.terminate()
        process.wait(10)


@contextlib.contextmanager
def server(folder: Path, name: str, more: str, workers: int = 1, tls: str = "") -> Iterator[tuple[str, int]]:
    """Run a server, with lines on ``tls`` and ``more`` in its configuration; give its address and process id."""
    config = folder / f"{name}.toml"
    limits = CONFIG.replace("queued_bytes = 134217728\n", "")  # by which it goes how often others are asked [C9]
    config.write_text(limits.replace("[server]\n", f"[server]\nworkers = {workers}\n{tls}") + more)
    process = subprocess.Popen(
        [sys.executable, "-c", RUN_SERVER, str(config), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        url = process.stdout.readline().split()[-1]
        until_ready(url)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def until_ready(url: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(urllib.error.URLError), urllib.request.urlopen(f"{url}/readyz", context=_ANY):  # noqa: S310
            return
        time.sleep(0.05)
    raise TimeoutError(url)


async def pair(
    stack: contextlib.AsyncExitStack, session: aiohttp.ClientSession, room: str, urls: list[str]
) -> list[aiohttp.ClientWebSocketResponse]:
    """Connect two members of a room, the first and the last address each."""
    sockets = []
    for others, url in enumerate((urls[0], urls[-1])):
        socket = await stack.enter_async_context(session.ws_connect(f"{url}/signaling", max_msg_size=0))
        await socket.receive_str()
        await socket.send_str(json.dumps({"join": {"hash": room}}))
        for _ in range(1 + others):
            await socket.receive_str()
        sockets.append(socket)
    await sockets[0].receive_str()
    return sockets


async def send_many(
    sender: aiohttp.ClientWebSocketResponse, reader: aiohttp.ClientWebSocketResponse, count: int
) -> None:
    packet = json.dumps({"relay": {"message": MESSAGE}}).encode()
    for _ in range(count // IN_FLIGHT):
        for _ in range(IN_FLIGHT):
            await sender.send_frame(packet, WSMsgType.TEXT)
        for _ in range(IN_FLIGHT):
            await reader.receive()


async def ping(sender: aiohttp.ClientWebSocketResponse, reader: aiohttp.ClientWebSocketResponse) -> list[float]:
    """Return the seconds that each of many messages took, one at a time."""
    packet = json.dumps({"relay": {"message": MESSAGE}}).encode()
    found = []
    for _ in range(PINGS // ROOMS):
        began = time.perf_counter()
        await sender.send_frame(packet, WSMsgType.TEXT)
        await reader.receive()
        found.append(time.perf_counter() - began)
    return found


async def measure(urls: list[str], pids: list[int], bus: int | None) -> tuple[float, float, float, float]:
    """Return CPU seconds per 100 000 messages, of servers and of NATS, and the median and the 99th percentile in ms."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session, contextlib.AsyncExitStack() as stack:
        pairs = [await pair(stack, session, f"room {number}", urls) for number in range(ROOMS)]
        busy, on_bus = sum(map(cpu_seconds, pids)), cpu_seconds(bus) if bus else 0.0
        await asyncio.gather(*(send_many(sender, reader, MESSAGES // ROOMS) for sender, reader in pairs))
        busy, on_bus = sum(map(cpu_seconds, pids)) - busy, (cpu_seconds(bus) if bus else 0.0) - on_bus
        times = [seconds for each in pairs for seconds in await ping(*each)]
    percentiles = statistics.quantiles(times, n=100)
    factor = 100_000 / MESSAGES
    return busy * factor, on_bus * factor, percentiles[49] * 1000, percentiles[98] * 1000


def family(pid: int) -> tuple[float, float]:
    """Return the CPU seconds of a command with its workers, and of the NATS that it has started."""
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    is_bus = {child: "nats" in Path(f"/proc/{child}/comm").read_text() for child in children}
    workers = sum(cpu_seconds(child) for child in children if not is_bus[child])
    return cpu_seconds(pid) + workers, sum(cpu_seconds(child) for child in children if is_bus[child])


async def get_pages(url: str) -> int:
    """Ask for pages, each over a connection of its own."""
    connector = aiohttp.TCPConnector(limit=20, force_close=True)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def get() -> None:
            async with session.get(url, ssl=_ANY) as answer:
                await answer.read()

        for _ in range(PAGES // 20):
            await asyncio.gather(*(get() for _ in range(20)))
    return PAGES


async def join_rooms(url: str) -> int:
    """Come, enter a room with somebody in it, and go again."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def join(room: str) -> None:
            async with contextlib.AsyncExitStack() as stack:
                await pair(stack, session, room, [url])

        for turn in range(JOINS // 2 // ROOMS):
            await asyncio.gather(*(join(f"room {turn} {number}") for number in range(ROOMS)))
    return JOINS


async def show_life(url: str) -> int:
    """Stay, in rooms of two, and say nothing but that one is there, as who is idle does each half a minute."""
    async with aiohttp.ClientSession() as session, contextlib.AsyncExitStack() as stack:
        pairs = [await pair(stack, session, f"room {number}", [url]) for number in range(ROOMS)]
        idle = [socket for each in pairs for socket in each]
        for _ in range(SIGNS // len(idle)):
            for socket in idle:
                await socket.send_str('{"ping":null}')
                # One after the other, each wakes the server up.
                await asyncio.sleep(0.001)
        for socket in idle:
            await socket.send_str('{"join":{}}')
            while "client_leave" not in await socket.receive_str():
                pass
    return SIGNS


async def measure_workers(folder: Path) -> None:
    """Print what pages, TLS, joins and signs of life cost, of one process and of two workers."""
    tls = f'tls_cert = "{write_certificate(folder)}"\ntls_key = "{folder / "key.pem"}"\n'
    kinds: dict[str, tuple[Callable[[str], Awaitable[int]], str]] = {
        "pages": (get_pages, ""),
        "pages, each over new TLS": (get_pages, tls),
        "joins": (join_rooms, ""),
        "signs of life": (show_life, ""),
    }
    titles = f"{'one process':>14}{'two workers':>14}{'NATS beside':>14}{'ratio':>8}{'on two cores':>14}"
    print(f"\n{'CPU s per 10 000':26}{titles}")
    for title, (work, lines) in kinds.items():
        found = []
        for count in (1, 2):
            limits = "connections_per_address = 100000\njoins_per_second = 100000\n"
            with server(folder, f"workers-{count}", limits, count, lines) as (url, pid):
                busy, on_bus = family(pid)
                done = await work(url)
                after, bus_after = family(pid)
            found.append(((after - busy) * 10_000 / done, (bus_after - on_bus) * 10_000 / done))
        (one, _), (two, on_bus) = found
        print(f"{title:26}{one:14.2f}{two:14.2f}{on_bus:14.2f}{two / one:8.2f}{2 * one / two:13.2f}x")


async def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        for page in ("start.html", "room.html"):
            (folder / page).write_text("a page")
        port, bus = stack.enter_context(nats(folder))
        cluster = f'[cluster]\nnats = "nats://127.0.0.1:{port}"\n'
        alone = stack.enter_context(server(folder, "alone", ""))
        nodes = [stack.enter_context(server(folder, f"node-{number}", cluster)) for number in range(2)]
        rows = {
            "one server": ([alone], None),
            "both at one of two nodes": ([nodes[0]], bus),
            "one at each of two nodes": (nodes, bus),
        }
        print(f"{ROOMS} rooms of two, messages of {len(MESSAGE)} bytes\n")
        print(f"{'':26}{'CPU s per 100 000':>20}{'NATS beside':>14}{'median ms':>12}{'p99 ms':>10}{'CPU ratio':>12}")
        first = 0.0
        everybody = [pid for _, pid in nodes]
        for title, (servers, with_bus) in rows.items():
            pids = everybody if with_bus else [alone[1]]
            cpu, on_bus, median, last = await measure([url for url, _ in servers], pids, with_bus)
            first = first or cpu
            print(f"{title:26}{cpu:20.2f}{on_bus:14.2f}{median:12.2f}{last:10.2f}{cpu / first:12.2f}")
        stack.pop_all().close()
        await measure_workers(folder)


if __name__ == "__main__":
    uvloop.run(main())
