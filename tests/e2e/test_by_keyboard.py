# SPDX-License-Identifier: AGPL-3.0-only
"""A whole call with a keyboard and a screen reader: what has the focus, what is there to be read, what is said."""

from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.conftest import Arrive
from tests.e2e.harness.files import expect_whole
from tests.e2e.harness.keyboard import Keyboard
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server


async def reads(where: Locator, *lines: str) -> None:
    """These lines are in what a screen reader is given of a part of the page, in this order."""
    await expect(where).to_match_aria_snapshot("\n".join(lines))


@pytest.mark.timeout(120)
async def test_whole_call(arrive: Arrive, server: Server, tmp_path: Path) -> None:
    # With all motion, as most people have it.
    alice = await arrive("alice", reduced_motion="no-preference")
    bob = await arrive("bob", reduced_motion="no-preference")
    keys = await Keyboard.of(alice)
    await _enter(keys, server)
    await _invite(keys, bob)
    await _panels(keys)
    await _share(keys, bob)
    await _watch(keys, bob)
    await _chat(keys, bob)
    await _file(keys, bob, tmp_path)
    await _end(keys, bob)


async def _enter(keys: Keyboard, server: Server) -> None:
    """From the start page, with a name for the room."""
    page = keys.page
    await page.goto(server.url)
    await keys.tab_to("textbox Room name")
    await page.keyboard.type("Biscuits")
    await keys.press("button Join room")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Biscuits")
    await page.evaluate("change_pref('username', 'alice')")
    await keys.person.expect_joined()
    await reads(page.get_by_role("main"), '- heading "Biscuits" [level=1]', '- button "Invite"', "- status")


async def _invite(keys: Keyboard, bob: Person) -> None:
    """A panel that closes brings the focus back; who comes is announced."""
    page = keys.page
    await keys.press("button Invite")
    await reads(page.get_by_role("region", name="Invite"), '- heading "Invite" [level=2]', '- button "Close"')
    await page.keyboard.press("Escape")
    await keys.expect_at("button Invite [expanded=false]")
    await bob.page.goto(page.url)
    await bob.page.evaluate("change_pref('username', 'bob')")
    await bob.expect_joined()
    await keys.hear("joined")
    await keys.person.expect_people("bob")


async def _panels(keys: Keyboard) -> None:
    """One panel after the other has the focus, and Escape closes the last."""
    page = keys.page
    await _open_panel(keys, "Chat")
    await _open_panel(keys, "Settings")
    await keys.press("button Keys")
    await expect(page.get_by_role("region", name="Keys").locator(":focus")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("region", name="Keys")).to_have_count(0)
    await keys.expect_at("main")


async def _share(keys: Keyboard, bob: Person) -> None:
    alice = keys.person
    await keys.control("Microphone")
    await keys.hear("You share Microphone")
    await bob.expect_flowing("audio")
    await keys.control("Camera")
    await keys.hear("You share Camera")
    await reads(
        alice.own_tile.get_by_role("list"),
        "- list:",
        "  - listitem:",
        "    - text: Microphone",
        '    - button "Mute"',
        '    - button "Stop sharing"',
        "  - listitem:",
        "    - text: Camera",
        '    - button "Stop sharing"',
    )
    await keys.press("button Mute (Microphone)")
    await keys.expect_at("button Unmute (Microphone)")
    await bob.expect_quiet()


async def _watch(keys: Keyboard, bob: Person) -> None:
    """What bob offers is asked for, and made large for a while."""
    page = keys.page
    await bob.press("Camera")
    await keys.hear("“bob” offers Camera")
    await keys.press('button Enable "Camera" (Camera of bob)')
    await keys.person.expect_flowing("video")
    await keys.expect_at("button Disable (Camera of bob)")
    await reads(keys.person.tile("bob"), '- heading "bob" [level=2]', "- text: /connected/")
    await page.get_by_role("group", name="Camera of bob").get_by_role("button", name="Pin").focus()
    await keys.expect_at("button Pin [pressed=false]")
    await page.keyboard.press("Enter")
    await keys.expect_at("button Pin [pressed=true]")
    await page.keyboard.press("Enter")
    await keys.expect_at("button Pin [pressed=false]")


async def _chat(keys: Keyboard, bob: Person) -> None:
    """Messages are said when the chat is closed, and read in its log when it is open."""
    page = keys.page
    await bob.press("Chat")
    message = bob.page.get_by_role("textbox", name="Message")
    await message.fill("Do you hear me?")
    await message.press("Enter")
    await keys.hear("“bob”: Do you hear me?")
    await page.get_by_role("toolbar").get_by_role("button", name="Chat").focus()
    await keys.expect_at("button Chat [expanded=false] (1 unread)")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("textbox", name="Message")).to_be_focused()
    await page.keyboard.type("I read you.")
    await page.keyboard.press("Enter")
    await message.fill("Good.")
    await message.press("Enter")
    await keys.hear("Good.")
    log = page.get_by_role("log", name="Messages")
    await reads(
        log,
        '- log "Messages":',
        "  - list:",
        "    - listitem:",
        "      - paragraph: /joined/",
        "    - listitem:",
        "      - text: bob new",
        "      - paragraph: Do you hear me?",
        "    - listitem:",
        "      - text: alice",
        "      - paragraph: I read you.",
        "    - listitem:",
        "      - text: bob new",
        "      - paragraph: Good.",
    )
    await page.keyboard.press("Escape")
    await keys.expect_at("button Chat [expanded=false]")


async def _file(keys: Keyboard, bob: Person, tmp_path: Path) -> None:
    """One offered by each side, one taken."""
    page = keys.page
    ours, theirs = tmp_path / "ours.txt", tmp_path / "theirs.txt"
    ours.write_bytes(b"ours")
    theirs.write_bytes(b"theirs")
    async with page.expect_file_chooser() as chooser:
        await keys.control("File")
    await (await chooser.value).set_files(ours)
    await keys.hear("You share “ours.txt”")
    async with bob.page.expect_file_chooser() as chooser:
        await bob.press("File")
    await (await chooser.value).set_files(theirs)
    await keys.hear("“bob” offers “theirs.txt”")
    async with page.expect_download() as download:
        await keys.press("button Download (theirs.txt)")
    await expect_whole(await download.value, theirs)
    await keys.hear("“theirs.txt”: Download complete.")
    await keys.expect_at("button Download (theirs.txt)", "article bob")
    await bob.own_tile.hover()
    await bob.own_tile.locator(".file-item").get_by_role("button", name="Stop sharing").click()
    await keys.hear("“bob”: “theirs.txt” is no longer shared")


async def _end(keys: Keyboard, bob: Person) -> None:
    """What is ended is gone, and the focus is near where it was."""
    await keys.press("button Stop sharing (Camera)")
    await keys.hear("Camera is no longer shared")
    await keys.expect_at("article alice (you)")
    await bob.page.close()
    await keys.hear("“bob” left")
    await keys.control("Leave")
    await keys.expect_at("button Join again")
    await keys.page.keyboard.press("Enter")
    await keys.person.expect_joined()
    await keys.expect_at("main")


ZOOMS = {
    "200 % of a desktop": {"width": 640, "height": 400},
    "400 % of a desktop": {"width": 320, "height": 256},
}
FITS_SIDEWAYS = "probe.until(() => document.scrollingElement.scrollWidth <= innerWidth, 5000)"


async def _open_panel(keys: Keyboard, name: str) -> None:
    await keys.control(name)
    await expect(keys.page.get_by_role("region", name=name).locator(":focus")).to_have_count(1)


@pytest.mark.slow
@pytest.mark.parametrize("zoom", ZOOMS)
async def test_zoomed_pages_are_whole(arrive: Arrive, server: Server, secret: str, zoom: str) -> None:
    """All that can have the focus is reached and seen, without scrolling sideways (WCAG 1.4.4, 1.4.10, 2.4.11)."""
    alice = await arrive("alice", viewport=ZOOMS[zoom], device_scale_factor=2, reduced_motion="reduce")
    bob = await arrive("bob")
    keys = await Keyboard.of(alice)
    await alice.page.goto(server.url)
    assert "button Join room" in await keys.stops()
    assert await alice.page.evaluate(FITS_SIDEWAYS)
    for person in (bob, alice):
        await person.join(server.url, secret)
        await person.press("Camera")
    await alice.enable("bob", "Camera")
    await alice.expect_flowing("video")
    for button in (
        alice.described(alice.tile("bob"), "Disable", "Camera"),
        alice.button(alice.own_tile, "Stop sharing"),
    ):
        await expect(button).to_be_visible()
    stops = await keys.stops()
    assert "button Disable (Camera of bob)" in stops
    assert "button Stop sharing (Camera)" in stops
    assert await alice.page.evaluate(FITS_SIDEWAYS)
    for panel in ("Chat", "Known Rooms", "Settings"):
        await _open_panel(keys, panel)
        assert "button Close" in await keys.stops(), panel
        assert await alice.page.evaluate(FITS_SIDEWAYS), panel
        await keys.press("button Close")


@pytest.mark.slow
async def test_larger_letters_fit(arrive: Arrive, server: Server, secret: str) -> None:
    """Of twice the size, as some set it for all pages."""
    alice = await arrive("alice", reduced_motion="reduce")
    keys = await Keyboard.of(alice)
    await alice.join(server.url, secret)
    await alice.page.evaluate("document.documentElement.style.fontSize = '200%'")
    for panel in (None, "Chat", "Settings"):
        if panel is not None:
            await _open_panel(keys, panel)
        await keys.stops()
        assert await alice.page.evaluate(FITS_SIDEWAYS), panel
        if panel is not None:
            await keys.press("button Close")
