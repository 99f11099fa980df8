# SPDX-License-Identifier: AGPL-3.0-only
"""A call goes on while one side changes its network [N15] [N17] [L8]."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.harness.person import Person
from tests.net.namespaces import Namespace, connect, forward
from tests.net.servers import SERVER, serve
from tests.net.test_firefox import person_in_chromium

CHANGES = 2
OUTAGE_SECONDS = 2
MOST_SILENCE_MS = 6_000
"""Beyond the outage; a browser may take three seconds to notice that it has another address. ICE alone took 18 s."""
WATCH = """(kind) => {
    globalThis.silence = { longest: 0, now: 0 };
    let [last, count] = [performance.now(), 0];
    setInterval(async () => {
        const streams = await probe.streams("inbound-rtp", kind);
        const received = streams.reduce((sum, { packetsReceived }) => sum + packetsReceived, 0);
        if (received !== count) [last, count] = [performance.now(), received];
        silence.now = performance.now() - last;
        silence.longest = Math.max(silence.longest, silence.now);
    }, 50);
}"""
FLOWS_AGAIN = "() => silence.longest > 500 && silence.now < 300"


@dataclass(frozen=True)
class Mover:
    """A host with two ways to the public net, of which one is in use."""

    host: Namespace

    async def plug(self, way: str) -> None:
        """Bring a way up with an address, and use it."""
        await self.host.run("ip", "link", "set", way, "up")
        await self.host.run("ip", "address", "replace", f"192.168.{way[-1]}.2/24", "dev", way)
        await self.host.run("ip", "route", "replace", "default", "via", f"192.168.{way[-1]}.1", "dev", way)

    async def unplug(self, way: str) -> None:
        """Take a way down, and its address away: nothing that went over it goes on."""
        await self.host.run("ip", "link", "set", way, "down")
        await self.host.run("ip", "address", "flush", "dev", way)

    async def move(self, old: str, new: str, outage: float) -> None:
        """Change from one way to the other, with no way for so many seconds, or both for a moment."""
        if outage:
            await self.unplug(old)
            await asyncio.sleep(outage)  # the outage itself
            await self.plug(new)
        else:
            await self.plug(new)
            await self.unplug(old)


@asynccontextmanager
async def net() -> AsyncIterator[tuple[Namespace, Mover, Namespace]]:
    """A public net, and two hosts on it: one that moves, and one that stays."""
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
        await mover.unplug("way2")
        await mover.plug("way1")
        yield public, mover, staying


async def silence(person: Person) -> float:
    """Wait until media come again after a silence; return how long it lasted, in milliseconds."""
    await person.page.wait_for_function(FLOWS_AGAIN, timeout=60_000)
    longest: float = await person.page.evaluate("() => silence.longest")
    await person.page.evaluate("() => { silence.longest = 0; }")
    return longest


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("outage", [0, OUTAGE_SECONDS], ids=["soft", "hard"])
@pytest.mark.parametrize(("button", "kind"), [("Microphone", "audio"), ("Camera", "video")], ids=["sound", "pictures"])
async def test_a_call_goes_on_when_the_network_changes(tmp_path: Path, outage: float, button: str, kind: str) -> None:
    room = secrets.token_hex(32)
    for name in ("ann", "bob"):
        (tmp_path / name).mkdir()
    async with (
        net() as (public, mover, staying),
        serve(public, tmp_path),
        person_in_chromium("ann", mover.host, tmp_path / "ann") as ann,
        person_in_chromium("bob", staying, tmp_path / "bob") as bob,
    ):
        for person in (ann, bob):
            await person.join(SERVER, room)
            await person.press(button)
        if kind == "video":
            await ann.enable("bob", button)
            await bob.enable("ann", button)
        for person in (ann, bob):
            await person.expect_flowing(kind)
            await person.page.evaluate(WATCH, kind)
        ways = ["way1", "way2"]
        silences = []
        for _ in range(CHANGES):
            await mover.move(ways[0], ways[1], outage)
            silences.append(await asyncio.gather(silence(ann), silence(bob)))
            ways.reverse()
        print(f"outage {outage} s, silences in ms: {silences}")  # noqa: T201 (shown when the test fails)
        for each in silences:
            assert max(each) < outage * 1_000 + MOST_SILENCE_MS
        await ann.expect_people("bob")
        await bob.expect_people("ann")
