# SPDX-License-Identifier: AGPL-3.0-only
"""In a call of two, the own picture is small, and goes where it is moved to."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Arrive, LaunchBrowser, Meet
from tests.e2e.harness import browsers
from tests.e2e.harness.keyboard import Keyboard
from tests.e2e.harness.patience import in_the_end
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server
from tests.e2e.test_tiles import Box, area

SHOWN = """(tile) => {
    const { top, height } = tile.getBoundingClientRect();
    const look = { opacityProperty: true, visibilityProperty: true };
    const isShown = (element) => element.checkVisibility(look)
        && getComputedStyle(element).clipPath === "none" && element.getBoundingClientRect().height > 2;
    const place = (element) => {
        const box = element.getBoundingClientRect();
        const words = element.querySelector(".word")?.textContent ?? element.title;
        return [words, (box.top - top) / height, (box.bottom - top) / height, Math.min(box.width, box.height)];
    };
    return [...tile.querySelectorAll("button, li, header")].filter(isShown)
        .map((element) => [element.localName, ...place(element)]);
}"""
"""What is seen in front of a picture: an element, its words, where it begins and ends in parts of the picture, and its
shorter side."""
FACE = (0.35, 0.75)
"""Where a face is, in parts of a picture."""
LEAST_TARGET = 24
ON_DEMAND = {"Pin", "Mute", "Stop sharing"}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


async def expect_face_free(person: Person, *names: str) -> None:
    """Of what is there on demand, see these buttons alone; all buttons can be hit, and none covers a face."""

    async def look() -> None:
        shown = await person.own_tile.evaluate(SHOWN)
        assert [each for each in shown if each[2] < FACE[1] and each[3] > FACE[0]] == []
        buttons = {words: side for element, words, _, _, side in shown if element == "button"}
        assert buttons.keys() & (ON_DEMAND | {"Unmute"}) == set(names)
        assert min(buttons.values()) >= LEAST_TARGET

    await in_the_end(look)


async def box_of(person: Person, name: str) -> Box:
    box: Any = await person.tile(name).bounding_box()
    assert box
    return box  # type: ignore[no-any-return]


async def expect_corner(person: Person, column: str, row: str) -> None:
    """The own picture is small, and in this corner of the other's."""

    async def look() -> None:
        own, other = await box_of(person, f"{person.name} (you)"), await box_of(person, "bob")
        assert area(own) < 0.1 * area(other)
        left = own["x"] - other["x"] < other["width"] / 2
        top = own["y"] - other["y"] < other["height"] / 2
        assert ("left" if left else "right", "top" if top else "bottom") == (column, row)

    await in_the_end(look)


async def expect_covered_to_be_seen(person: Person, other: str) -> None:
    """While the focus is on what the own picture may cover."""
    await person.button(person.tile(other), "Pin").focus()
    await expect(person.own_tile).to_have_css("opacity", "0.15")
    await person.own_tile.locator(".mover button").focus()
    await expect(person.own_tile).to_have_css("opacity", "1")


async def expect_no_stuck_press(person: Person) -> None:
    """A press whose end nobody tells, as below a menu of the system, ends with the next move."""
    own = await box_of(person, f"{person.name} (you)")
    mouse = person.page.mouse
    await mouse.move(own["x"] + own["width"] / 2, own["y"] + own["height"] * 0.4)
    await mouse.down()
    await mouse.move(own["x"] + 300, own["y"] + 300, steps=4)
    await expect(person.own_tile).to_contain_class("dragged")
    await person.page.evaluate("dispatchEvent(new PointerEvent('pointermove', { pointerId: 1 }))")
    await expect(person.own_tile).not_to_contain_class("dragged")
    await mouse.up()
    assert await box_of(person, f"{person.name} (you)") == own


async def test_own_picture_is_small_and_moves(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    keys = await Keyboard.of(alice)
    await alice.page.emulate_media(reduced_motion="reduce")
    await alice.press("Camera")
    await bob.press("Camera")
    await alice.enable("bob", "Camera")
    await alice.expect_flowing("video")
    await expect_corner(alice, "left", "top")

    # Its tile has the shape of the picture: nothing of it is a bar.
    own = await box_of(alice, "alice (you)")
    shape = await alice.own_tile.locator("video").evaluate("(video) => video.videoWidth / video.videoHeight")
    assert own["width"] / own["height"] == pytest.approx(shape, rel=0.02)

    # By keys: arrows say where to, Enter goes on to the next corner. Screen readers hear where it is.
    await keys.tab_to("button Move your picture: top left")
    await alice.page.keyboard.press("ArrowDown")
    await keys.expect_at("button Move your picture: bottom left")
    await expect_corner(alice, "left", "bottom")
    await alice.page.keyboard.press("Enter")
    await expect_corner(alice, "left", "top")

    await expect_covered_to_be_seen(alice, "bob")

    await expect_no_stuck_press(alice)

    # By pointer, from anywhere on it that is no button.
    own, other = await box_of(alice, "alice (you)"), await box_of(alice, "bob")
    mouse = alice.page.mouse
    await mouse.move(own["x"] + own["width"] / 2, own["y"] + own["height"] * 0.4)
    await mouse.down()
    await mouse.move(other["x"] + other["width"] - 150, other["y"] + other["height"] - 200, steps=4)
    await mouse.up()
    await expect_corner(alice, "right", "bottom")

    # Whoever pins their own picture looks at it, and a third person ends the call of two.
    await alice.button(alice.own_tile, "Pin").click()
    await expect(alice.own_tile.locator(".mover")).to_have_count(0)
    assert area(await box_of(alice, "alice (you)")) > 2 * area(await box_of(alice, "bob"))


@pytest.mark.slow
async def test_face_stays_free_and_buttons_come_on_demand(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    keys = await Keyboard.of(alice)
    for control in ("Camera", "Microphone"):
        await alice.press(control)
    await bob.press("Camera")
    await alice.enable("bob", "Camera")
    await alice.expect_flowing("video")
    await expect(alice.own_tile.locator(".mover")).to_have_count(1)
    for colours in ("none", "active"):
        await alice.page.emulate_media(forced_colors=colours)
        await alice.page.mouse.move(0, 0)
        await expect_face_free(alice)
        await alice.own_tile.hover()
        await expect_face_free(alice, *ON_DEMAND)
    # The focus finds them, and brings them: each says what it does, and to which stream.
    await alice.page.mouse.move(0, 0)
    await expect_face_free(alice)
    await keys.tab_to("button Stop sharing (Camera)")
    await expect_face_free(alice, *ON_DEMAND)
    await keys.tab_to("button Mute (Microphone)", "Shift+Tab")
    await alice.page.keyboard.press("Enter")
    await keys.expect_at("button Unmute (Microphone)")
    await bob.expect_quiet()
    # That nobody hears anything is news, also when nobody looks for it.
    await alice.page.get_by_role("toolbar", name="Controls").locator("[tabindex='0']").focus()
    await expect_face_free(alice, "Unmute")


@pytest.mark.slow
async def test_tap_brings_the_buttons_and_presses_none(
    arrive: Arrive, browser_with: LaunchBrowser, server: Server, secret: str
) -> None:
    # Without its windows, the browser forgets at times where a finger was last.
    alice = await arrive("alice", await browser_with(executable=browsers.WHOLE_CHROMIUM), **PHONE)
    bob = await arrive("bob")
    for person in (alice, bob):
        await person.join(server.url, secret)
    await bob.press("Camera")
    bar = alice.page.get_by_role("toolbar", name="Controls")
    for control in ("Camera", "Microphone"):
        await alice.button(bar, control).tap()
    await alice.button(alice.tile("bob"), 'Enable "Camera"').tap()
    await alice.expect_flowing("video")
    await expect(alice.own_tile.locator(".mover")).to_have_count(1)
    await expect_face_free(alice)
    # Where the buttons will be.
    box = await box_of(alice, "alice (you)")
    await alice.page.touchscreen.tap(box["x"] + box["width"] - 15, box["y"] + box["height"] - 15)
    await expect_face_free(alice, *ON_DEMAND)
    await expect(alice.own_tile.locator("video")).to_have_count(1)
    await alice.described(alice.own_tile, "Mute", "Microphone").tap()
    await expect(alice.button(bar, "Unmute")).to_be_visible()
    await alice.tile("bob").tap()
    await expect_face_free(alice, "Unmute")
