# SPDX-License-Identifier: AGPL-3.0-only
"""Whose machine slept is there again [L2] [L5]: every process of a browser is stopped for a while, and goes on."""

import asyncio
import contextlib
import os
import re
import signal
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.conftest import Arrive, LaunchBrowser, MakeServer

AGAIN_MS = 3_000
"""The time from waking until others see the sleeper again."""
SLEEP_SECONDS = 25
GONE_MS = 60_000
"""More than twice the time that a member waits for one whom the server has given up (L5)."""
CONNECTED = re.compile("^connected")
VOLUME = "0.25"


@contextlib.asynccontextmanager
async def asleep(browser: Browser) -> AsyncIterator[None]:
    """Every process of a browser is stopped, and goes on in the end: nothing else could ever close it."""
    session = await browser.new_browser_cdp_session()
    processes = [process["id"] for process in (await session.send("SystemInfo.getProcessInfo"))["processInfo"]]
    try:
        _send(signal.SIGSTOP, processes)
        yield
    finally:
        _send(signal.SIGCONT, processes)


def _send(number: signal.Signals, processes: list[int]) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):  # some come and go by themselves
            os.kill(process, number)


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(150)
@pytest.mark.parametrize("is_gone", [False, True], ids=["briefly", "until it has left"])
async def test_who_sleeps_comes_back(
    launch: LaunchBrowser, arrive: Arrive, make_server: MakeServer, secret: str, is_gone: bool
) -> None:
    server = await make_server(**({"limits": {"heartbeat_seconds": 1.0}} if is_gone else {}))
    sleeping = await launch()
    alice, bob = await arrive("alice", sleeping), await arrive("bob")
    for person in (alice, bob):
        await person.join(server.url, secret)
        await person.press("Microphone")
    await alice.press("Camera")
    await bob.enable("alice", "Camera")
    for kind in ("audio", "video"):
        await bob.expect_flowing(kind)
    await bob.button(bob.tile("alice"), "Pin").click()
    await bob.tile("alice").get_by_role("slider", name="Volume of alice").fill(VOLUME)
    state = bob.tile("alice").locator(".state")
    async with asleep(sleeping):
        if is_gone:
            await expect(bob.tile("alice")).to_have_count(0, timeout=GONE_MS)
        else:
            await asyncio.sleep(SLEEP_SECONDS)  # the sleep itself
            await expect(state).not_to_have_text(CONNECTED)
    await expect(state).to_have_text(CONNECTED, timeout=AGAIN_MS)
    for person in (alice, bob):
        await person.expect_flowing("audio")
    await bob.expect_flowing("video")
    await expect(bob.tile("alice").get_by_role("slider", name="Volume of alice")).to_have_value(VOLUME)
    await expect(bob.button(bob.tile("alice"), "Pin")).to_have_attribute("aria-pressed", "true")
