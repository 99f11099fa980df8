# SPDX-License-Identifier: AGPL-3.0-only
"""Safety numbers and codes of the room: what is compared, by whom, and what an answer counts for [Y9] [Y14] [Y20]."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from keks_meet.client.events import RoomCodeChanged
from keks_meet.client.identity.key_files import KeyFiles
from keks_meet.client.room import Room
from keks_meet.crypto.statements import safety_number
from tests.e2e.conftest import Arrive, Meet
from tests.e2e.harness.axe import violations
from tests.e2e.harness.keyboard import Keyboard
from tests.e2e.harness.people import again, compare, entry, mark, open_panel, panel
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server
from tests.native.waiting import event_in, soon, until

LANGUAGES = {
    "en": ("People", "Compare numbers", "They match", "They differ", "known, verified"),
    "de": ("Personen", "Zahlen vergleichen", "Sie sind gleich", "Sie sind verschieden", "bekannt, geprüft"),
    "es": ("Personas", "Comparar números", "Son iguales", "Son distintos", "conocido, verificado"),
    "fr": ("Personnes", "Comparer les numéros", "Ils sont identiques", "Ils sont différents", "connu, vérifié"),
    "ja": ("参加者", "番号を照合", "一致する", "一致しない", "知人、確認済み"),
}


async def test_two_compare_numbers_and_are_verified(meet: Meet, server: Server, secret: str) -> None:
    alice, bob = await meet("alice", "bob")
    numbers = [await compare(alice, "bob", "They match"), await compare(bob, "alice", "They match")]
    assert numbers[0] == numbers[1]
    assert re.fullmatch(r"(\d{5} ){11}\d{5}", numbers[0])
    await expect(mark(alice, "bob")).to_have_accessible_name("known, verified")
    await again(alice, server, secret)
    await expect(mark(alice, "bob")).to_have_accessible_name("known, verified")


async def test_numbers_that_differ_end_with_a_warning(meet: Meet) -> None:
    alice, _ = await meet("alice", "bob")
    await compare(alice, "bob", "They match")
    await compare(alice, "bob", "They differ")
    await alice.expect_notice("Somebody may stand between you and “bob”")
    await expect(mark(alice, "bob")).to_have_text("new")


@pytest.mark.programs
async def test_a_page_and_a_program_compare_the_same_number(
    arrive: Arrive, server: Server, secret: str, tmp_path: Path
) -> None:
    alice = await arrive("alice")
    await alice.join(server.url, secret)
    keys = KeyFiles(tmp_path / "keys")
    async with Room(secret, server=server.url, username="bob", keys=keys):
        number = await compare(alice, "bob", "They match")
        await until(keys.people)
        (person,) = keys.people().values()
        own = await asyncio.to_thread(keys.signing_key, "")
        assert safety_number(own.credential, type(own.credential)(person.credential)) == number


async def shown_code(person: Person) -> str:
    """Return the code of the room that a page shows."""
    letters = panel(person).get_by_role("group", name="Code of the room")
    await expect(letters).to_be_visible()
    return "-".join(await letters.locator("[aria-hidden]").all_inner_texts())


@pytest.mark.slow
@pytest.mark.programs
async def test_three_pages_and_a_program_compare_one_code(meet: Meet, server: Server, secret: str) -> None:
    """Started by keyboard; told of on the other pages; nothing that axe finds wrong; a joiner is not covered."""
    people = await meet("alice", "bob", "carol")
    alice, bob, carol = people
    async with Room(secret, server=server.url, username="dave") as dave:
        await soon(dave, lambda: len(dave.peers) == 3 or None)
        for person in people:
            await expect(mark(person, "dave")).to_have_text("new")
        await open_panel(alice)
        keys = await Keyboard.of(alice)
        await keys.tab_to("button Compare a code with everybody")
        await alice.page.keyboard.press("Enter")
        code = (await event_in(dave, RoomCodeChanged, status="code")).code
        assert code
        await expect(panel(alice).locator(".comparison p").first).to_be_focused()
        for person in (bob, carol):
            await person.page.locator(".notices").get_by_role("button", name="People").click()
        assert [await shown_code(person) for person in people] == [code] * 3
        assert await violations(alice.page) == []
        await keys.tab_to("button They match")
        await alice.page.keyboard.press("Enter")
        await expect(panel(alice).locator(".room-code")).to_be_focused()
        for name in ("bob", "carol", "dave"):
            await expect(mark(alice, name)).to_have_accessible_name("known, verified")
        await expect(mark(bob, "alice")).to_have_text("new")
        async with Room(secret, server=server.url, username="erin"):
            await expect(mark(alice, "erin")).to_have_text("new")
        assert await dave.settle_code(code, matches=False)
        await expect(panel(bob).get_by_role("alert")).to_contain_text("The codes differ")
        await expect(carol.page.locator(".notices").get_by_text("The codes differ")).to_be_visible()
        assert await violations(bob.page) == []


@pytest.mark.parametrize(
    "language", ["en", *(pytest.param(each, marks=pytest.mark.slow) for each in LANGUAGES if each != "en")]
)
async def test_verification_by_keyboard(meet: Meet, language: str) -> None:
    """What a screen reader says of each stop, in each language, and nothing that axe finds wrong."""
    people, compared, match, differ, verified = LANGUAGES[language]
    alice, _ = await meet("alice", "bob")
    await alice.page.evaluate(f"change_pref('language', '{language}')")
    await expect(alice.page.locator(".title button").last).to_have_text(people)
    keys = await Keyboard.of(alice)
    await mark(alice, "bob").focus()
    await alice.page.keyboard.press("Enter")
    await expect(panel(alice)).to_be_visible()
    await expect(panel(alice).locator("summary").first).to_be_focused()
    await keys.tab_to(f"button {compared}")
    await alice.page.keyboard.press("Enter")
    await expect(panel(alice).locator(".comparison p").first).to_be_focused()
    assert await violations(alice.page) == []
    await keys.tab_to(f"button {match}")
    await alice.page.keyboard.press("Enter")
    await expect(mark(alice, "bob")).to_have_accessible_name(verified)
    await keys.tab_to(f"button {compared}")
    await alice.page.keyboard.press("Enter")
    await keys.tab_to(f"button {differ}")
    await alice.page.keyboard.press("Enter")
    await expect(alice.page.get_by_role("alert")).to_have_count(1)


@pytest.mark.slow
async def test_a_code_that_takes_the_place_of_another_says_so(
    meet: Meet, arrive: Arrive, server: Server, secret: str
) -> None:
    """Anybody can start another one while one is compared: no press that was meant for the first settles the second."""
    alice, _ = await meet("alice", "bob")
    await open_panel(alice)
    await panel(alice).get_by_role("button", name="Compare a code with everybody").click()
    first = await shown_code(alice)
    carol = await arrive("carol")
    await carol.join(server.url, secret)
    await open_panel(carol)
    start = panel(carol).get_by_role("button", name="Compare a code with everybody")
    # Those who have just made one are busy for a while, and this page waits before it asks them again.
    await start.click()
    await expect(panel(carol)).to_contain_text("There is no code")
    await start.click()
    await expect(panel(alice).get_by_role("alert")).to_contain_text("Another code has come")
    assert await shown_code(alice) != first
    match = panel(alice).get_by_role("button", name="They match")
    await expect(match).to_be_disabled()
    await match.click(force=True)
    for name in ("bob", "carol"):
        await expect(mark(alice, name)).to_have_text("new")
    await expect(match).to_be_enabled()
    await match.click()
    await expect(mark(alice, "carol")).to_have_accessible_name("known, verified")


async def test_a_code_takes_no_focus_from_who_types(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await mark(alice, "bob").click()
    field = entry(alice, "bob").get_by_label("Name that you give them")
    await field.press_sequentially("mi")
    await open_panel(bob)
    await panel(bob).get_by_role("button", name="Compare a code with everybody").click()
    await shown_code(alice)
    await alice.page.keyboard.type("cros")
    await expect(field).to_have_value("micros")
    await expect(alice.own_tile.locator(".label")).to_have_count(0)


async def test_what_is_typed_into_a_field_that_goes_shares_nothing(meet: Meet) -> None:
    """The field goes with whom it is about; the focus is given to what is near it."""
    alice, bob = await meet("alice", "bob")
    await mark(alice, "bob").click()
    field = entry(alice, "bob").get_by_label("Name that you give them")
    await field.press_sequentially("m")
    await alice.page.evaluate(
        """() => {
            const [field] = document.querySelectorAll(".petname input");
            globalThis.gone = new Promise((resolve) => new MutationObserver((_, observer) => {
                if (field.isConnected) return document.activeElement === field || field.focus();
                observer.disconnect();
                resolve();
            }).observe(document.body, { childList: true, subtree: true }));
        }"""
    )
    await bob.press("Leave")
    await alice.page.evaluate("gone")
    await alice.page.keyboard.type("mcrs")
    await expect(alice.tile("bob")).to_have_count(0)
    await expect(alice.own_tile.locator(".label")).to_have_count(0)
    await alice.page.keyboard.press("Escape")
    await alice.page.keyboard.press("m")
    await expect(alice.own_tile.locator(".label")).to_have_text(["Microphone"])


async def test_another_name_in_the_middle_of_a_comparison_ends_it(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await mark(alice, "bob").click()
    await entry(alice, "bob").get_by_role("button", name="Compare numbers").click()
    await expect(entry(alice, "bob").get_by_role("group", name="Safety number")).to_be_visible()
    await bob.page.evaluate("change_pref('username', 'rob')")
    await expect(entry(alice, "rob")).to_be_visible()
    await expect(panel(alice).get_by_role("button", name="They match")).to_have_count(0)
    await expect(mark(alice, "rob")).to_have_text("new")


async def test_nobody_is_verified_under_a_name_that_somebody_else_has(meet: Meet) -> None:
    alice, _, carol = await meet("alice", "bob", "carol")
    await compare(alice, "bob", "They match")
    await carol.page.evaluate("change_pref('username', 'Bob')")
    others = alice.page.locator(".who-is", has_text="changed")
    await others.click()
    renamed = entry(alice, "Bob").filter(has=alice.page.get_by_text("changed"))
    await renamed.get_by_role("button", name="Compare numbers").click()
    await renamed.get_by_role("button", name="They match").click()
    await alice.expect_notice("Somebody else has this name here")
    await expect(others).to_have_count(1)
