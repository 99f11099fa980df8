# SPDX-License-Identifier: AGPL-3.0-only
"""Whose machine slept is there again [L2] [L5]: every process of a browser is stopped for a while, and goes on."""

import asyncio
import os
import re
import signal

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.conftest import Arrive, LaunchBrowser
from tests.e2e.harness.server import Server

AGAIN_MS = 3_000
"""The time from waking until others see the sleeper again."""
SLEEP_SECONDS = 25
CONNECTED = re.compile("^connected")
VOLUME = "0.25"


async def _processes(browser: Browser) -> list[int]:
    session = await browser.new_browser_cdp_session()
    return [process["id"] for process in (await session.send("SystemInfo.getProcessInfo"))["processInfo"]]


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("is_gone", [False, True], ids=["briefly", "until it has left"])
async def test_who_sleeps_comes_back(
    launch: LaunchBrowser, arrive: Arrive, server: Server, secret: str, is_gone: bool
) -> None:
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
    processes = await _processes(sleeping)
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    state = bob.tile("alice").locator(".state")
    if is_gone:
        await expect(bob.tile("alice")).to_have_count(0, timeout=70_000)
    else:
        await asyncio.sleep(SLEEP_SECONDS)  # the sleep itself
        await expect(state).not_to_have_text(CONNECTED)
    for process in processes:
        os.kill(process, signal.SIGCONT)
    await expect(state).to_have_text(CONNECTED, timeout=AGAIN_MS)
    for person in (alice, bob):
        await person.expect_flowing("audio")
    await bob.expect_flowing("video")
    await expect(bob.tile("alice").get_by_role("slider", name="Volume of alice")).to_have_value(VOLUME)
    await expect(bob.button(bob.tile("alice"), "Pin")).to_have_attribute("aria-pressed", "true")
