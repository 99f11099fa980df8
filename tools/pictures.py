# SPDX-License-Identifier: AGPL-3.0-only
"""Takes pictures of the pages, on a desk and on a phone, into `tests/e2e/pictures/`, for `make pictures`.

A picture of a call is taken when every video in it plays. `python -m tools.pictures test-desktop room-2-*` takes some
alone, by the names of their files without the theme, and leaves the others as they are.
"""

import asyncio
import json
import secrets
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, async_playwright, expect

from tests.e2e.harness import browsers
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server

Job = Callable[[], Awaitable[None]]
FOLDER = Path(__file__).resolve().parent.parent / "tests/e2e/pictures"
SCREENS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
    "sideways": {
        "viewport": {"width": 844, "height": 390},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}
THEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
PORTRAITS = Path(__file__).with_name("portraits.js")
PATIENCE_MS = 120_000
NAMES = ("Ada", "Grace", "Hedy", "Radia", "Joan", "Mary", "Annie")
TRIED = """() => [...document.querySelectorAll(".step")].every((step) => !step.matches(".waiting, .running"))"""
ALL_PLAY = """([count, width]) => {
    const videos = [...document.querySelectorAll("video")];
    return videos.length === count && videos.every((video) => video.videoWidth >= width && video.currentTime > 0.5);
}"""
SHARP_WIDTH = 900
"""Of the pictures of few, once their encoders have found out what the way carries."""
FEW = 2


async def picture_start(browser: Browser, server: Server, screen: str) -> None:
    """The start page."""
    person = await Person.arrive("Me", browser, reduced_motion="reduce", **SCREENS[screen])
    await person.page.goto(server.url)
    await expect(person.page.get_by_role("textbox", name="Room name")).to_be_visible()
    await take(person, f"start-{screen}")


async def picture_test(browser: Browser, server: Server, screen: str) -> None:
    """The test of a connection, when all but the question about the tone is settled."""
    me = await Person.arrive("Me", browser, reduced_motion="reduce", **SCREENS[screen])
    await me.context.add_init_script("globalThis.portrait = 0;")
    await me.context.add_init_script(path=PORTRAITS)
    await me.page.goto(f"{server.url}/test")
    await me.page.get_by_role("button", name="Start the test").click()
    await me.page.wait_for_function(TRIED)
    await take(me, f"test-{screen}")


async def picture_room(browser: Browser, server: Server, screen: str, people: int) -> None:
    """A call of so many people, oneself included, who all share their camera; two of them speak."""
    secret = f"Kitchen table#{secrets.token_hex(32)}"
    me = await Person.arrive("Katherine", browser, reduced_motion="reduce", **SCREENS[screen])
    others = [await Person.arrive(name, browser) for name in NAMES[: people - 1]]
    for number, person in enumerate((me, *others)):
        shown = json.dumps({"portrait": number, "isCrowd": people > FEW})
        await person.context.add_init_script(f"Object.assign(globalThis, {shown});")
        await person.context.add_init_script(path=PORTRAITS)
        person.context.set_default_timeout(PATIENCE_MS)
        await person.join(server.url, secret)
        if people > FEW:  # A machine that does what all of them would do has less to encode.
            await person.page.evaluate("change_pref('video_upload_limit', 1000); change_pref('rnnoise', false)")
        await person.press("Camera")
        if number < FEW:  # Each microphone is encoded once for everybody else.
            await person.press("Microphone")
    for other in others:
        await me.enable(other.name, "Camera")
    width = SHARP_WIDTH if people <= FEW else 1
    await me.page.wait_for_function(ALL_PLAY, arg=[people, width], timeout=PATIENCE_MS)
    await expect(me.page.get_by_role("status")).to_be_empty()
    await take(me, f"room-{people}-{screen}")
    for other in others:
        await other.context.close()


async def take(person: Person, name: str) -> None:
    """Take pictures of what the screen shows, and of all of the page where that is more, in both themes; then leave."""
    page = person.page
    await page.mouse.move(0, 0)
    await page.evaluate("scrollTo(0, 0)")
    for theme in THEMES:
        await page.emulate_media(color_scheme=theme)
        await page.screenshot(path=FOLDER / f"{name}-{theme}.png")
        if await page.evaluate("document.documentElement.scrollHeight > innerHeight + 1"):
            await page.screenshot(path=FOLDER / f"{name}-{theme}-whole.png", full_page=True)
    await person.context.close()


def jobs(browser: Browser, server: Server) -> dict[str, Job]:
    """What takes each picture, by its name."""
    found: dict[str, Job] = {}
    for screen in SCREENS:
        found[f"start-{screen}"] = partial(picture_start, browser, server, screen)
        found[f"test-{screen}"] = partial(picture_test, browser, server, screen)
        for people in (1, 2, 8):
            found[f"room-{people}-{screen}"] = partial(picture_room, browser, server, screen, people)
    return found


async def main(wanted: Sequence[str]) -> None:
    """Take pictures anew: those whose names fit a pattern, or all."""
    expect.set_options(timeout=PATIENCE_MS)
    if not wanted:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        await server.start()
        async with async_playwright() as playwright:
            browser = await browsers.launch(playwright)
            for name, take_it in jobs(browser, server).items():
                if not wanted or any(fnmatch(name, pattern) for pattern in wanted):
                    await take_it()
            await browser.close()
        await server.stop()
    print("\n".join(str(path) for path in sorted(FOLDER.glob("*.png"))))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
