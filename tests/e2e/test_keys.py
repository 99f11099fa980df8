# SPDX-License-Identifier: AGPL-3.0-only
"""Keys."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Route, expect

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


async def test_panel_that_is_closed_twice_at_once_is_closed(meet: Meet) -> None:
    """Faster than any task of the browser can come between."""
    (alice,) = await meet("alice")
    await alice.press("Settings")
    close = alice.page.get_by_role("button", name="Close", exact=True)
    await close.evaluate("(button) => { button.click(); button.click(); }")
    await expect(alice.page.get_by_role("region", name="Settings")).to_have_count(0)
    settings = alice.page.get_by_role("button", name="Settings", exact=True)
    await expect(settings).to_have_attribute("aria-expanded", "false")


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


async def send_key(person: Person, kind: str, code: str, key: str, **more: Any) -> None:
    """An event as the browser makes it of a physical key: Playwright's own keyboard has an American layout."""
    session = await person.context.new_cdp_session(person.page)
    await session.send("Input.dispatchKeyEvent", {"type": kind, "code": code, "key": key, **more})


# ruff: noqa: RUF001 - letters that look the same are what this is about
async def test_letters_of_other_scripts_share_by_their_place(meet: Meet) -> None:
    """As on Russian, Greek and Hebrew layouts; and an input method's keys are its own."""
    (alice,) = await meet("alice")
    await send_key(alice, "rawKeyDown", "KeyC", "c", windowsVirtualKeyCode=229)
    shared: list[str] = []
    for code, key, label in (("KeyM", "ь", "Microphone"), ("KeyR", "ρ", "Microphone 2"), ("KeyC", "ב", "Camera")):
        await send_key(alice, "rawKeyDown", code, key)
        await send_key(alice, "keyUp", code, key)
        shared.append(label)
        await own_streams(alice, *shared)


async def test_ctrl_shift_c_ends_nothing(meet: Meet) -> None:
    (alice,) = await meet("alice")
    await alice.press("Microphone")
    await own_streams(alice, "Microphone")
    await alice.page.get_by_role("heading", level=1).click()
    for code, key in (("KeyC", "C"), ("KeyC", "С")):
        await send_key(alice, "rawKeyDown", code, key, modifiers=2 | 8)
        await send_key(alice, "keyUp", code, key, modifiers=2 | 8)
    await alice.page.keyboard.press("c")
    await own_streams(alice, "Microphone", "Camera")
    await send_key(alice, "rawKeyDown", "KeyC", "с", modifiers=2)
    await own_streams(alice)


async def test_space_talks_after_a_click(meet: Meet) -> None:
    """The button that was clicked keeps no focus: Space would share a second microphone."""
    alice, _ = await meet("alice", "bob")
    await alice.page.evaluate("change_pref('push_to_talk', true)")
    await alice.press("Microphone")
    await expect(alice.button(alice.own_tile, "Unmute")).to_be_visible()
    await alice.page.keyboard.down(" ")
    await expect(alice.button(alice.own_tile, "Mute")).to_be_visible()
    await alice.page.keyboard.up(" ")
    await expect(alice.button(alice.own_tile, "Unmute")).to_be_visible()
    await own_streams(alice, "Microphone")

    # The second choice of a gesture has its code, and gives the focus back before the click is over.
    for _ in range(2):
        await alice.press("React")
        await alice.page.get_by_role("group", name="React").get_by_role("button", name="applause").click()
    await alice.page.keyboard.down(" ")
    await expect(alice.button(alice.own_tile, "Mute")).to_be_visible()
    await alice.page.keyboard.up(" ")
    await expect(alice.button(alice.own_tile, "Unmute")).to_be_visible()

    # A page that nobody looks at follows the setting, and stays silent.
    await alice.page.evaluate("document.hasFocus = () => false")
    await alice.page.evaluate("change_pref('push_to_talk', false)")
    await alice.page.evaluate("change_pref('microphone_gain', 2)")
    await expect(alice.button(alice.own_tile, "Unmute")).to_be_visible()
    await alice.page.evaluate("change_pref('push_to_talk', true); delete document.hasFocus")
    await alice.page.evaluate("change_pref('push_to_talk', false)")
    await expect(alice.button(alice.own_tile, "Mute")).to_be_visible()


@pytest.mark.parametrize(
    ("code", "key", "modifiers"),
    [
        ("Space", "\u00a0", 1),
        pytest.param("Space", " ", 2, marks=pytest.mark.slow),
        pytest.param("Space", "Unidentified", 8, marks=pytest.mark.slow),
    ],
)
async def test_push_to_talk_ends_whatever_else_is_held(meet: Meet, code: str, key: str, modifiers: int) -> None:
    alice, _ = await meet("alice", "bob")
    await alice.page.evaluate("change_pref('push_to_talk', true)")
    await alice.press("Microphone")
    await expect(alice.button(alice.own_tile, "Unmute")).to_be_visible()
    await alice.page.get_by_role("heading", level=1).click()
    await send_key(alice, "rawKeyDown", "Space", " ")
    await expect(alice.button(alice.own_tile, "Mute")).to_be_visible()
    await send_key(alice, "keyUp", code, key, modifiers=modifiers)
    await expect(alice.button(alice.own_tile, "Unmute")).to_be_visible()


@pytest.mark.parametrize(
    "end",
    [
        "dispatchEvent(new Event('blur'))",
        pytest.param(
            "dispatchEvent(new KeyboardEvent('keydown', { key: 'Meta', code: 'MetaLeft', metaKey: true }))",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "Object.defineProperty(document, 'hidden', { value: true });"
            " document.dispatchEvent(new Event('visibilitychange'))",
            marks=pytest.mark.slow,
        ),
    ],
)
async def test_push_to_talk_ends_when_nobody_will_tell_of_the_key(meet: Meet, end: str) -> None:
    """On a Mac no key that is let go while Meta is held is told of; a page in the background hears of none."""
    (alice,) = await meet("alice")
    await alice.page.evaluate("change_pref('push_to_talk', true)")
    await alice.press("Microphone")
    await expect(alice.button(alice.own_tile, "Unmute")).to_be_visible()
    await alice.page.get_by_role("heading", level=1).click()
    await send_key(alice, "rawKeyDown", "Space", " ")
    await expect(alice.button(alice.own_tile, "Mute")).to_be_visible()
    await alice.page.evaluate(end)
    await expect(alice.button(alice.own_tile, "Unmute")).to_be_visible()


async def test_enter_that_ends_a_composition_sends_nothing(meet: Meet) -> None:
    """Safari tells of it after the end of the composition, and marks it by its key code alone."""
    (alice,) = await meet("alice")
    await alice.press("Chat")
    message = alice.page.get_by_role("textbox", name="Message")
    await message.fill("日本語")
    await message.evaluate(
        "(field) => field.dispatchEvent(new KeyboardEvent('keydown',"
        " { key: 'Enter', code: 'Enter', keyCode: 229, bubbles: true, cancelable: true }))"
    )
    await expect(message).to_have_value("日本語")
    await message.press("Enter")
    await expect(message).to_have_value("")
    await expect(alice.page.get_by_role("log").get_by_role("listitem")).to_have_count(1)


async def loaded_keys(person: Person) -> None:
    """Have the page load what keys do."""
    await person.page.keyboard.press("m")
    await own_streams(person, "Microphone")
    await person.page.keyboard.press("Control+c")
    await own_streams(person)


async def test_what_is_typed_while_the_chat_opens_is_a_message_and_shares_nothing(meet: Meet) -> None:
    (alice,) = await meet("alice")
    await loaded_keys(alice)
    may_come = asyncio.Event()

    async def hold(route: Route) -> None:
        await may_come.wait()
        await route.continue_()

    await alice.page.route("**/assets/*", hold)
    await alice.page.get_by_role("button", name="Chat", exact=True).click()
    for words, key in (("Come, some more eart", "Backspace"), ("s", "Enter"), ("?", "Shift")):
        await alice.page.keyboard.type(words)
        await alice.page.keyboard.press(key)
    may_come.set()
    await expect(alice.page.get_by_role("textbox", name="Message")).to_have_value("Come, some more ears?")
    await own_streams(alice)


async def test_a_panel_opens_once_the_server_gives_it_unless_escape_was_pressed(meet: Meet) -> None:
    (alice,) = await meet("alice")
    await loaded_keys(alice)
    keys, chat = alice.page.keyboard, alice.page.get_by_role("button", name="Chat", exact=True)
    await alice.page.route("**/assets/*", lambda route: route.abort())
    for key, is_open in (("Control+Enter", "true"), ("Escape", "false")):
        await keys.press(key)
        await expect(chat).to_have_attribute("aria-expanded", is_open)
    await keys.press("Control+Enter")
    await keys.type("mcs")
    await expect(alice.page.get_by_role("status").get_by_text("Trying again").first).to_be_visible()
    await alice.page.unroute_all()
    await expect(alice.page.get_by_role("textbox", name="Message")).to_have_value("mcs")
    await own_streams(alice)
