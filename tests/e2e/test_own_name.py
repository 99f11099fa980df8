# SPDX-License-Identifier: AGPL-3.0-only
"""One's own name is written anew where it stands."""

from playwright.async_api import expect

from tests.e2e.conftest import Meet
from tests.e2e.harness.keyboard import Keyboard


async def test_own_name_is_changed_where_it_stands(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    keys = await Keyboard.of(alice)
    field = alice.page.get_by_role("textbox", name="Change your name")

    # Enter keeps, and the focus is at the name again, with what it does told.
    await keys.press("button alice you (Change your name)")
    await keys.expect_at("textbox Change your name")
    await alice.page.keyboard.type("Alice Liddell")
    await alice.page.keyboard.press("Enter")
    await keys.expect_at("button Alice Liddell you (Change your name)")
    await expect(bob.tile("Alice Liddell")).to_be_visible()

    # Escape leaves it as it was.
    await alice.page.keyboard.press("Enter")
    await keys.expect_at("textbox Change your name")
    await alice.page.keyboard.type("Nobody")
    await alice.page.keyboard.press("Escape")
    await keys.expect_at("button Alice Liddell you (Change your name)")

    # Whoever goes elsewhere with the pointer keeps what they wrote.
    await alice.page.get_by_role("button", name="Alice Liddell").click()
    await field.fill("Alice")
    await alice.press("Chat")
    await expect(bob.tile("Alice")).to_be_visible()
    await expect(field).to_have_count(0)
    await expect(bob.page.get_by_role("article", name="Nobody")).to_have_count(0)
