# SPDX-License-Identifier: AGPL-3.0-only
"""What nobody sees is not sent, and a device that cannot show all does without some; sound goes on."""

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Meet
from tests.e2e.harness.keyboard import Keyboard
from tests.e2e.harness.person import Person

HIDE = """(hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
"""Hides the page, or shows it again: a browser without windows has no other tab to go to."""
DRAW_NOTHING = """HTMLVideoElement.prototype.getVideoPlaybackQuality = () =>
    ({ totalVideoFrames: 1000, droppedVideoFrames: 1000 })"""
COUNT_NOTHING = """HTMLVideoElement.prototype.getVideoPlaybackQuality = () =>
    ({ totalVideoFrames: 0, droppedVideoFrames: 0 })"""
"""A page whose engine counts no frames gives up no pictures, whatever else the machine has to do."""
BOX = """(label) => {
    const { x, y, width, height } = document.querySelector(`.picture[aria-label="${label}"]`).getBoundingClientRect();
    return [x, y, width, height];
}"""


async def watching(meet: Meet) -> tuple[Person, Person]:
    alice, bob = await meet("alice", "bob")
    for source in ("Camera", "Microphone"):
        await bob.press(source)
    await alice.enable("bob", "Camera")
    await alice.expect_flowing("video")
    return alice, bob


@pytest.mark.slow
async def test_picture_that_a_panel_covers_is_not_sent_until_it_is_seen(meet: Meet) -> None:
    alice, bob = await watching(meet)
    await alice.page.set_viewport_size({"width": 390, "height": 844})
    await alice.press("Chat")
    await expect(alice.page.get_by_role("region", name="Chat")).to_be_visible()
    box = await alice.page.evaluate(BOX, "Camera of bob")
    await bob.expect_nothing_sent("video")
    await alice.expect_flowing("audio")
    # The last picture stays, in the same place.
    await expect(alice.page.locator("img.paused")).to_have_attribute("alt", "Camera of bob")
    assert await alice.page.evaluate(BOX, "Camera of bob") == box
    await alice.page.keyboard.press("Escape")
    await bob.expect_sending("video")
    await alice.expect_flowing("video")
    await expect(alice.tile("bob").locator("video")).to_be_visible()


@pytest.mark.slow
async def test_hidden_page_gets_sound_alone_and_the_person_decides(meet: Meet) -> None:
    alice, bob = await watching(meet)
    await alice.page.evaluate(HIDE, True)
    await bob.expect_nothing_sent("video")
    await alice.expect_flowing("audio")
    await alice.page.evaluate(HIDE, False)
    await alice.expect_flowing("video")
    # What was disabled while it was not seen stays so.
    await alice.page.evaluate(HIDE, True)
    await alice.disable("bob", "Camera")
    await alice.page.evaluate(HIDE, False)
    await alice.expect_offered("bob", "Camera")
    await bob.expect_nothing_sent("video")


@pytest.mark.slow
async def test_device_that_cannot_show_all_shows_what_was_chosen_first(meet: Meet) -> None:
    alice, bob, carol = await meet("alice", "bob", "carol")
    await alice.page.evaluate(COUNT_NOTHING)
    # Nothing of what watches pictures is loaded yet. Carol came last, so hers would be the first to go.
    await carol.press("Camera")
    await carol.page.evaluate("change_pref('send_previews', false)")
    await alice.enable("carol", "Camera")
    await alice.page.evaluate("change_pref('optional_video_default_enable', true)")
    await bob.press("Camera")
    await alice.expect_flowing("video", 2)
    await alice.page.evaluate(DRAW_NOTHING)
    await expect(alice.tile("bob").get_by_text("Paused: this device")).to_be_visible()
    await bob.expect_nothing_sent("video")
    await carol.expect_sending("video")


@pytest.mark.slow
async def test_device_that_cannot_show_all_shows_who_was_chosen(meet: Meet) -> None:
    alice, *others = await meet("alice", "bob", "carol")
    await alice.page.evaluate(COUNT_NOTHING)
    for person in others:
        await person.press("Camera")
        await person.page.evaluate("change_pref('send_previews', false)")
    await alice.page.evaluate("change_pref('optional_video_default_enable', true)")
    for person in others:
        # As if nobody had asked for it by hand.
        await person.stop_sharing("Camera")
        await person.press("Camera")
    await alice.expect_flowing("video", 2)
    ears = await Keyboard.of(alice)
    await alice.page.evaluate(DRAW_NOTHING)
    # Neither has spoken, so the last one goes first; one stays.
    paused = "Camera of carol: paused, since this device cannot show all. Show it"
    await expect(alice.button(alice.tile("carol"), paused)).to_be_visible()
    await others[1].expect_nothing_sent("video")
    await others[0].expect_sending("video")
    await ears.press(f"button {paused}")
    # Who was chosen stays, in the place of the other one.
    await expect(alice.tile("bob").get_by_text("Paused: this device")).to_be_visible()
    await others[0].expect_nothing_sent("video")
    await others[1].expect_sending("video")
