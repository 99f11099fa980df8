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
    alice, bob = await arrive("alice"), await arrive("bob")
    keys = await Keyboard.of(alice)
    page = alice.page

    # The start page: a name for the room, and into it.
    await page.goto(server.url)
    await keys.tab_to("textbox Room name")
    await page.keyboard.type("Biscuits")
    await keys.press("button Join")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Biscuits")
    await page.evaluate("change_pref('username', 'alice')")
    await alice.expect_joined()
    await reads(page.get_by_role("main"), '- heading "Biscuits" [level=1]', '- button "Invite"', "- status")

    # An invitation; closing it brings the focus back.
    await keys.press("button Invite")
    await reads(page.get_by_role("region", name="Invite"), '- heading "Invite" [level=2]', '- button "Close"')
    address = page.url
    await page.keyboard.press("Escape")
    assert await keys.focused() == "button Invite [expanded=false]"

    await bob.page.goto(address)
    await bob.page.evaluate("change_pref('username', 'bob')")
    await bob.expect_joined()
    await keys.hear("joined")
    await alice.expect_people("bob")

    # Sound and pictures.
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
    assert await keys.focused() == "button Unmute (Microphone)"
    await bob.expect_quiet()
    await bob.press("Camera")
    await keys.hear("bob offers Camera")
    await keys.press('button Enable "Camera" (Camera of bob)')
    await alice.expect_flowing("video")
    assert await keys.focused() == "button Disable (Camera of bob)"
    await reads(alice.tile("bob"), '- heading "bob" [level=2]', "- text: /connected/")

    # A picture large, and as the others again.
    pin = "button Pin [pressed=false]"
    await page.get_by_role("group", name="Camera of bob").get_by_role("button", name="Pin").focus()
    assert (await keys.focused()).startswith(pin)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", pressed=True)).to_have_count(1)
    assert (await keys.focused()).startswith("button Pin [pressed=true]")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", pressed=True)).to_have_count(0)

    await _chat(keys, bob)
    await _file(keys, bob, tmp_path)

    # What was ended is gone, and the focus is near.
    await keys.press("button Stop sharing (Camera)")
    await keys.hear("Camera is no longer shared")
    assert await keys.focused() == "article alice (you)"
    await bob.page.close()
    await keys.hear("bob left")
    await keys.control("Leave")
    assert await keys.focused() == "button Join again"
    await page.keyboard.press("Enter")
    await alice.expect_joined()
    assert await keys.focused() == "main"


async def _chat(keys: Keyboard, bob: Person) -> None:
    """Messages are said when the chat is closed, and read in its log when it is open."""
    page = keys.page
    await bob.press("Chat")
    message = bob.page.get_by_role("textbox", name="Message")
    await message.fill("Do you hear me?")
    await message.press("Enter")
    await keys.hear("bob: Do you hear me?")
    await page.get_by_role("toolbar").get_by_role("button", name="Chat").focus()
    assert await keys.focused() == "button Chat [expanded=false] (1 unread)"
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
        "      - text: bob",
        "      - paragraph: Do you hear me?",
        "    - listitem:",
        "      - text: alice",
        "      - paragraph: I read you.",
        "    - listitem:",
        "      - text: bob",
        "      - paragraph: Good.",
    )
    await page.keyboard.press("Escape")
    assert await keys.focused() == "button Chat [expanded=false]"


async def _file(keys: Keyboard, bob: Person, tmp_path: Path) -> None:
    """One offered by each side, one taken."""
    page = keys.page
    ours, theirs = tmp_path / "ours.txt", tmp_path / "theirs.txt"
    ours.write_bytes(b"ours")
    theirs.write_bytes(b"theirs")
    async with page.expect_file_chooser() as chooser:
        await keys.control("File")
    await (await chooser.value).set_files(ours)
    await keys.hear("You share ours.txt")
    async with bob.page.expect_file_chooser() as chooser:
        await bob.press("File")
    await (await chooser.value).set_files(theirs)
    await keys.hear("bob offers theirs.txt")
    async with page.expect_download() as download:
        await keys.press("button Download (theirs.txt)")
    await expect_whole(await download.value, theirs)
    await keys.hear("Download complete.")
    assert await keys.focused() in {"button Download (theirs.txt)", "article bob"}
