# SPDX-License-Identifier: AGPL-3.0-only
"""A call goes on while one side changes its network [N15] [N17] [L8]."""

import asyncio
import os
import secrets
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.harness.person import Person
from tests.net.namespaces import Namespace, connect, forward
from tests.net.people import person_in_chromium
from tests.net.servers import SERVER, serve

MEMBER = Path(__file__).with_name("member.py")
KINDS = ("audio", "video")
CHANGES = {"soft": 6, "hard": 6, "spare": 2, "renumbered": 2}
"""For each kind of change, see `Mover.change`, how often it happens in a call."""
FILE_CHANGES = 2
FILE_BYTES = 12_000_000
RATE = ("rate", "24mbit", "burst", "64kb", "latency", "100ms")
"""So much that the file takes several seconds."""
MOST_STANDSTILL_SECONDS = {"soft": 10, "hard": 10, "spare": 10, "renumbered": 20}
"""Beyond the outage; channels wait twice as long each time before they try again. Before beats, it took 24 s."""
FLOWING_BYTES = 500_000
"""More than what is under way to the disk while the network changes."""
OUTAGE_SECONDS = 2
OUTAGES = {"soft": 0, "hard": OUTAGE_SECONDS, "spare": 0, "renumbered": 0}
"""How long there is no way, in seconds."""
MOST_SILENCE_MS = {"soft": 6_000, "hard": 6_000, "spare": 6_000, "renumbered": 9_000}
"""Beyond the outage; a browser may take three seconds to notice that it has another address. ICE alone took 18 s.

Renumbered, nothing goes until it has, and pictures wait for a whole one after that.
"""
WATCH = """() => {
    const watch = (kind, figure) => {
        const silence = { longest: 0, last: performance.now() };
        let count = 0;
        setInterval(async () => {
            const streams = await probe.streams("inbound-rtp", kind);
            const received = streams.reduce((sum, stream) => sum + stream[figure], 0);
            const now = performance.now();
            silence.longest = Math.max(silence.longest, now - silence.last);
            if (received !== count) [silence.last, count] = [now, received];
        }, 50);
        return silence;
    };
    globalThis.silences = { audio: watch("audio", "packetsReceived"), video: watch("video", "framesDecoded") };
}"""
FLOWS_AGAIN = "([kind, moved]) => silences[kind].last > moved + 300"
"""What came within a moment of the move may have been under way."""
READ = "(kind) => { const { longest } = silences[kind]; silences[kind].longest = 0; return longest; }"


@dataclass
class Mover:
    """A host with two ways to the public net, of which one is in use."""

    host: Namespace
    way: str = "way1"
    address: int = 2
    """The last part of the address that it has there."""

    async def bring_up(self, way: str) -> None:
        """Bring a way up with an address, and go on using the other one."""
        await self.host.run("ip", "link", "set", way, "up")
        await self.host.run("ip", "address", "replace", f"192.168.{way[-1]}.{self.address}/24", "dev", way)

    async def plug(self, way: str) -> None:
        """Bring a way up with an address, and use it."""
        self.way = way
        await self.bring_up(way)
        await self.host.run("ip", "route", "replace", "default", "via", f"192.168.{way[-1]}.1", "dev", way)

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


async def silence(person: Person, kind: str) -> float:
    """Wait until a kind of track comes over the new way; return its longest silence since the last time, in ms."""
    moved = await person.page.evaluate("() => performance.now()")
    await person.page.wait_for_function(FLOWS_AGAIN, arg=[kind, moved], timeout=60_000)
    return float(await person.page.evaluate(READ, kind))


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("kind", CHANGES)
async def test_call_goes_on_when_the_network_changes(tmp_path: Path, kind: str) -> None:
    room = secrets.token_hex(32)
    for name in ("ann", "bob"):
        (tmp_path / name).mkdir()
    async with (
        net(kind) as (public, mover, staying),
        serve(public, tmp_path),
        person_in_chromium("ann", mover.host, tmp_path / "ann") as ann,
        person_in_chromium("bob", staying, tmp_path / "bob") as bob,
    ):
        for person in (ann, bob):
            await person.join(SERVER, room)
            await person.press("Microphone")
            await person.press("Camera")
        for person, other in ((ann, "bob"), (bob, "ann")):
            await person.enable(other, "Camera")
        for person in (ann, bob):
            for track in KINDS:
                await person.expect_flowing(track)
            await person.page.evaluate(WATCH)
        silences = []
        for _ in range(CHANGES[kind]):
            await mover.change(kind)
            silences.append(await asyncio.gather(*(silence(each, track) for each in (ann, bob) for track in KINDS)))
        print(f"{kind}, silences in ms: {silences}")  # noqa: T201 (shown when the test fails)
        for each in silences:
            assert max(each) < OUTAGES[kind] * 1_000 + MOST_SILENCE_MS[kind]
        await ann.expect_people("bob")
        await bob.expect_people("ann")


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("deed", "kind"), [("offer", "soft"), ("take", "hard"), ("offer", "spare"), ("take", "renumbered")]
)
async def test_a_file_goes_on_when_the_network_changes(tmp_path: Path, deed: str, kind: str) -> None:
    """Of who offers it, or of who takes it."""
    offered, taken = tmp_path / "offered", tmp_path / "taken" / "it"
    offered.write_bytes(os.urandom(FILE_BYTES))
    taken.parent.mkdir()
    words = {"offer": offered, "take": taken}
    room = secrets.token_hex(32)
    async with net(kind) as (public, mover, staying), serve(public, tmp_path), asyncio.TaskGroup() as members:
        for way in ("to-a1", "to-a2", "to-b"):
            await public.run("tc", "qdisc", "add", "dev", way, "root", "tbf", *RATE)
        for way in ("way1", "way2"):
            await mover.host.run("tc", "qdisc", "add", "dev", way, "root", "tbf", *RATE)
        for each, path in words.items():
            host = mover.host if each == deed else staying
            members.create_task(run_member(host, each, room, path))
        silences = []
        for part in range(1, FILE_CHANGES + 1):
            await grown(taken.parent, FILE_BYTES * part // (FILE_CHANGES + 2))
            moving = asyncio.create_task(mover.change(kind))
            silences.append(await standstill(taken.parent, moving))
            await moving
        print(f"{kind} change of who would {deed}, standstills in s: {silences}")  # noqa: T201
    assert taken.read_bytes() == offered.read_bytes()
    assert max(silences) < OUTAGES[kind] + MOST_STANDSTILL_SECONDS[kind]


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
        while moved is None or size < moved + FLOWING_BYTES:
            await asyncio.sleep(0.02)
            now = time.monotonic()
            longest = max(longest, now - since)
            if (grown_to := size_in(folder)) != size:
                size, since = grown_to, now
            if moved is None and moving.done():
                moved = size
    return longest


async def run_member(host: Namespace, deed: str, room: str, path: Path) -> None:
    """Run a program that offers a file, or takes it, to its end."""
    words = host.command(sys.executable, MEMBER, deed, SERVER, room, path, "90")
    process = await asyncio.create_subprocess_exec(*words, stdout=PIPE)
    try:
        await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
