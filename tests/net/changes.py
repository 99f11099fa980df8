# SPDX-License-Identifier: AGPL-3.0-only
"""Hosts that change their network in the middle of a call, and how long nothing comes then."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.e2e.harness.person import Person
from tests.net.namespaces import Namespace, connect, forward

KINDS = ("audio", "video")
OUTAGE_SECONDS = 2
WATCH = """(() => {
    const watch = (kind, figure) => {
        const silence = { longest: 0, last: performance.now() };
        let [count, present, looked] = [0, 0, performance.now()];
        const look = async () => {
            const streams = await probe.streams("inbound-rtp", kind);
            const received = streams.reduce((sum, stream) => sum + stream[figure], 0);
            const now = performance.now();
            present += Math.min(now - looked, 200);
            looked = now;
            silence.longest = Math.max(silence.longest, present);
            if (received !== count) [silence.last, count, present] = [now, received, 0];
            setTimeout(look, 50);
        };
        void look();
        return silence;
    };
    globalThis.silences = { audio: watch("audio", "packetsReceived"), video: watch("video", "framesDecoded") };
})()"""
"""A page that stands still itself does not know what comes meanwhile: of that time, it counts a fifth of a second."""
FLOWS_AGAIN = "silences.{kind}.last > {moved} + 300"
"""What came within a moment of the move may have been under way."""
READ = "(() => {{ const {{ longest }} = silences.{kind}; silences.{kind}.longest = 0; return longest; }})()"
PATIENCE_SECONDS = 60

Evaluate = Callable[[str], Awaitable[Any]]
"""How a script is run in somebody's page, whatever the browser."""


@dataclass
class Mover:
    """A host with two ways to the public net, of which one is in use."""

    host: Namespace
    way: str = "way1"
    address: int = 2
    """The last part of the address that it has there."""

    def address_on(self, way: str) -> str:
        """The address that the host has on a way, with the length of its net."""
        return f"192.168.{way[-1]}.{self.address}/24"

    def router_on(self, way: str) -> str:
        """Who leads from there to all others."""
        return f"192.168.{way[-1]}.1"

    async def bring_up(self, way: str) -> None:
        """Bring a way up with an address, and go on using the other one."""
        await self.host.run("ip", "link", "set", way, "up")
        await self.host.run("ip", "address", "replace", self.address_on(way), "dev", way)

    async def plug(self, way: str) -> None:
        """Bring a way up with an address, and use it."""
        self.way = way
        await self.bring_up(way)
        await self.host.run("ip", "route", "replace", "default", "via", self.router_on(way), "dev", way)

    async def unplug(self, way: str) -> None:
        """Take a way down, and its address away: nothing that went over it goes on."""
        await self.host.run("ip", "link", "set", way, "down")
        await self.host.run("ip", "address", "flush", "dev", way)

    async def change(self, kind: str) -> None:
        """Change to the other way, which is there a moment before (soft), after an outage (hard), or always (spare).

        Renumbered, the host keeps its way and gets another address there.
        """
        old, new = self.way, "way2" if self.way == "way1" else "way1"
        if kind == "renumbered":
            self.address = 5 - self.address
            await self.host.run("ip", "address", "flush", "dev", old)
            await self.plug(old)
        elif kind == "hard":
            await self.unplug(old)
            await asyncio.sleep(OUTAGE_SECONDS)  # the outage itself
            await self.plug(new)
        elif kind == "spare":
            await self.unplug(old)
            await self.plug(new)
            await self.bring_up(old)
        else:
            await self.plug(new)
            await self.unplug(old)


@asynccontextmanager
async def net(kind: str) -> AsyncIterator[tuple[Namespace, Mover, Namespace]]:
    """A public net, and two hosts on it: one that will move in this manner, and one that stays."""
    async with AsyncExitStack() as stack:
        made = []
        for _ in range(3):
            made.append(await Namespace.make())
            stack.push_async_callback(made[-1].end)
        public, moving, staying = made
        await forward(public)
        await public.run("ip", "address", "add", "198.51.100.1/32", "dev", "lo")
        for way in ("1", "2"):
            await connect(public, f"to-a{way} 192.168.{way}.1/24", moving, f"way{way} 192.168.{way}.2/24")
        await connect(public, "to-b 203.0.113.1/24", staying, "lan 203.0.113.2/24")
        await staying.run("ip", "route", "add", "default", "via", "203.0.113.1")
        mover = Mover(moving)
        if kind != "spare":
            await mover.unplug("way2")
        await mover.plug("way1")
        yield public, mover, staying


async def silence(evaluate: Evaluate, kind: str) -> float:
    """Wait until a kind of track comes over the new way; return its longest silence since the last time, in ms."""
    moved = await evaluate("performance.now()")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await evaluate(FLOWS_AGAIN.format(kind=kind, moved=moved)):
            await asyncio.sleep(0.05)
    return float(await evaluate(READ.format(kind=kind)))


async def talk(ann: Person, bob: Person, server: str, room: str, tracks: Sequence[str] = KINDS) -> None:
    """Have two meet, who hear and see each other, or only one of it, and watch over what comes from now on."""
    for person in (ann, bob):
        await person.join(server, room)
        if "audio" in tracks:
            await person.press("Microphone")
        await person.press("Camera")
    for person, other in ((ann, "bob"), (bob, "ann")):
        await person.enable(other, "Camera")
    for person in (ann, bob):
        for track in tracks:
            await person.expect_flowing(track)
        await person.page.evaluate(WATCH)


async def silences_of(*pages: Evaluate, tracks: Sequence[str] = KINDS) -> dict[str, list[float]]:
    """Wait until all comes over the new way; return the longest silence of each page by kind of track, in ms."""
    async with asyncio.TaskGroup() as group:
        found = {track: [group.create_task(silence(each, track)) for each in pages] for track in tracks}
    return {track: [task.result() for task in tasks] for track, tasks in found.items()}


async def silences_in(
    mover: Mover, kind: str, changes: int, *pages: Evaluate, tracks: Sequence[str] = KINDS
) -> list[dict[str, list[float]]]:
    """Change the network so often, each time once all comes again; return what `silences_of` tells of each change."""
    found = []
    for _ in range(changes):
        await mover.change(kind)
        found.append(await silences_of(*pages, tracks=tracks))
    print(f"{kind} changes, silences in ms: {found}")  # noqa: T201 (shown when the test fails)
    return found
