# SPDX-License-Identifier: AGPL-3.0-only
"""Who comes from the original to the same origin keeps what was stored there, and links and settings as they were."""

import json
import re

from playwright.async_api import expect

from tests.e2e.conftest import Arrive, Meet
from tests.e2e.harness.person import Person, room_address
from tests.e2e.harness.server import Server

STORED = {
    "room_watches": json.dumps(json.dumps([["Garden#gate 7", "5" * 64], ["public", "6" * 64]])),
    "language": json.dumps("de-DE"),
    "show_log": json.dumps(False),
}


async def arrive_from_the_original(arrive: Arrive, **stored: str) -> Person:
    person = await arrive("alice")
    for key, value in {**STORED, **stored}.items():
        await person.context.add_init_script(f"localStorage.setItem({json.dumps(key)}, {json.dumps(value)})")
    return person


async def test_rooms_and_language_are_kept(arrive: Arrive, server: Server, secret: str) -> None:
    alice = await arrive_from_the_original(arrive)
    await alice.open_room(server.url, secret)
    await alice.page.get_by_role("toolbar").get_by_role("button", name="Bekannte Räume").click()
    rooms = alice.page.get_by_role("region", name="Bekannte Räume").get_by_role("link")
    await expect(rooms).to_have_text(["Garden", "public"])


async def test_link_may_say_language_in_the_manner_of_the_original(arrive: Arrive, server: Server, secret: str) -> None:
    alice = await arrive_from_the_original(arrive)
    for asked, spoken in (("fr-CA", "fr"), ("system", "en")):
        await alice.page.goto(f"{server.url}/license")
        await alice.page.goto(room_address(server.url, secret, "alice") + f"&language={asked}")
        await expect(alice.page.locator("html")).to_have_attribute("lang", spoken)
        await expect(alice.page.get_by_role("alert")).to_have_count(0)


async def test_log_is_shown_in_each_room(arrive: Arrive, server: Server, secret: str) -> None:
    alice = await arrive_from_the_original(arrive, show_log="true", language="null")
    await alice.join(server.url, secret)
    log = alice.page.get_by_role("region", name="Log")
    await expect(log.locator("pre")).to_contain_text("link: joined")
    await alice.page.evaluate("location.hash = 'another room with its own secret'")
    await expect(log).to_be_visible()


async def test_all_settings_are_reset_by_one_button_pressed_twice(meet: Meet) -> None:
    (alice,) = await meet("alice")
    await alice.page.evaluate("change_pref('username', 'Zoe'); change_pref('letter_keys', false)")
    await alice.page.evaluate("change_pref('room_watches', 'garden')")
    await alice.press("Settings")
    panel = alice.page.get_by_role("region", name="Settings")
    await panel.get_by_role("button", name="Reset all settings").click()
    await expect(alice.page.get_by_role("article", name="Zoe (you)")).to_be_visible()
    await panel.get_by_role("button", name="Really reset all settings?").click()
    await expect(alice.page.get_by_role("article", name=re.compile(r"guest-\d+ \(you\)"))).to_be_visible()
    await expect(panel.get_by_label("Letters as shortcuts", exact=True)).to_be_checked()
    assert await alice.page.evaluate("({...localStorage})") == {"room_watches": '"garden"'}


async def test_two_tabs_lose_nothing_of_each_other(arrive: Arrive, server: Server, secret: str) -> None:
    """One adds a room and changes a name; the other one, which was open already, adds another room."""
    alice = await arrive("alice")
    await alice.page.goto(f"{server.url}/room#{secret}")
    other = await alice.context.new_page()
    await other.goto(f"{server.url}/room#another one with a long name")
    for page in (alice.page, other):
        await page.get_by_role("toolbar").get_by_role("button", name="Known Rooms").click()
    for page, name in ((alice.page, "Garden"), (other, "Kitchen")):
        await page.get_by_label("Secret or link").fill(f"{name}-{secret}")
        await page.get_by_label("Name", exact=True).fill(name)
        await page.get_by_role("button", name="Add", exact=True).click()
    for page in (alice.page, other):
        links = page.get_by_role("region", name="Known Rooms").get_by_role("listitem").get_by_role("link")
        await expect(links).to_have_text(["public", "Garden", "Kitchen"])
    await alice.page.evaluate("change_pref('username', 'Zoe')")
    await expect(other.get_by_role("article", name="Zoe (you)")).to_be_visible()


async def test_red_notice_goes_when_all_is_well_again(arrive: Arrive, server: Server, secret: str) -> None:
    """A camera that was refused, and is there at the second try."""
    alice = await arrive("alice")
    await alice.context.add_init_script(
        """
        const native = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        globalThis.isBusy = true;
        navigator.mediaDevices.getUserMedia = (wanted) =>
            isBusy ? Promise.reject(new DOMException("", "NotReadableError")) : native(wanted);
        """
    )
    await alice.join(server.url, secret)
    await alice.press("Camera")
    await alice.expect_notice("could not be started")
    await alice.page.evaluate("isBusy = false")
    await alice.press("Camera")
    await expect(alice.own_tile.locator("video")).to_have_count(1)
    await expect(alice.page.get_by_role("alert")).to_have_count(0)
