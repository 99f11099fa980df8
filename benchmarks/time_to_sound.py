# SPDX-License-Identifier: AGPL-3.0-only
"""Measures the time from opening a room's link to the first sound of somebody who speaks there already.

Two headless browsers, so that neither shares a process with the other. Printed, not asserted.
"""

import asyncio
import secrets
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.e2e.harness import browsers
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server

ROUNDS = 10
WAITING = """([field, least]) => probe.until(async () => {
    const streams = await probe.streams("inbound-rtp", "audio");
    return streams.some((stream) => stream[field] > least);
}, 30_000)"""
FIRST_PACKET = ["packetsReceived", 0]
FIRST_SOUND = ["totalAudioEnergy", 1e-4]
"""Far above the noise that a receiver makes up of itself, far below a beep of the fake microphone."""


async def measure(browser: Browser, server: Server, secret: str, number: int) -> tuple[float, float]:
    """Seconds from opening the link to the first packet of sound, and to the first sound, with an empty cache."""
    listener = await Person.arrive(f"listener {number}", browser)
    began = time.perf_counter()
    await listener.open_room(server.url, secret)
    await expect_growth(listener, FIRST_PACKET)
    packet = time.perf_counter() - began
    await expect_growth(listener, FIRST_SOUND)
    sound = time.perf_counter() - began
    await listener.context.close()
    return packet, sound


async def expect_growth(listener: Person, threshold: list[object]) -> None:
    """Wait until a figure of an incoming stream is above its threshold."""
    if not await listener.page.evaluate(WAITING, threshold):
        raise TimeoutError(f"{threshold} was not passed")


async def main(rounds: int) -> None:
    """Print one line for each round, and the medians."""
    secret = f"Benchmark#{secrets.token_hex(32)}"
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        await server.start()
        async with async_playwright() as playwright:
            speaking_browser, listening_browser = [await browsers.launch(playwright) for _ in range(2)]
            speaker = await Person.arrive("speaker", speaking_browser)
            await speaker.join(server.url, secret)
            await speaker.press("Microphone")
            times = [await measure(listening_browser, server, secret, number) for number in range(rounds)]
            for browser in (speaking_browser, listening_browser):
                await browser.close()
        await server.stop()
    print("From opening the link, in ms   first packet   first sound (the fake microphone beeps twice a second)")
    for number, (packet, sound) in enumerate(times, 1):
        print(f"  round {number:>2}                     {packet * 1000:>12.0f}  {sound * 1000:>12.0f}")
    medians = [statistics.median(column) * 1000 for column in zip(*times, strict=True)]
    print(f"  median                       {medians[0]:>12.0f}  {medians[1]:>12.0f}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
