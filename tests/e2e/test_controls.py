# SPDX-License-Identifier: AGPL-3.0-only
"""The bar tells what is on, and switches it; what is announced covers nobody, and no button."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Arrive, Meet
from tests.e2e.harness.chat import say
from tests.e2e.harness.keyboard import Keyboard
from tests.e2e.harness.server import Server

COVERED = """() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const seen = document.querySelector(".status").getBoundingClientRect();
    // What does not fit beside the title is cut off.
    const toasts = all(".status p").filter((toast) => getComputedStyle(toast).opacity !== "0")
        .map((toast) => toast.getBoundingClientRect())
        .filter(({ top, width }) => width > 0 && top < seen.bottom - 1);
    const others = all(".tile, .notice, .panel, .title button, .controls");
    const meet = (one, other) => one.left < other.right && other.left < one.right
        && one.top < other.bottom && other.top < one.bottom;
    const covers = (other) => toasts.some((toast) => meet(toast, other.getBoundingClientRect()));
    return [toasts.length > 0, others.filter(covers).map(({ className }) => className)];
}"""
PLACES = """(buttons) => Object.fromEntries(buttons.map((button) => {
    const { x, y, width, height } = button.getBoundingClientRect();
    return [button.className.split(" ")[0], [x + width / 2, y + height / 2]];
}))"""
OUT_OF_REACH = """(bar) => {
    const buttons = [...bar.querySelectorAll("button")].map((button) => [button, button.getBoundingClientRect()]);
    const isOut = ([button, { left, right, top, bottom, width, height }]) => left < 0 || right > innerWidth || top < 0
        || bottom > innerHeight || width < 24 || height < 24
        || !button.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
    return buttons.filter(isOut).map(([{ className }, { width, height }]) => [className, width, height]);
}"""
"""Buttons that are out of view, covered, or too small to be hit."""
REFUSE_SCREEN = """() => {
    navigator.mediaDevices.getDisplayMedia = async () => { throw new DOMException("", "NotAllowedError"); };
}"""


async def test_bar_mutes_and_tells_how_much_is_shared(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    keys = await Keyboard.of(alice)
    bar = alice.page.get_by_role("toolbar", name="Controls")
    await expect(bar.get_by_role("button", name="Mute")).to_be_disabled()
    for control in ("Microphone", "Camera", "Camera", "Screen"):
        await alice.press(control)
    for control, words in (("Microphone", "1 shared"), ("Camera", "2 shared"), ("Screen", "1 shared")):
        button = bar.get_by_role("button", name=control, exact=True)
        await expect(button).to_have_accessible_description(words)
        await expect(button.locator(".badge")).to_have_text(words[0])
    await bob.expect_flowing("audio")
    # The name of the switch says what a press does, and the focus stays on it.
    await keys.control("Mute")
    await keys.expect_at("button Unmute")
    await expect(alice.button(alice.own_tile, "Unmute")).to_be_visible()
    await bob.expect_quiet()
    await alice.press("Unmute")
    await bob.expect_flowing("audio")
    await alice.stop_sharing("Camera 2")
    await expect(bar.get_by_role("button", name="Camera", exact=True)).to_have_accessible_description("1 shared")
    await alice.stop_sharing("Microphone")
    await expect(bar.get_by_role("button", name="Mute")).to_be_disabled()
    await expect(bar.get_by_role("button", name="Mute")).to_have_accessible_description("You share no microphone")


async def test_bar_stands_still(arrive: Arrive, server: Server, secret: str) -> None:
    """Somebody comes while a button is pressed, and a microphone comes while the pointer is on its way to the next."""
    alice, bob = await arrive("alice"), await arrive("bob")
    await alice.join(server.url, secret)
    buttons = alice.page.get_by_role("toolbar", name="Controls").get_by_role("button")
    before = await buttons.evaluate_all(PLACES)
    for control in ("Mute", "React", "Record"):
        await expect(buttons.and_(alice.page.get_by_role("button", name=control))).to_be_disabled()
    await alice.page.mouse.move(*before["chat"])
    await alice.page.mouse.down()
    await bob.join(server.url, secret)
    await alice.expect_people("bob")
    await alice.page.mouse.up()
    await expect(alice.page.get_by_role("log")).to_be_visible()
    await alice.press("Chat")
    await expect(alice.page.get_by_role("log")).to_have_count(0)
    for control in ("React", "Record"):
        await expect(buttons.and_(alice.page.get_by_role("button", name=control))).to_be_enabled()
    await alice.press("Microphone")
    await expect(buttons.and_(alice.page.get_by_role("button", name="Mute"))).to_be_enabled()
    # The bar below what is on makes all of them a pixel higher.
    assert await buttons.evaluate_all(PLACES) == {name: pytest.approx(place, abs=2) for name, place in before.items()}


@pytest.mark.parametrize(
    "language", [pytest.param("en", marks=pytest.mark.slow), "de", pytest.param("fr", marks=pytest.mark.slow)]
)
async def test_all_of_the_bar_is_in_view_and_can_be_hit(
    arrive: Arrive, server: Server, secret: str, language: str
) -> None:
    alice = await arrive("alice", locale=language)
    await alice.open_room(server.url, secret)
    bar = alice.page.get_by_role("toolbar")
    await expect(bar.get_by_role("button")).to_have_count(11)
    for width, height in (
        (1280, 800),
        (1024, 768),
        (768, 1024),
        (640, 400),
        (844, 390),
        (390, 844),
        (360, 640),
        (320, 568),
    ):
        await alice.page.set_viewport_size({"width": width, "height": height})
        assert await bar.evaluate(OUT_OF_REACH) == [], (width, height)
    # Beside a panel there is less room.
    await alice.page.set_viewport_size({"width": 1280, "height": 800})
    await bar.locator(".settings").click()
    await expect(alice.page.locator(".panel")).to_be_visible()
    assert await bar.evaluate(OUT_OF_REACH) == []


@pytest.mark.slow
async def test_ctrl_d_mutes_while_writing(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    keys = await Keyboard.of(alice)
    await alice.press("Microphone")
    await bob.expect_flowing("audio")
    await alice.press("Chat")
    await alice.page.get_by_role("textbox", name="Message").focus()
    await alice.page.keyboard.press("Control+d")
    await keys.hear("Your microphone is muted")
    await bob.expect_quiet()
    await alice.page.keyboard.press("Control+d")
    await keys.hear("Your microphone is on")
    await bob.expect_flowing("audio")


@pytest.mark.parametrize(
    "size",
    [pytest.param({"width": 1280, "height": 800}, marks=pytest.mark.slow), {"width": 390, "height": 844}],
    ids=["desktop", "phone"],
)
async def test_announcements_cover_neither_people_nor_buttons(
    arrive: Arrive, server: Server, secret: str, size: Any
) -> None:
    alice, bob = await arrive("alice", viewport=size, reduced_motion="reduce"), await arrive("bob")
    for person in (alice, bob):
        await person.join(server.url, secret)
    await alice.expect_people("bob")
    await alice.page.evaluate(REFUSE_SCREEN)
    await alice.press("Screen")
    await alice.expect_notice("refused")
    await bob.press("Chat")
    await say(bob, "A long line, which does not fit beside the title of a room on a phone, as many lines do not.")
    await expect(alice.page.get_by_role("status")).to_contain_text("A long line")
    assert await alice.page.evaluate(COVERED) == [True, []]
    await alice.press("Settings")
    await expect(alice.page.get_by_role("region", name="Settings")).to_be_visible()
    # Beside a panel they are seen as before; where it takes all of the screen they are only heard.
    await say(bob, "Another line.")
    await expect(alice.page.get_by_role("status")).to_contain_text("Another line.")
    assert await alice.page.evaluate(COVERED) == [size["width"] > 640, []]
