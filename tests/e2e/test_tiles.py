# SPDX-License-Identifier: AGPL-3.0-only
"""Tiles: one to twelve people use the space of a screen, and a picture can be pinned."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Arrive, LaunchBrowser, Meet
from tests.e2e.harness import browsers
from tests.e2e.harness.patience import in_the_end
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server

ORIGINAL = Path(__file__).parent / "harness" / "original.js"
SCREENS = {"desktop": (1280, 800), "phone upright": (390, 844), "phone sideways": (844, 390)}
BOXES = """() => [...document.querySelectorAll("article")].map((tile) => {
    const { x, y, width, height } = tile.getBoundingClientRect();
    return { x, y, width, height };
})"""
SCROLLS = """() => [...document.querySelectorAll("main, .people")]
    .some(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight + 1)"""

Box = dict[str, float]


def area(box: Box) -> float:
    return box["width"] * box["height"]


def overlap(one: Box, other: Box) -> bool:
    def along(start: str, length: str) -> bool:
        return one[start] + 0.5 < other[start] + other[length] and other[start] + 0.5 < one[start] + one[length]

    return along("x", "width") and along("y", "height")


async def boxes(person: Person, count: int) -> list[Box]:
    """The tiles' places, when there are so many; nothing moves for who has asked for that."""
    await expect(person.page.get_by_role("article")).to_have_count(count)
    await person.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    found: list[Box] = await person.page.evaluate(BOXES)
    return found


async def check_tiles(person: Person, count: int, width: int, height: int) -> None:
    tiles = await boxes(person, count)
    for tile in tiles:
        assert tile["x"] >= 0
        assert tile["y"] >= 0
        assert tile["x"] + tile["width"] <= width + 0.5, f"{count} people: {tile}"
        assert tile["y"] + tile["height"] <= height + 0.5, f"{count} people: {tile}"
    assert not any(overlap(one, other) for at, one in enumerate(tiles) for other in tiles[at + 1 :])
    assert not await person.page.evaluate(SCROLLS), f"{count} people scroll"
    people = await person.page.locator(".people").bounding_box()
    assert people
    used = sum(area(tile) for tile in tiles)
    assert used > 0.7 * people["width"] * people["height"], f"{count} people"
    assert used > 0.45 * width * height, f"{count} people"


@pytest.mark.timeout(180)
async def test_one_to_twelve_people_use_the_space(arrive: Arrive, server: Server, secret: str) -> None:
    alice, others = await arrive("alice", reduced_motion="reduce"), await arrive("others")
    await alice.join(server.url, secret)
    await others.page.goto(f"{server.url}/license")
    await others.page.evaluate(ORIGINAL.read_text())
    for count in range(1, 13):
        if count > 1:
            await others.page.evaluate("(a) => original.join(...a).then(() => undefined)", [secret, f"guest {count}"])
        for width, height in SCREENS.values():
            await alice.page.set_viewport_size({"width": width, "height": height})
            await in_the_end(partial(check_tiles, alice, count, width, height))


@pytest.mark.slow
async def test_pinned_picture_is_large_until_it_goes(meet: Meet) -> None:
    alice, bob, carol = await meet("alice", "bob", "carol")
    await alice.page.emulate_media(reduced_motion="reduce")
    for person in (bob, carol):
        await person.press("Camera")
        await alice.enable(person.name, "Camera")
    await alice.expect_flowing("video", 2)
    equal = await boxes(alice, 3)
    pin = alice.button(alice.tile("bob"), "Pin")
    await pin.click()
    await expect(pin).to_have_attribute("aria-pressed", "true")
    own, pinned, other = await boxes(alice, 3)
    assert area(pinned) > 2 * (area(own) + area(other))
    assert not overlap(own, other)

    # Pinning another one lets go of the first; what is pinned is let go of in the same way.
    await alice.button(alice.tile("carol"), "Pin").click()
    await expect(pin).to_have_attribute("aria-pressed", "false")
    _, bobs, carols = await boxes(alice, 3)
    assert area(carols) > 2 * area(bobs)
    await alice.button(alice.tile("carol"), "Pin").click()

    async def are_as_before() -> None:
        assert await boxes(alice, 3) == equal

    await in_the_end(are_as_before)

    # Whoever leaves takes the pin along.
    await alice.button(alice.tile("carol"), "Pin").click()
    await carol.press("Leave")
    own, bobs = await boxes(alice, 2)
    assert area(own) == pytest.approx(area(bobs))


@pytest.mark.slow
async def test_pictures_of_one_person_are_pinned_one_by_one(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.page.emulate_media(reduced_motion="reduce")
    for source in ("Camera", "Screen"):
        await bob.press(source)
        await alice.enable("bob", source)
    await alice.expect_flowing("video", 2)
    # By keyboard alone: P goes through the pictures.
    await alice.page.keyboard.press("p")
    await alice.page.keyboard.press("p")
    screen = alice.tile("bob").get_by_role("group", name="Screen of bob")
    await expect(alice.button(screen, "Pin")).to_have_attribute("aria-pressed", "true")
    await boxes(alice, 2)
    small: Any = await alice.tile("bob").get_by_role("group", name="Camera of bob").bounding_box()
    large: Any = await screen.bounding_box()
    assert area(large) > 3 * area(small)
    await bob.stop_sharing("Screen")
    await expect(alice.page.locator("[aria-pressed=true]")).to_have_count(0)
    await alice.page.keyboard.press("p")
    await expect(alice.page.locator("[aria-pressed=true]")).to_have_count(1)
    await alice.page.keyboard.press("p")
    await expect(alice.page.locator("[aria-pressed=true]")).to_have_count(0)


@pytest.mark.slow
@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
async def test_touch_shows_what_the_pointer_would(
    arrive: Arrive, browser_with: LaunchBrowser, server: Server, secret: str, motion: str
) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "reduced_motion": motion}
    # Without its windows, the browser forgets at times where a finger was last.
    alice = await arrive("alice", await browser_with(executable=browsers.WHOLE_CHROMIUM), **phone)
    bob = await arrive("bob")
    for person in (alice, bob):
        await person.join(server.url, secret)
    await bob.press("Camera")
    await alice.button(alice.tile("bob"), 'Enable "Camera"').tap()
    await alice.expect_flowing("video")
    pin = alice.button(alice.tile("bob"), "Pin")
    await alice.own_tile.tap()
    await expect(pin).to_have_css("opacity", "0")
    # The first tap where the button is shows it, the second one presses it.
    place = await pin.bounding_box()
    assert place
    devtools = await alice.context.new_cdp_session(alice.page)
    finger = {"x": place["x"] + 5, "y": place["y"] + 5}
    # In one go: a finger that a busy machine leaves there until the button is shown would press it.
    await asyncio.gather(
        devtools.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [finger]}),
        devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []}),
    )
    await expect(pin).to_have_css("opacity", "1")
    await expect(pin).to_have_attribute("aria-pressed", "false")
    await pin.tap()
    await expect(pin).to_have_attribute("aria-pressed", "true")


FULL = "document.fullscreenElement?.getAttribute('aria-label') ?? null"
FILLS_SCREEN = """() => {
    const { width, height } = document.fullscreenElement.getBoundingClientRect();
    return width === innerWidth && height === innerHeight;
}"""
OUTSIDE = "document.pictureInPictureElement?.getAttribute('aria-label') ?? null"


async def alice_watching_bob(meet: Meet) -> tuple[Person, Person]:
    alice, bob = await meet("alice", "bob")
    await alice.page.emulate_media(reduced_motion="reduce")
    await bob.press("Camera")
    await alice.enable("bob", "Camera")
    await alice.expect_flowing("video")
    return alice, bob


@pytest.mark.slow
async def test_picture_on_the_full_screen_and_back(meet: Meet) -> None:
    alice, bob = await alice_watching_bob(meet)
    full = alice.button(alice.tile("bob"), "Full screen")
    await full.click()
    await expect(full).to_have_attribute("aria-pressed", "true")
    assert await alice.page.evaluate(FULL) == "Camera of bob"
    await alice.page.wait_for_function(FILLS_SCREEN)
    # As the browser's own Escape does, which a page without a window never hears of.
    await alice.page.evaluate("document.exitFullscreen()")
    await expect(full).to_have_attribute("aria-pressed", "false")
    assert await alice.page.evaluate(FULL) is None
    # By keyboard, there and back; and whoever ends the stream ends that.
    await alice.page.keyboard.press("f")
    await expect(full).to_have_attribute("aria-pressed", "true")
    await alice.page.keyboard.press("f")
    await expect(full).to_have_attribute("aria-pressed", "false")
    await full.click()
    await bob.stop_sharing("Camera")
    assert await alice.page.evaluate(f"probe.until(() => ({FULL}) === null, 10000)")


@pytest.mark.slow
async def test_picture_in_picture_and_back(meet: Meet) -> None:
    alice, _ = await alice_watching_bob(meet)
    outside = alice.button(alice.tile("bob"), "Picture in picture")
    await outside.click()
    assert await alice.page.evaluate(f"probe.until(() => ({OUTSIDE}) === 'Camera of bob', 10000)")
    await alice.expect_flowing("video")
    await outside.click()
    assert await alice.page.evaluate(f"probe.until(() => ({OUTSIDE}) === null, 10000)")


async def test_what_the_browser_cannot_is_not_offered(arrive: Arrive, server: Server, secret: str) -> None:
    alice = await arrive("alice")
    await alice.context.add_init_script("""
        for (const name of ["pictureInPictureEnabled", "fullscreenEnabled"])
            Object.defineProperty(Document.prototype, name, { get: () => undefined });
    """)
    await alice.join(server.url, secret)
    await alice.press("Camera")
    await expect(alice.button(alice.own_tile, "Pin")).to_be_visible()
    for tool in ("Full screen", "Picture in picture"):
        await expect(alice.button(alice.own_tile, tool)).to_have_count(0)
