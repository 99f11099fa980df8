# SPDX-License-Identifier: AGPL-3.0-only
"""Measures the time from opening a room's link to the first sound of somebody who speaks there already.

Two headless browsers, so that neither shares a process with the other. With ``--round-trip`` all that goes to the
server and back is delayed; with ``--beside`` another version of keks-meet takes turns with this one, in the same run.
Printed, not asserted.
"""

import argparse
import asyncio
import secrets
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from playwright.async_api import Browser, async_playwright

from tests.e2e.harness import browsers
from tests.e2e.harness.person import Person
from tests.e2e.harness.relay import Relay
from tests.e2e.harness.server import free_port

ROUNDS = 10
START_SECONDS = 20
WAITING = """([field, least]) => probe.until(async () => {
    const streams = await probe.streams("inbound-rtp", "audio");
    return streams.some((stream) => stream[field] > least);
}, 30_000)"""
FIRST_PACKET = ["packetsReceived", 0]
FIRST_SOUND = ["totalAudioEnergy", 1e-4]
"""Far above the noise that a receiver makes up of itself, far below a beep of the fake microphone."""


@dataclass(frozen=True)
class Version:
    """A version of keks-meet that is measured: its name, and where its server is reached."""

    name: str
    url: str


class Times(NamedTuple):
    """Seconds from opening the link to the first packet of sound, and to the first sound."""

    packet: float
    sound: float


@asynccontextmanager
async def serving(name: str, checkout: Path, round_trip: float) -> AsyncIterator[Version]:
    """Run the server of a checkout that is set up, behind a relay that makes the way as long as is wanted."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "server.toml"
        config.write_text(f'[server]\nbind = "127.0.0.1:{port}"\n')
        command = checkout / ".venv" / "bin" / "keks-meet-server"
        server = await asyncio.create_subprocess_exec(command, config, stdout=asyncio.subprocess.PIPE)
        try:
            assert server.stdout
            await asyncio.wait_for(server.stdout.readline(), START_SECONDS)
            async with Relay(port, delay=round_trip / 2) as relay:
                yield Version(name, relay.url)
        finally:
            server.terminate()
            await server.wait()


async def measure(browser: Browser, version: Version, secret: str, number: int) -> Times:
    """Open the link with an empty cache, and wait for somebody's sound."""
    listener = await Person.arrive(f"listener {number}", browser)
    began = time.perf_counter()
    await listener.open_room(version.url, secret)
    await expect_growth(listener, FIRST_PACKET)
    packet = time.perf_counter() - began
    await expect_growth(listener, FIRST_SOUND)
    sound = time.perf_counter() - began
    await listener.context.close()
    return Times(packet, sound)


async def expect_growth(listener: Person, threshold: list[object]) -> None:
    """Wait until a figure of an incoming stream is above its threshold."""
    if not await listener.page.evaluate(WAITING, threshold):
        raise TimeoutError(f"{threshold} was not passed")


async def compare(versions: list[Version], rounds: int) -> dict[str, list[Times]]:
    """Measure all versions in turn: what the machine does besides, it does to all."""
    times: dict[str, list[Times]] = {version.name: [] for version in versions}
    secret = f"Benchmark#{secrets.token_hex(32)}"
    async with async_playwright() as playwright:
        speaking, listening = [await browsers.launch(playwright) for _ in range(2)]
        for version in versions:
            speaker = await Person.arrive("speaker", speaking)
            await speaker.join(version.url, secret)
            await speaker.press("Microphone")
        for number in range(rounds):
            for version in versions:
                times[version.name].append(await measure(listening, version, secret, number))
        for browser in (speaking, listening):
            await browser.close()
    return times


def tell(times: dict[str, list[Times]], round_trip: float) -> None:
    """Print the medians, and how many times those of the other version they are."""
    print(f"From opening the link, {round_trip * 1000:.0f} ms to the server and back; medians in ms")
    print(f"{'':20}{'first packet':>14}{'first sound':>14}   (the fake microphone beeps twice a second)")
    medians = {name: Times(*map(statistics.median, zip(*each, strict=True))) for name, each in times.items()}
    for name, (packet, sound) in medians.items():
        print(f"{name:20}{packet * 1000:>14.0f}{sound * 1000:>14.0f}")
    if len(medians) > 1:
        this, other = medians.values()
        print(f"{'ratio':20}{this.packet / other.packet:>14.2f}{this.sound / other.sound:>14.2f}")


async def main() -> None:
    """Read the command line, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.time_to_sound")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--round-trip", type=float, default=0, metavar="MS", help="to the server and back")
    parser.add_argument(
        "--beside", type=Path, metavar="CHECKOUT", help="another version, set up in a folder of its own"
    )
    given = parser.parse_args()
    round_trip = given.round_trip / 1000
    checkouts = {"this version": Path(__file__).resolve().parents[1]}
    if given.beside is not None:
        checkouts[given.beside.name] = given.beside
    async with AsyncExitStack() as stack:
        versions = [
            await stack.enter_async_context(serving(name, checkout, round_trip)) for name, checkout in checkouts.items()
        ]
        times = await compare(versions, given.rounds)
    tell(times, round_trip)


if __name__ == "__main__":
    asyncio.run(main())
