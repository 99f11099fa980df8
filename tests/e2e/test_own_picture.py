# SPDX-License-Identifier: AGPL-3.0-only
"""In a call of two, the own picture is small, and goes where it is moved to."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Meet
from tests.e2e.harness.keyboard import Keyboard
from tests.e2e.harness.patience import in_the_end
from tests.e2e.harness.person import Person
from tests.e2e.test_tiles import Box, area


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
