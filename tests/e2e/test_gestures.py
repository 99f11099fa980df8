# SPDX-License-Identifier: AGPL-3.0-only
"""Raised hands and reactions: seen on tiles, said once, kept for who comes later."""

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Arrive, Meet
from tests.e2e.harness.keyboard import Keyboard
from tests.e2e.harness.server import Server


async def test_hand_is_raised_and_lowered(meet: Meet, arrive: Arrive, server: Server, secret: str) -> None:
    alice, bob = await meet("alice", "bob")
    keys, ears = await Keyboard.of(alice), await Keyboard.of(bob)
    await keys.control("React")
    await keys.expect_at("button Raise hand")
    await alice.page.keyboard.press("Enter")
    await keys.hear("Your hand is raised")
    await keys.expect_at("button React [expanded=false] (hand raised)")
    await ears.hear("“alice” raises a hand")
    await expect(bob.tile("alice").get_by_text("hand raised")).to_be_visible()
    await expect(alice.own_tile.get_by_text("hand raised")).to_be_visible()

    # Who comes later sees it, too.
    carol = await arrive("carol")
    await carol.join(server.url, secret)
    await expect(carol.tile("alice").get_by_text("hand raised")).to_be_visible()

    # Escape closes, and the focus goes back.
    await alice.page.keyboard.press("Enter")
    await keys.expect_at("button Lower hand")
    await alice.page.keyboard.press("Escape")
    await keys.expect_at("button React [expanded=false] (hand raised)")
    await alice.page.keyboard.press("Enter")
    await keys.press("button Lower hand")
    await keys.hear("Your hand is down")
    for person in (bob, carol):
        await expect(person.tile("alice").get_by_text("hand raised")).to_have_count(0)
    assert sum("raises a hand" in said for said in await bob.announcements()) == 1


async def test_an_open_choice_takes_no_focus_when_somebody_comes(
    meet: Meet, arrive: Arrive, server: Server, secret: str
) -> None:
    """The next blank of what is typed would raise the hand."""
    alice, bob = await meet("alice", "bob")
    await alice.press("React")
    await expect(alice.page.get_by_role("button", name="Raise hand")).to_be_focused()
    await bob.page.close()
    await expect(alice.tile("bob")).to_have_count(0)
    await alice.press("Chat")
    message = alice.page.get_by_role("textbox", name="Message")
    await expect(message).to_be_focused()
    await alice.page.keyboard.type("hello")
    carol = await arrive("carol")
    await carol.join(server.url, secret)
    await expect(alice.tile("carol")).to_be_visible()
    await alice.page.keyboard.type(" world")
    await expect(message).to_have_value("hello world")
    await expect(alice.own_tile.get_by_text("hand raised")).to_have_count(0)


@pytest.mark.slow
async def test_reaction_is_shown_and_said_once(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    ears = await Keyboard.of(bob)
    await alice.press("React")
    await alice.page.get_by_role("group", name="React").get_by_role("button", name="applause").click()
    await expect(bob.tile("alice").get_by_role("img", name="applause")).to_be_visible()
    await expect(alice.own_tile.get_by_role("img", name="applause")).to_be_visible()
    await ears.hear("“alice” reacts: applause")
    assert sum("reacts" in said for said in await bob.announcements()) == 1
    await bob.press("Chat")
    await expect(bob.page.get_by_role("log").get_by_text("“alice” reacts: applause")).to_be_visible()
    # It goes by itself.
    await expect(bob.tile("alice").get_by_role("img", name="applause")).to_have_count(0)
