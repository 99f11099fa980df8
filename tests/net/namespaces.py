# SPDX-License-Identifier: AGPL-3.0-only
"""Hosts, routers and the net between them, each a network namespace of its own that no file system knows of.

Works for root, and in a user namespace where one is root (`unshare --map-root-user`). What one process starts here ends
with it: every namespace lives for as long as a `cat` in it, which ends when its standard input does.
"""

import asyncio
import contextlib
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Literal, Self

from msgspec import Struct

from tests.deploy.machine import UNSHARE

Nat = Literal["symmetric", "port-preserving"]
"""The first gives a connection to another address another port, so that what STUN tells is of no use."""

PUBLIC = "198.51.100.1"
"""Where servers are."""
START_SECONDS = 20
END_SECONDS = 10

_RULES = """
table ip keks {{
  chain translate {{
    type nat hook postrouting priority srcnat
    oifname "wan" masquerade {mapping}
  }}
  chain through {{
    type filter hook forward priority filter; policy drop
    ct state established,related accept
    {through}
  }}
  chain here {{
    type filter hook input priority filter; policy drop
    ct state established,related accept
    iifname "lan" accept
  }}
}}
"""
"""Dropping what nobody asked for also keeps it from taking the port of what is asked for a moment later."""
_MAPPINGS = {"symmetric": "fully-random", "port-preserving": ""}
EVERYTHING = ("",)
"""What routers let out to others, as nft matches it: all of it."""


class Namespace:
    """One machine, as its processes see it."""

    hosts: Path | None = None
    """What its programs read in place of /etc/hosts."""

    def __init__(self, holder: Process) -> None:
        """Take over the process that holds it; see `make`."""
        self._holder = holder

    @classmethod
    async def make(cls) -> Self:
        """Make one with nothing but a loopback interface."""
        hold = "ip link set lo up && echo made && exec cat"
        holder = await asyncio.create_subprocess_exec("unshare", "--net", "sh", "-c", hold, stdin=PIPE, stdout=PIPE)
        assert holder.stdout
        assert await holder.stdout.readline() == b"made\n", "no network namespace can be made here"
        return cls(holder)

    @property
    def pid(self) -> int:
        """The process that it can be named by."""
        return self._holder.pid

    def command(self, *words: str | Path) -> list[str | Path]:
        """A command that runs there."""
        named: tuple[str | Path, ...] = (*UNSHARE, self.hosts) if self.hosts else ()
        return ["nsenter", f"--target={self.pid}", "--net", "--", *named, *words]

    async def run(self, *words: str, text: str = "") -> str:
        """Run a command there to its end; return what it prints."""
        process = await asyncio.create_subprocess_exec(*self.command(*words), stdin=PIPE, stdout=PIPE, stderr=PIPE)
        printed, said = await process.communicate(text.encode())
        assert process.returncode == 0, f"{' '.join(words)}: {said.decode()}"
        return printed.decode()

    async def end(self) -> None:
        """End it; what still runs in it keeps it until it ends."""
        async with asyncio.timeout(END_SECONDS):
            await self._holder.communicate(b"")  # closes its standard input


class Network(Struct):
    """Two hosts that reach the public net through a router each, and each other through nothing else."""

    public: Namespace
    hosts: tuple[Namespace, Namespace]


@asynccontextmanager
async def made_network(nat: Nat, through: Sequence[str] = EVERYTHING) -> AsyncIterator[Network]:
    """Make all five, connect them, and take them down in the end. Routers let out only what is ``through``."""
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(5):
            made.append(await Namespace.make())
            stack.push_async_callback(made[-1].end)
        public, router_a, router_b, host_a, host_b = made
        await forward(public)
        rules = _RULES.format(
            mapping=_MAPPINGS[nat], through="\n    ".join(f'iifname "lan" {each} accept' for each in through)
        )
        await _connect(public, router_a, host_a, rules, ("to-a", "198.51.100", "192.168.1"))
        await _connect(public, router_b, host_b, rules, ("to-b", "203.0.113", "192.168.2"))
        # A real net loses what is sent to private addresses, and so does the first router here. No way to them would be
        # an error instead, at which coturn ends the allocation of whoever tried.
        await public.run("ip", "route", "add", "default", "via", "198.51.100.2")
        yield Network(public, (host_a, host_b))


async def _connect(
    public: Namespace, router: Namespace, host: Namespace, rules: str, names: tuple[str, str, str]
) -> None:
    """Put a router and a host behind it onto the public net."""
    port, outside, inside = names
    await connect(public, f"{port} {outside}.1/24", router, f"wan {outside}.2/24")
    await connect(router, f"lan {inside}.1/24", host, f"lan {inside}.2/24")
    await router.run("ip", "route", "add", "default", "via", f"{outside}.1")
    await host.run("ip", "route", "add", "default", "via", f"{inside}.1")
    await forward(router)
    await router.run("nft", "-f", "-", text=rules)


async def connect(one: Namespace, one_end: str, other: Namespace, other_end: str) -> None:
    """Join two by a cable; its ends are given as name and address."""
    (one_name, one_address), (other_name, other_address) = one_end.split(), other_end.split()
    peer = ["peer", "name", other_name, "netns", str(other.pid)]
    await one.run("ip", "link", "add", one_name, "type", "veth", *peer)
    for each, name, address in ((one, one_name, one_address), (other, other_name, other_address)):
        await each.run("ip", "address", "add", address, "dev", name)
        await each.run("ip", "link", "set", name, "up")


async def forward(router: Namespace) -> None:
    """Let a namespace pass on what is for others."""
    for setting in ("ipv4/ip_forward", "ipv6/conf/all/forwarding"):
        await router.run("sh", "-c", f"echo 1 > /proc/sys/net/{setting}")


async def end(process: Process) -> None:
    """Kill a process if it still runs, and read what it has said: before, asyncio does not tell that it has ended."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    async with asyncio.timeout(END_SECONDS):
        await process.communicate()


class Service:
    """A program that runs in a namespace until it is stopped."""

    def __init__(self, process: Process) -> None:
        """Take over the process; see `start`."""
        self._process = process
        self._log: asyncio.Task[bytes] | None = None

    @classmethod
    async def start(cls, where: Namespace, *words: str | Path, ready: bytes) -> "Service":
        """Start it, and wait until it prints a line with ``ready`` in it."""
        process = await asyncio.create_subprocess_exec(
            *where.command(*words), stdin=DEVNULL, stdout=PIPE, stderr=STDOUT
        )
        service = cls(process)
        try:
            await service._wait_for(ready)
        except BaseException:
            await service.stop()
            raise
        return service

    async def _wait_for(self, ready: bytes) -> None:
        output = self._process.stdout
        assert output
        said = b""
        async with asyncio.timeout(START_SECONDS):
            while ready not in said:
                line = await output.readline()
                assert line, f"it ended: {said.decode()}"
                said += line
        # What it says from now on must not fill the pipe.
        self._log = asyncio.create_task(output.read())

    async def stop(self) -> None:
        """End it as a service manager would."""
        if self._process.returncode is None:
            self._process.terminate()
        async with asyncio.timeout(END_SECONDS):
            await self._process.wait()
            if self._log:
                await self._log
