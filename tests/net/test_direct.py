# SPDX-License-Identifier: AGPL-3.0-only
"""Files, and a port, between two hosts that reach each other, and between two that do not [F14] to [F16]."""

import asyncio
import json
import os
import re
import secrets
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.net.namespaces import PUBLIC, Namespace, Network, connect, end, forward, made_network
from tests.net.programs import run_member
from tests.net.servers import SERVER, serve

RIFT = Path(sys.executable).with_name("rift")
SIZE = 48_000_000
SLOWED = ("--limit-rate", "8M")
"""So much that the file takes six seconds."""
PATIENCE = 60
BOTTLENECK = ("rate", "24mbit", "burst", "64kb", "latency", "100ms")
MOST_SECONDS = 12
"""Of 4 that a quarter of the file takes at least, as lost packets are sent again. With single beats it was 14 to 34."""
_TCP = "table ip keks {{ chain through {{ type filter hook forward priority filter; meta l4proto tcp {}; }}; }}"
"""What a router does with the TCP that it forwards."""


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


class Ends:
    """Who sends and who receives, each on a host of its own."""

    def __init__(self, network: Network, folder: Path, size: int = SIZE) -> None:
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


async def test_hosts_that_reach_each_other_use_tcp(tmp_path: Path) -> None:
    async with routed_network() as network, serve(network.public, tmp_path):
        assert [each["ways"] for each in await Ends(network, tmp_path).move()] == [["tcp"], ["tcp"]]


@pytest.mark.slow
async def test_hosts_behind_nat_use_the_channel(tmp_path: Path) -> None:
    async with made_network("port-preserving") as network, serve(network.public, tmp_path):
        assert [each["ways"] for each in await Ends(network, tmp_path).move()] == [["nat"], ["nat"]]


@pytest.mark.slow
async def test_tcp_that_gets_lost_in_the_middle(tmp_path: Path) -> None:
    """A router begins to drop it without a word; what goes over UDP goes on."""
    async with routed_network() as network, serve(network.public, tmp_path):
        router = network.public
        await router.run("nft", "-f", "-", text=_TCP.format("counter"))

        async def drop() -> None:
            # Nothing else that is TCP is forwarded, since the server is on the router itself.
            passed = 0
            while passed < SIZE // 8:
                await asyncio.sleep(0.05)
                [counted] = re.findall(r"bytes (\d+)", await router.run("nft", "list", "ruleset"))
                passed = int(counted)
            await router.run("nft", "-f", "-", text=f"flush ruleset; {_TCP.format('drop')}")

        summaries = await Ends(network, tmp_path).move(*SLOWED, meanwhile=drop)
        assert [each["ways"] for each in summaries] == [["tcp"], ["tcp"]]


@asynccontextmanager
async def narrow_network(folder: Path) -> AsyncIterator[Network]:
    """Two hosts, a server, and between them a router that lets little through and loses what its queue cannot hold."""
    async with routed_network() as network, serve(network.public, folder):
        for interface in ("to-0", "to-1"):
            await network.public.run("tc", "qdisc", "add", "dev", interface, "root", "tbf", *BOTTLENECK)
        yield network


@pytest.mark.slow
@pytest.mark.alone
async def test_a_file_does_not_stand_still_where_a_router_loses_packets(tmp_path: Path) -> None:
    """What the receiver says meanwhile does not hold up what is sent again: beats come in pairs [N17]."""
    async with narrow_network(tmp_path) as network:
        ends = Ends(network, tmp_path, size=SIZE // 4)
        for summary in await ends.move("--no-direct"):
            assert summary["seconds"] < MOST_SECONDS


@pytest.mark.slow
@pytest.mark.alone
async def test_a_port_does_not_stand_still_where_a_router_loses_packets(tmp_path: Path) -> None:
    """Single beats of the reader had it take 48 to 84 s, and more."""
    there, here, room = tmp_path / "there", tmp_path / "here", secrets.token_hex(32)
    there.write_bytes(os.urandom(SIZE // 4))
    async with narrow_network(tmp_path) as network, asyncio.TaskGroup() as members:
        leading = members.create_task(run_member(network, 0, "lead", room, there, PATIENCE))
        fetched = await run_member(network, 1, "fetch", room, here, PATIENCE)
        leading.cancel()
    assert here.read_bytes() == there.read_bytes()
    assert fetched["seconds"] < 2 * MOST_SECONDS
