# SPDX-License-Identifier: AGPL-3.0-only
"""Keys."""

from playwright.async_api import expect

from tests.e2e.conftest import Meet
from tests.e2e.harness.person import Person


async def own_streams(person: Person, *labels: str) -> None:
    await expect(person.own_tile.locator(".label")).to_have_text(list(labels))


async def test_letters_share_with_or_without_shift(meet: Meet) -> None:
    (alice,) = await meet("alice")
    keys = alice.page.keyboard
    await keys.press("m")
    await own_streams(alice, "Microphone")
    await keys.press("Shift+R")
    await own_streams(alice, "Microphone", "Microphone 2")
    await keys.press("c")
    await own_streams(alice, "Microphone", "Microphone 2", "Camera")
    await keys.press("Shift+S")
    await own_streams(alice, "Microphone", "Microphone 2", "Camera", "Screen")
    await keys.press("Control+c")
    await own_streams(alice)


async def test_letters_are_ignored_while_typing_and_when_switched_off(meet: Meet) -> None:
    (alice,) = await meet("alice")
    keys = alice.page.keyboard
    await keys.press("Control+Enter")
    message = alice.page.get_by_role("textbox", name="Message")
    await expect(message).to_be_focused()
    await keys.type("mcs?")
    await expect(message).to_have_value("mcs?")
    await keys.press("Control+Enter")
    await expect(message).to_have_count(0)
    await keys.press("Alt+m")
    await alice.page.evaluate("change_pref('letter_keys', false)")
    await keys.press("m")
    await keys.press("?")
    await expect(alice.page.get_by_role("region", name="Keys")).to_be_visible()
    await own_streams(alice)


async def test_escape_closes_a_panel_and_gives_the_focus_back(meet: Meet) -> None:
    (alice,) = await meet("alice")
    settings = alice.page.get_by_role("button", name="Settings", exact=True)
    await settings.focus()
    await alice.page.keyboard.press("Enter")
    await expect(alice.page.get_by_role("region", name="Settings")).to_be_visible()
    await expect(settings).to_have_attribute("aria-expanded", "true")
    await alice.page.keyboard.press("Escape")
    await expect(alice.page.get_by_role("region", name="Settings")).to_have_count(0)
    await expect(settings).to_be_focused()


async def test_push_to_talk_is_heard_while_space_is_held(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.page.evaluate("change_pref('push_to_talk', true)")
    await alice.press("Microphone")
    await expect(alice.button(alice.own_tile, "Unmute")).to_be_visible()
    await bob.expect_quiet()

    # With a control focused, Space is that control's.
    stop = alice.button(alice.own_tile, "Stop sharing")
    await stop.focus()
    await alice.page.keyboard.down("Shift")
    await alice.page.keyboard.up("Shift")
    await stop.evaluate("(button) => button.blur()")
    await alice.page.keyboard.down(" ")
    await bob.expect_flowing("audio")
    await alice.page.keyboard.up(" ")
    await bob.expect_quiet()
    await alice.button(alice.own_tile, "Unmute").focus()
    await alice.page.keyboard.press(" ")
    await expect(alice.button(alice.own_tile, "Mute")).to_be_visible()
