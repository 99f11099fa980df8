# SPDX-License-Identifier: AGPL-3.0-only
"""What one shares, the others see and hear."""

import os
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Arrive, LaunchBrowser, Meet
from tests.e2e.harness import browsers
from tests.e2e.harness.files import expect_whole, offer, start_download
from tests.e2e.harness.server import Server

WATCH_SPEAKING = """() => {
    globalThis.spoken = 0;
    const look = () => { spoken += document.querySelectorAll(".own.speaking").length; };
    new MutationObserver(look).observe(document, { subtree: true, attributes: true });
}"""


async def test_camera_is_seen(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await bob.expect_state("alice", "nothing shared yet")
    await alice.press("Camera")
    await bob.enable("alice", "Camera")
    await bob.expect_flowing("video")
    await bob.expect_state("alice", "connected, direct")
    await expect(bob.tile("alice").locator("video")).to_be_visible()


async def test_stream_in_the_place_of_another_is_shown_under_its_own_name(meet: Meet) -> None:
    """It takes the media section of what was shared before, and keeps its name whatever is shared after [N10]."""
    alice, bob = await meet("alice", "bob")
    await alice.press("Camera")
    await bob.enable("alice", "Camera")
    await bob.expect_flowing("video")
    await alice.stop_sharing("Camera")
    await expect(bob.tile("alice").locator("video")).to_have_count(0)
    await alice.press("Screen")
    await bob.enable("alice", "Screen")
    await alice.press("Microphone")
    await bob.expect_flowing("audio")
    await alice.press("Camera")
    await bob.enable("alice", "Camera")
    await bob.expect_flowing("video", 2)
    for picture in ("Screen of alice", "Camera of alice"):
        await expect(bob.tile("alice").get_by_label(picture, exact=True).locator("video")).to_be_visible()
    await expect(bob.tile("alice").get_by_text("starting…")).to_have_count(0)


@pytest.mark.slow
async def test_whole_browser_makes_no_difference(
    arrive: Arrive, browser_with: LaunchBrowser, server: Server, secret: str, tmp_path: Path
) -> None:
    """With all that people have around the page, others see and hear them, and what they download is stored."""
    alice = await arrive("alice", await browser_with(executable=browsers.WHOLE_CHROMIUM))
    bob = await arrive("bob", await browser_with(executable=browsers.WHOLE_CHROMIUM))
    for person in (alice, bob):
        await person.join(server.url, secret)
    for control in ("Camera", "Screen", "Microphone"):
        await alice.press(control)
    for control in ("Camera", "Screen"):
        await bob.enable("alice", control)
    await bob.expect_flowing("video", 2)
    await bob.expect_flowing("audio")
    path = tmp_path / "a file.bin"
    path.write_bytes(os.urandom(1_048_576))
    await offer(alice, path)
    await expect_whole(await start_download(bob, "alice", path.name), path)


async def test_microphone_is_heard_and_speaking_is_shown(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.press("Microphone")
    await bob.expect_flowing("audio")
    await expect(bob.tile("alice").and_(bob.page.locator(".speaking"))).to_contain_text("speaking")
    await expect(alice.own_tile.and_(alice.page.locator(".speaking"))).to_contain_text("speaking")


async def test_muted_microphone_is_silent(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.press("Microphone")
    await bob.expect_flowing("audio")
    await alice.press_own("Mute", "Microphone")
    await bob.expect_quiet()
    await expect(bob.tile("alice").get_by_text("speaking", exact=True)).to_be_hidden()
    # The beeps go on, and would show at once.
    await expect(alice.own_tile.get_by_text("speaking", exact=True)).to_be_hidden()
    await alice.page.evaluate(WATCH_SPEAKING)
    await bob.expect_quiet()
    assert await alice.page.evaluate("spoken") == 0
    await alice.press_own("Unmute", "Microphone")
    await bob.expect_flowing("audio")
    await expect(bob.tile("alice").get_by_text("speaking", exact=True)).to_be_visible()


@pytest.mark.slow
async def test_screen_is_seen(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.press("Screen")
    await bob.enable("alice", "Screen")
    await bob.expect_flowing("video")


@pytest.mark.slow
async def test_three_people_see_and_hear_each_other(meet: Meet) -> None:
    people = await meet("alice", "bob", "carol")
    for person in people:
        await person.press("Camera")
        await person.press("Microphone")
    for person in people:
        for other in people:
            if other is not person:
                await person.enable(other.name, "Camera")
    for person in people:
        await person.expect_flowing("video", 2)
        await person.expect_flowing("audio", 2)


@pytest.mark.slow
async def test_several_streams_of_a_kind_at_once(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    for _ in range(2):
        await alice.press("Camera")
        await alice.press("Microphone")
    await bob.enable("alice", "Camera")
    await bob.enable("alice", "Camera 2")
    await bob.expect_flowing("video", 2)
    await bob.expect_flowing("audio", 2)
    await alice.stop_sharing("Camera 2")
    await expect(bob.tile("alice").locator("video")).to_have_count(1)
    await bob.expect_flowing("video", 1)
    await bob.expect_flowing("audio", 2)
