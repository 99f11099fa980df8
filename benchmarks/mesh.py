# SPDX-License-Identifier: AGPL-3.0-only
"""Measures what a page spends on the pictures of many, by how many of their tiles can be seen.

One headless browser, and programs that send recorded pictures of 160 by 90. What the browser's processes use of the
processor is told without what the programs use. With ``--share`` these processes are stopped for the rest of the time,
as if the device were that much slower. With ``--beside`` another version of keks-meet takes turns with this
one, in the same run. Printed, not asserted.
"""

import argparse
import asyncio
import contextlib
import os
import secrets
import signal
import statistics
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.async_api import Page, async_playwright

from benchmarks.time_to_sound import Version, serving
from tests.e2e.harness import browsers
from tests.e2e.harness.person import Person

RATE = 15
"""Pictures of each program in a second."""
SETTLING = 20
"""Seconds until what is not seen has been given up, and the rest flows evenly."""
HEIGHT = 800
PERIOD = 0.03
"""Seconds in which a slowed browser runs and is stopped once."""
ENOUGH = 10
"""Pictures in a second of a tile, below which it is no video any more."""
TICKS = os.sysconf("SC_CLK_TCK")
FRAMES = """() => Object.fromEntries([...document.querySelectorAll("article:not(.own) video")]
    .filter((video) => {
        const [people, tile] = [".people", "article"].map((of) => video.closest(of).getBoundingClientRect());
        const [top, bottom] = [Math.max(0, people.top), Math.min(innerHeight, people.bottom)];
        return tile.bottom > top + 1 && tile.top < bottom - 1;
    })
    .map((video) => {
        const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
        return [video.getAttribute("aria-label"), totalVideoFrames - droppedVideoFrames];
    }))"""
CAME = """async () => {
    const streams = await probe.streams("inbound-rtp", "video");
    return streams.reduce((sum, { packetsReceived }) => sum + packetsReceived, 0);
}"""


class Cost(NamedTuple):
    """What a page spends and shows: processors, packets a second, and pictures a second of the tiles that are seen."""

    processors: float
    packets: float
    seen: list[float]


def processor_seconds(root: int) -> float:
    """Return what a process and all below it have used of the processor until now."""
    used = 0.0
    for pid in family_of(root):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            used += (int(fields[11]) + int(fields[12])) / TICKS
    return used


def process_with(word: str) -> int:
    """Return the first process that was started with a word of one's own."""
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except (OSError, NotADirectoryError):
            continue
        if word.encode() in words and b"--type" not in b" ".join(words):
            return int(folder.name)
    raise ProcessLookupError(word)


def family_of(root: int) -> set[int]:
    """Return a process and all below it."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    family = {root}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return family


@contextlib.contextmanager
def slowed(root: int, share: float) -> Iterator[None]:
    """Let the processes below one run for a share of the time only."""
    ended = threading.Event()

    def signal_all(what: signal.Signals) -> None:
        for pid in family_of(root) - {root}:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, what)

    def hold_up() -> None:
        while not ended.wait(PERIOD * share):
            signal_all(signal.SIGSTOP)
            time.sleep(PERIOD * (1 - share))
            signal_all(signal.SIGCONT)

    thread = threading.Thread(target=hold_up)
    if share < 1:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        if share < 1:
            thread.join()


@asynccontextmanager
async def programs(version: Version, secret: str, count: int) -> AsyncIterator[None]:
    """Let so many programs send into a room."""
    words = ("-m", "benchmarks.mesh_programs", version.url, secret, str(count), str(RATE))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, *words, stdin=pipe, stdout=pipe)
    assert process.stdin
    assert process.stdout
    try:
        await process.stdout.readline()
        yield
    finally:
        process.stdin.close()
        await process.wait()


async def show(page: Page, count: int, visible: int) -> None:
    """Make the window so low, or so small, that so many tiles of programs are seen."""
    if visible < count:
        # One column, in which one's own tile comes first.
        await page.set_viewport_size({"width": 200, "height": HEIGHT})
        await page.evaluate(
            """(height) => {
                const people = document.querySelector(".people");
                people.style.cssText =
                    `position: fixed; inset: 0 0 auto; height: ${height}px; overflow: auto; margin: 0`;
            }""",
            visible * 82,
        )
        await page.evaluate("() => { document.querySelector('.people').scrollTop = 82; }")
    else:
        await page.set_viewport_size({"width": 1280, "height": HEIGHT})


class Wanted(NamedTuple):
    """What is measured: so many programs, tiles in view, seconds, and the share of the time that the browser runs."""

    programs: int
    visible: int
    seconds: float
    share: float


async def measure(version: Version, wanted: Wanted) -> Cost:
    """Let a page show the pictures of programs, and measure it once all is settled."""
    secret = f"Benchmark#{secrets.token_hex(32)}"
    mark = f"--mark={secrets.token_hex(8)}"
    async with async_playwright() as playwright, programs(version, secret, wanted.programs):
        browser = await browsers.launch(playwright, devices=[*browsers.FAKE_DEVICES, mark])
        viewer = await Person.arrive("viewer", browser)
        await viewer.open_room(version.url, secret)
        await viewer.page.evaluate("change_pref('optional_video_default_enable', true)")
        await viewer.page.reload()
        await viewer.expect_flowing("video", wanted.programs)
        await show(viewer.page, wanted.programs, wanted.visible)
        root = process_with(mark)
        with slowed(root, wanted.share):
            # Pictures are given up one after the other.
            await asyncio.sleep(SETTLING if wanted.share == 1 else 3 * SETTLING)
            cost = await spent(viewer.page, root, wanted.seconds)
        await browser.close()
    return cost


async def spent(page: Page, root: int, seconds: float) -> Cost:
    """Measure for some seconds."""
    frames, came, used = await page.evaluate(FRAMES), await page.evaluate(CAME), processor_seconds(root)
    await asyncio.sleep(seconds)
    then, came_then = await page.evaluate(FRAMES), await page.evaluate(CAME)
    seen = [(then[name] - before) / seconds for name, before in frames.items() if name in then]
    return Cost((processor_seconds(root) - used) / seconds, (came_then - came) / seconds, seen)


def tell(name: str, count: int, visible: int, cost: Cost) -> None:
    """Print a line."""
    enough = sum(rate >= ENOUGH for rate in cost.seen)
    middle, least = (statistics.median(cost.seen), min(cost.seen)) if cost.seen else (0, 0)
    print(
        f"{count:>8}{visible:>9}  {name:20}{cost.processors:>10.2f}{cost.packets:>12.0f}{middle:>10.1f}{least:>8.1f}"
        f"{enough:>8} of {len(cost.seen)}",
        flush=True,
    )


async def main() -> None:
    """Read the command line, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mesh")
    parser.add_argument("--programs", type=int, nargs="+", default=[10, 16])
    parser.add_argument("--visible", type=int, nargs="+", default=[16, 10, 5, 2])
    parser.add_argument("--seconds", type=float, default=10, help="of each measurement")
    parser.add_argument("--share", type=float, default=1, help="of the time that the browser may run, 0 to 1")
    parser.add_argument(
        "--beside", type=Path, metavar="CHECKOUT", help="another version, set up in a folder of its own"
    )
    given = parser.parse_args()
    checkouts = {"this version": Path(__file__).resolve().parents[1]}
    if given.beside is not None:
        checkouts[given.beside.name] = given.beside
    columns = f"{'programs':>8}{'visible':>9}  {'':20}{'CPUs':>10}{'packets/s':>12}{'median/s':>10}{'least/s':>8}"
    print(f"{columns}  at least {ENOUGH}/s")
    async with AsyncExitStack() as stack:
        versions = [await stack.enter_async_context(serving(name, each, 0)) for name, each in checkouts.items()]
        for count in given.programs:
            for visible in [each for each in given.visible if each <= count]:
                for version in versions:
                    wanted = Wanted(count, visible, given.seconds, given.share)
                    tell(version.name, count, visible, await measure(version, wanted))


if __name__ == "__main__":
    asyncio.run(main())
