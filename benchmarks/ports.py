# SPDX-License-Identifier: AGPL-3.0-only
"""How fast an HTTP service is behind `rift expose` and `rift forward`, beside the service itself in the same run.

The service, both ends, the client and the signaling server share this machine. Ratios are to what the client gets from
the service directly. Two measures: one large answer, and many small ones on one connection, one after the other.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp import web

from benchmarks.rift import MIB, Room, made
from tests.e2e.harness.server import Server, free_port

SIZE = 512 * MIB
SMALL = 1000
REQUESTS = 500
ROUNDS = 3


@asynccontextmanager
async def running(process: Process) -> AsyncIterator[None]:
    try:
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def service(folder: Path) -> tuple[Process, int]:
    """Serve files by aiohttp, in a process of its own."""
    port = free_port()
    words = ("-m", "benchmarks.ports", str(folder), str(port))
    process = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=DEVNULL)
    await reached(port)
    return process, port


def serve(folder: str, port: str) -> None:
    """Be the service."""
    site = web.Application()
    site.router.add_static("/", folder)
    web.run_app(site, host="127.0.0.1", port=int(port))


async def reached(port: int) -> None:
    """Wait until a request is answered there."""
    async with asyncio.timeout(30), aiohttp.ClientSession() as client:
        while True:
            try:
                async with client.get(f"http://127.0.0.1:{port}/small") as answer:
                    await answer.read()
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)


async def behind(server: Server, stack: AsyncExitStack, port: int, **environment: str) -> int:
    """Return the port that leads to the service through a room."""
    room, local = Room(server, **environment), free_port()
    await stack.enter_async_context(running(await room.rift("expose", str(port), "it", "--allow-all")))
    lister = await room.rift("list", "--wait", "2", stdout=PIPE)
    listed, _ = await lister.communicate()
    assert listed, "nothing is on offer"
    await stack.enter_async_context(running(await room.rift("forward", "it", str(local))))
    await reached(local)
    return local


async def speed(port: int) -> float:
    """Return the bytes a second of one large answer."""
    async with aiohttp.ClientSession(read_bufsize=MIB) as client:
        since = time.perf_counter()
        async with client.get(f"http://127.0.0.1:{port}/large") as answer:
            received = 0
            async for piece in answer.content.iter_any():
                received += len(piece)
        assert received == SIZE
        return SIZE / (time.perf_counter() - since)


async def rate(port: int) -> float:
    """Return the answers a second of small requests, one after the other."""
    async with aiohttp.ClientSession() as client:
        since = time.perf_counter()
        for _ in range(REQUESTS):
            async with client.get(f"http://127.0.0.1:{port}/small") as answer:
                assert len(await answer.read()) == SMALL
        return REQUESTS / (time.perf_counter() - since)


async def main() -> None:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        made(folder / "large", SIZE)
        made(folder / "small", SMALL)
        server = Server(folder)
        await server.start()
        stack.push_async_callback(server.stop)
        process, port = await service(folder)
        await stack.enter_async_context(running(process))
        ways = {"the service itself": port, "rift": await behind(server, stack, port)}
        ways["rift by channels alone"] = await behind(server, stack, port, KEKS_NO_DIRECT="1")
        figures: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, way in ways.items():
                figures[name].append((await speed(way), await rate(way)))
    print("| way | MB/s, median | ratio | small answers a second | ratio |")
    print("| --- | --- | --- | --- | --- |")
    fast, often = (statistics.median(each) for each in zip(*figures["the service itself"], strict=True))
    for name, found in figures.items():
        megabytes, answers = (statistics.median(each) for each in zip(*found, strict=True))
        print(f"| {name} | {megabytes / 1e6:.0f} | {megabytes / fast:.2f} | {answers:.0f} | {answers / often:.2f} |")


if __name__ == "__main__":
    if sys.argv[1:]:
        serve(*sys.argv[1:])
    else:
        asyncio.run(main())
