# SPDX-License-Identifier: AGPL-3.0-only
"""Histories of clients while real nodes and their NATS are killed, stopped, cut off and started again [C1].

What a simulation cannot show is shown here: processes, sockets and a bus as they are. The same is done with one server.
Most of the time, everybody waits for something, so these worlds live side by side.
"""

import asyncio
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
import pytest

from tests.cluster.checker import Troubles, check
from tests.integration.cluster import Nats, running_nats
from tests.integration.conftest import Command
from tests.integration.people import People

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(400)]

ROOMS = ("red", "green", "blue", "white", "black")
LIMITS = "[limits]\njoins_per_second = 1000\nburst_joins = 100000\nconnections_per_address = 1000\n"
DISAGREEMENT = 5.5
"""Seconds: four, and what a busy machine takes."""
STOPPED = 10.0
FIREWALL = """
add table ip cut{seed}
add chain ip cut{seed} out {{ type filter hook output priority 0; }}
add rule ip cut{seed} out ip daddr {address} drop
add rule ip cut{seed} out ip saddr {address} drop
"""


class World:
    """Servers that break, and the people who use them."""

    def __init__(self, command: Command, people: People, nats: Nats | None, nodes: int, seed: int) -> None:
        self._command = command
        self._people = people
        self._nats = nats
        self._seed = seed
        self._random = Random(seed)  # noqa: S311
        self._servers: dict[str, Any] = {}
        self.failures: list[float] = []
        self.frozen: list[tuple[str, float, float]] = []
        for number in range(nodes):
            self._start(f"node {number}", "127.0.0.1:0")

    def _start(self, name: str, bind: str) -> None:
        """Each node reaches NATS by an address of its own, so that it can be cut off alone."""
        address = self._address(name)
        cluster = f'[cluster]\nnats = "nats://{address}:{self._nats.port}"\n' if self._nats else ""
        server = self._servers[name] = self._command.start(LIMITS + cluster, BIND=bind)
        self._people.places[name] = server.url

    def _address(self, name: str) -> str:
        return f"127.0.{self._seed}.1{name.rpartition(' ')[2]}"

    def _any(self) -> str:
        return self._random.choice(list(self._servers))

    @property
    def breakdowns(self) -> list[Callable[[], Awaitable[None]]]:
        """What happens, in an order of chance."""
        alone = [self.kill_a_node, self.stop_a_node]
        found = [*alone, self.kill_nats, self.stop_nats, self.cut_off_a_node, self.kill_a_node] if self._nats else alone
        self._random.shuffle(found)
        return found

    async def kill_a_node(self) -> None:
        name = self._any()
        server = self._servers[name]
        server.process.send_signal(signal.SIGKILL)
        self._failed()
        await asyncio.to_thread(server.process.wait, 10)
        server.process.stdout.close()
        self._command.running.remove(server)
        await self._people.act_for(3)
        await asyncio.to_thread(self._start, name, f"127.0.0.1:{server.port}")
        self._failed()

    async def stop_a_node(self) -> None:
        name = self._any()
        process = self._servers[name].process
        process.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        self._failed()
        await self._people.act_for(STOPPED)
        process.send_signal(signal.SIGCONT)
        self.frozen.append((name, began, time.monotonic()))
        self._failed()

    async def kill_nats(self) -> None:
        assert self._nats is not None
        self._nats.kill()
        self._failed()
        await self._people.act_for(self._random.choice([0.5, 6]))
        self._nats.start_again()
        self._failed()

    async def stop_nats(self) -> None:
        assert self._nats is not None
        self._nats.send(signal.SIGSTOP)
        self._failed()
        await self._people.act_for(5)
        self._nats.send(signal.SIGCONT)
        self._failed()

    async def cut_off_a_node(self) -> None:
        firewall(FIREWALL.format(seed=self._seed, address=self._address(self._any())))
        self._failed()
        await self._people.act_for(6)
        firewall(f"delete table ip cut{self._seed}")
        self._failed()

    def _failed(self) -> None:
        self.failures.append(time.monotonic())


def firewall(rules: str) -> None:
    subprocess.run(["/usr/sbin/nft", "-f", "-"], input=rules, text=True, check=True)


async def live_through(world: World, people: People) -> None:
    """Break everything, mend it, and judge what people have heard."""
    async with people.living():
        await people.act_for(4)
        for breakdown in world.breakdowns:
            await breakdown()
            await people.act_for(4)
        deadline = time.monotonic() + 40
        faults = ["not looked yet"]
        while faults and time.monotonic() < deadline:
            await asyncio.sleep(0.5)
            troubles = Troubles(DISAGREEMENT, world.failures, world.frozen)
            faults = check(people.histories, time.monotonic(), troubles, is_quiet=True)
        assert "\n".join(faults[:20]) == ""
    heard = sum(len(history.happenings) for history in people.histories)
    assert heard > 1000, "people talk"
    assert len(people.histories) > 20, "and come back"


async def test_histories_of_servers_that_break(
    pages: Path, tmp_path_factory: pytest.TempPathFactory, session: aiohttp.ClientSession
) -> None:
    """Of two clusters of three nodes, and of one server."""
    with ExitStack() as ending:
        async with asyncio.TaskGroup() as living:
            for seed, nodes in ((1, 3), (2, 3), (3, 1)):
                command = Command(pages, tmp_path_factory.mktemp("servers"), [])
                ending.callback(command.close)
                folder = tmp_path_factory.mktemp("nats")
                nats = ending.enter_context(running_nats(folder, address="0.0.0.0")) if nodes > 1 else None
                people = People(session, seed, ROOMS, 12)
                living.create_task(live_through(World(command, people, nats, nodes, seed), people))
