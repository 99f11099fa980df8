# SPDX-License-Identifier: AGPL-3.0-only
"""Measures what is made up of speech when packets are lost on the way, and how far behind it is heard.

Two headless browsers, and between them a way of 80 ms there and back. With ``--beside`` another version of keks-meet
takes turns with this one, in the same run. Printed, not asserted.
"""

import argparse
import asyncio
import secrets
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

from playwright.async_api import async_playwright

from benchmarks.time_to_sound import Version, serving
from tests.e2e.harness import browsers, sounds
from tests.e2e.harness.calls import Call
from tests.e2e.harness.lossy import Conditions, LossyWay

SECONDS = 30
DELAY = 0.04
WAYS = {
    "none": Conditions(delay=DELAY),
    "5 %": Conditions(delay=DELAY, loss=0.05),
    "10 %": Conditions(delay=DELAY, loss=0.1),
    "20 %": Conditions(delay=DELAY, loss=0.2),
    "10 %, three in a row": Conditions(delay=DELAY, loss=0.1, burst=3),
}
FIGURES = """async () => {
    const [stream] = await probe.streams("inbound-rtp", "audio");
    return [stream.bytesReceived, stream.jitterBufferDelay, stream.jitterBufferEmittedCount];
}"""


class Heard(NamedTuple):
    """What was heard: the part that was made up, kbit/s that came, and the seconds for which they were kept."""

    concealed: float
    rate: float
    wait: float


async def measure(version: Version, wav: Path, conditions: Conditions, seconds: int) -> Heard:
    """Begin a call on a good way, and measure from when it becomes another one."""
    microphone = f"--use-file-for-fake-audio-capture={wav}"
    devices = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", microphone]
    async with async_playwright() as playwright, LossyWay(Conditions(delay=DELAY)) as way:
        both = [await browsers.launch(playwright, devices=devices) for _ in range(2)]
        call = await Call.begin(both, way, version.url, f"Benchmark#{secrets.token_hex(32)}")
        way.conditions = conditions
        before = await call.bob.page.evaluate(FIGURES)
        concealed = await call.concealed(seconds)
        after = await call.bob.page.evaluate(FIGURES)
        came, waited, played = (now - then for now, then in zip(after, before, strict=True))
        for browser in both:
            await browser.close()
    return Heard(concealed, came * 8 / 1000 / seconds, waited / played)


def tell(loss: str, heard: dict[str, Heard]) -> None:
    """Print a line for each version, and how many times what this one makes up the other does."""
    for name, (concealed, rate, wait) in heard.items():
        print(f"{loss:22}{name:20}{concealed * 100:>11.2f} %{rate:>8.0f} kbit/s{wait * 1000:>8.0f} ms")
    if len(heard) > 1:
        this, other = heard.values()
        print(f"{'':22}{'ratio':20}{this.concealed / max(1e-4, other.concealed):>11.2f}{this.rate / other.rate:>10.2f}")


async def main() -> None:
    """Read the command line, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.loss")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="of speech for each line")
    parser.add_argument(
        "--beside", type=Path, metavar="CHECKOUT", help="another version, set up in a folder of its own"
    )
    given = parser.parse_args()
    checkouts = {"this version": Path(__file__).resolve().parents[1]}
    if given.beside is not None:
        checkouts[given.beside.name] = given.beside
    print(f"{'packets lost':22}{'':20}{'made up':>13}{'came':>15}{'kept':>11}   (speech, 80 ms there and back)")
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        wav = sounds.speech(folder / "speech.wav")
        versions = [await stack.enter_async_context(serving(name, each, 0)) for name, each in checkouts.items()]
        for loss, conditions in WAYS.items():
            tell(loss, {each.name: await measure(each, wav, conditions, given.seconds) for each in versions})


if __name__ == "__main__":
    asyncio.run(main())
