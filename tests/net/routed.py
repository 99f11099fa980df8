# SPDX-License-Identifier: AGPL-3.0-only
"""Two hosts that reach each other through a router, and rift between them."""

import asyncio
import json
import os
import secrets
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from tests.net.namespaces import PUBLIC, Namespace, Network, connect, end, forward
from tests.net.servers import SERVER, serve

RIFT = Path(sys.executable).with_name("rift")
PATIENCE = 60


@asynccontextmanager
async def routed_network() -> AsyncIterator[Network]:
    """Two hosts with a router between them that changes nothing, and has the server."""
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(3):
            made.append(await Namespace.make())
            stack.push_async_callback(made[-1].end)
        public, *hosts = made
        await forward(public)
        for number, host in enumerate(hosts):
            net = f"10.0.{number}"
            await connect(public, f"to-{number} {net}.1/24", host, f"wan {net}.2/24")
            await host.run("ip", "route", "add", "default", "via", f"{net}.1")
        await public.run("ip", "address", "add", f"{PUBLIC}/32", "dev", "lo")
        yield Network(public, (hosts[0], hosts[1]))


@asynccontextmanager
async def narrow_network(folder: Path, rate: str, queue: str) -> AsyncIterator[Network]:
    """Two hosts and a server, and a router that lets through so much, as `tc` says it, and loses the rest.

    ``queue`` is for how long a packet may wait there.
    """
    async with routed_network() as network, serve(network.public, folder):
        for interface in ("to-0", "to-1"):
            limits = ("rate", rate, "burst", "64kb", "latency", queue)
            await network.public.run("tc", "qdisc", "add", "dev", interface, "root", "tbf", *limits)
        yield network


class Ends:
    """Who sends and who receives, each on a host of its own."""

    def __init__(self, network: Network, folder: Path, size: int) -> None:
        """Make the file, of ``size`` bytes, in a folder."""
        self._network = network
        self._folder = folder
        self._secret = secrets.token_hex(32)
        self.content = os.urandom(size)

    async def move(self, *options: str, meanwhile: Any = None) -> list[dict[str, Any]]:
        """Move the file; return the summaries of both. ``meanwhile`` is done as soon as both have started."""
        source, target = self._folder / "offered", self._folder / "taken"
        source.write_bytes(self.content)
        sender = await self._rift(0, "send", source, "--one-file", *options)
        receiver = await self._rift(1, "receive", target, "--one-file")
        try:
            async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
                told = [group.create_task(self._heard(each)) for each in (sender, receiver)]
                if meanwhile:
                    await meanwhile()
        finally:
            await asyncio.gather(end(sender), end(receiver))
        assert target.read_bytes() == self.content
        return [next(event for event in task.result() if event["event"] == "summary") for task in told]

    async def _rift(self, number: int, *words: str | Path) -> Process:
        environment = os.environ | {
            "KEKS_SIGNALING_URI": SERVER,
            "KEKS_SECRET": self._secret,
            "KEKS_IDENTITY_SCOPE": "visit",
        }
        command = self._network.hosts[number].command(RIFT, *words, "--json")
        return await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=PIPE, env=environment)

    async def _heard(self, process: Process) -> list[dict[str, Any]]:
        assert process.stdout
        told = [json.loads(line) async for line in process.stdout]
        assert await process.wait() == 0, told
        return told
