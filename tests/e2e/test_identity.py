# SPDX-License-Identifier: AGPL-3.0-only
"""Who people are: marks on tiles and in the chat, the panel of people, and what a browser keeps of them [Y14] [Y19]."""

import asyncio
import json
import re
import secrets
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from keks_meet.client.events import RoomCodeChanged
from keks_meet.client.identity.key_files import KeyFiles
from keks_meet.client.room import FEATURES, Room
from keks_meet.crypto.people_file import unlock_people
from keks_meet.crypto.statements import safety_number
from tests.e2e.conftest import Arrive, Meet
from tests.e2e.harness.axe import violations
from tests.e2e.harness.chat import say
from tests.e2e.harness.keyboard import Keyboard
from tests.e2e.harness.person import Person, room_address
from tests.e2e.harness.server import Server
from tests.native.waiting import event_in, soon, until

LANGUAGES = {
    "en": ("People", "Compare numbers", "They match", "They differ", "known, verified"),
    "de": ("Personen", "Zahlen vergleichen", "Sie sind gleich", "Sie sind verschieden", "bekannt, geprüft"),
    "es": ("Personas", "Comparar números", "Son iguales", "Son distintos", "conocido, verificado"),
    "fr": ("Personnes", "Comparer les numéros", "Ils sont identiques", "Ils sont différents", "connu, vérifié"),
    "ja": ("参加者", "番号を照合", "一致する", "一致しない", "知人、確認済み"),
}

SILENT_STORAGE = """
    IDBObjectStore.prototype.get = () => ({ addEventListener() {}, removeEventListener() {} });
"""
COUNT_WRITES = """
    globalThis.writes = 0;
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...given) {
        writes += 1;
        return put.apply(this, given);
    };
"""


def mark(person: Person, name: str) -> Locator:
    """The mark of somebody on their tile, which is a button."""
    return person.tile(name).locator(".who-is")


def panel(person: Person) -> Locator:
    return person.page.locator(".people-panel")


def entry(person: Person, name: str) -> Locator:
    """Somebody's entry in the panel of people."""
    return panel(person).get_by_role("listitem").filter(has=person.page.locator("summary", has_text=name))


async def open_panel(person: Person) -> None:
    await person.page.locator(".title").get_by_role("button", name="People").click()
    await expect(panel(person)).to_be_visible()


async def compare(person: Person, name: str, answer: str) -> str:
    """Open somebody's number from their tile, and answer. Return the number."""
    await mark(person, name).click()
    await entry(person, name).get_by_role("button", name="Compare numbers").click()
    digits = entry(person, name).get_by_role("group", name="Safety number")
    number = " ".join(await digits.locator("[aria-hidden]").all_inner_texts())
    await entry(person, name).get_by_role("button", name=answer).click()
    return number


async def again(person: Person, server: Server, secret: str) -> None:
    """Load the page anew, as somebody does who comes back the next day."""
    await person.page.goto("about:blank")
    await person.join(server.url, secret)


async def test_who_was_met_is_known_the_next_time(meet: Meet, server: Server, secret: str) -> None:
    alice, bob = await meet("alice", "bob")
    await expect(mark(alice, "bob")).to_have_text("new")
    await bob.press("Chat")
    await say(bob, "good evening")
    await alice.press("Chat")
    await expect(alice.page.get_by_role("log").locator(".identity")).to_have_text("new")
    for person in (alice, bob):
        await again(person, server, secret)
    await expect(mark(alice, "bob")).to_have_text("known")
    await expect(mark(bob, "alice")).to_have_text("known")


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


async def test_who_has_a_name_here_is_called_by_it(meet: Meet, server: Server, secret: str) -> None:
    alice, bob = await meet("alice", "bob")
    await mark(alice, "bob").click()
    await entry(alice, "bob").get_by_label("Name that you give them").fill("Bob from work")
    await entry(alice, "bob").get_by_role("button", name="Save").click()
    await alice.expect_people("Bob from work")
    await expect(mark(alice, "Bob from work")).to_have_text("known")
    await expect(entry(alice, "Bob from work")).to_contain_text("Calls themselves “bob”.")
    await bob.press("Chat")
    await say(bob, "hello")
    await alice.press("Chat")
    await expect(alice.page.get_by_role("log")).to_contain_text("Bob from work")
    await again(alice, server, secret)
    await alice.expect_people("Bob from work")
    await open_panel(alice)
    await alice.page.get_by_text("Bob from work", exact=True).last.click()
    forget = entry(alice, "Bob from work").get_by_role("button", name="Forget")
    await forget.click()
    await entry(alice, "Bob from work").get_by_role("button", name="Really forget?").click()
    await alice.expect_people("bob")


async def test_a_name_that_belongs_to_somebody_is_nobody_elses(
    meet: Meet, arrive: Arrive, server: Server, secret: str
) -> None:
    alice, bob = await meet("alice", "bob")
    await compare(alice, "bob", "They match")
    await bob.press("Leave")
    mallory = await arrive("B o b")
    await mallory.join(server.url, secret)
    await expect(mark(alice, "B o b")).to_have_text("changed")
    await alice.expect_notice(re.compile(r"“B o b” has another key than the “bob” you know, or none"))
    await alice.page.get_by_role("alert").get_by_role("button", name="Accept for now").click()
    await expect(mark(alice, "B o b")).to_have_text("new")
    await expect(alice.page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("scope", [pytest.param("room", marks=pytest.mark.slow), "visit"])
async def test_who_does_not_want_to_be_recognised_is_not(meet: Meet, server: Server, secret: str, scope: str) -> None:
    alice, bob = await meet("alice", "bob")
    await bob.page.evaluate(f"change_pref('identity_scope', '{scope}')")
    for where in (secret, f"Other room#{secrets.token_hex(32)}"):
        for expected in ("new", "known"):
            await again(alice, server, where)
            await again(bob, server, where)
            await expect(mark(alice, "bob")).to_have_text("new" if scope == "visit" else expected)


async def test_a_link_does_not_say_where_one_is_recognised(arrive: Arrive, server: Server, secret: str) -> None:
    alice = await arrive("alice")
    await alice.page.goto(f"{room_address(server.url, secret, 'alice')}&identity_scope=visit")
    await alice.expect_notice('The link sets "identity_scope"')
    await open_panel(alice)
    await expect(panel(alice)).to_contain_text("Others recognise you in every room")


async def test_a_browser_that_keeps_nothing_says_so(arrive: Arrive, server: Server, secret: str) -> None:
    alice, bob = await arrive("alice"), await arrive("bob")
    await alice.page.add_init_script("Object.defineProperty(self, 'indexedDB', { get() { throw new Error('no'); } });")
    for person in (alice, bob):
        await person.join(server.url, secret)
    await expect(mark(alice, "bob")).to_have_text("new")
    await open_panel(alice)
    await alice.expect_notice("This browser cannot keep everything for the next time")
    await expect(panel(alice)).to_contain_text("This browser cannot keep everything for the next time")


@pytest.mark.slow
async def test_people_are_taken_to_another_browser(
    meet: Meet, arrive: Arrive, server: Server, secret: str, tmp_path: Path
) -> None:
    alice, bob = await meet("alice", "bob")
    await compare(alice, "bob", "They match")
    await alice.page.get_by_text("Export people · Import people").click()
    passphrase = panel(alice).get_by_label("Passphrase", exact=True)
    await passphrase.fill("too short")
    await panel(alice).get_by_role("button", name="Export people").click()
    await expect(panel(alice)).to_contain_text("Take at least 12 characters")
    await passphrase.fill("correct horse battery")
    await panel(alice).get_by_role("button", name="Export people").click()
    await expect(panel(alice)).to_contain_text("The two passphrases differ.")
    await panel(alice).get_by_label("Once more, to export").fill("correct horse battery")
    async with alice.page.expect_download() as download:
        await panel(alice).get_by_role("button", name="Export people").click()
    file = tmp_path / "people.json"
    await (await download.value).save_as(file)
    await expect(panel(alice)).to_contain_text("1 person was exported.")
    opened = unlock_people(file.read_bytes(), "correct horse battery")
    assert opened is not None
    assert [person["verified_as"] for person in json.loads(opened)] == ["bob"]
    await alice.press("Leave")

    other = await arrive("alice at home")
    await other.join(server.url, secret)
    await expect(mark(other, "bob")).to_have_text("new")
    await open_panel(other)
    await other.page.get_by_text("Export people · Import people").click()
    for secret_words, said in (
        ("another passphrase", "This passphrase does not open the file"),
        ("correct horse battery", "1 person is in the file."),
    ):
        await panel(other).get_by_label("Passphrase", exact=True).fill(secret_words)
        await panel(other).locator("input[type=file]").set_input_files(file)
        await expect(panel(other)).to_contain_text(said)
    await expect(mark(other, "bob")).to_have_accessible_name("known, verified")
    assert bob.errors == []


@pytest.mark.slow
async def test_one_person_under_two_names_is_written_down_once(arrive: Arrive, server: Server, secret: str) -> None:
    """Two tabs of somebody without a name are two guests, and one key."""
    alice, bob = await arrive("alice"), await arrive("guest 1")
    await alice.page.add_init_script(COUNT_WRITES)
    await alice.join(server.url, secret)
    await bob.join(server.url, secret)
    tab = Person("guest 2", await bob.context.new_page())
    await tab.join(server.url, secret)
    await alice.expect_people("guest 1", "guest 2")
    for person in (bob, tab):
        await person.press("Chat")
        await say(person, f"I am {person.name}")
        await expect(alice.page.get_by_role("button", name="Chat", exact=True)).not_to_have_accessible_description("")
    assert await alice.page.evaluate("writes") == 2  # her own key, and whom she has met
    assert tab.errors == []


async def test_tabs_share_what_is_known(meet: Meet, server: Server, secret: str) -> None:
    alice, _ = await meet("alice", "bob")
    tab = Person("alice again", await alice.context.new_page())
    await tab.join(server.url, secret)
    await expect(mark(tab, "alice")).to_have_text("known")  # oneself
    await expect(mark(tab, "bob")).to_have_text("known")
    await compare(alice, "bob", "They match")
    await expect(mark(tab, "bob")).to_have_accessible_name("known, verified")
    assert tab.errors == []


@pytest.mark.slow
async def test_a_line_keeps_the_mark_that_it_was_said_with(
    meet: Meet, arrive: Arrive, server: Server, secret: str
) -> None:
    """Who takes somebody's name for a line, and gives it back, has not said it as that one, nor as oneself."""
    alice, bob = await meet("alice", "bob")
    await compare(alice, "bob", "They match")
    await bob.press("Leave")
    mallory = await arrive("mallory")
    await mallory.open_room(server.url, secret)
    await expect(mark(alice, "mallory")).to_have_text("new")
    await alice.press("Chat")
    await mallory.page.evaluate("change_pref('username', 'bob')")
    await expect(mark(alice, "bob")).to_have_text("changed")
    await mallory.press("Chat")
    await say(mallory, "it is me, bob")
    line = alice.page.get_by_role("log").get_by_role("listitem").filter(has_text="it is me")
    await expect(line.locator(".identity")).to_have_text("changed")
    await mallory.page.evaluate("change_pref('username', 'mallory')")
    await expect(mark(alice, "mallory")).to_have_text("new")
    await expect(line.locator(".identity")).to_have_text("changed")


async def test_a_storage_that_does_not_answer_holds_nobody_up(arrive: Arrive, server: Server, secret: str) -> None:
    alice, bob = await arrive("alice"), await arrive("bob")
    await alice.page.add_init_script(SILENT_STORAGE)
    for person in (alice, bob):
        await person.join(server.url, secret)
    await expect(mark(alice, "bob")).to_have_text("new")
    await expect(mark(bob, "alice")).to_have_text("new")


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


@pytest.mark.programs
async def test_a_client_that_guards_against_less_is_not_trusted(
    meet: Meet, server: Server, secret: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program of a known key comes again, and says no rosters any more."""
    (alice,) = await meet("alice")
    keys = KeyFiles(tmp_path)
    async with Room(secret, server=server.url, username="dave", keys=keys):
        await expect(mark(alice, "dave")).to_have_text("new")
    await expect(alice.tile("dave")).to_have_count(0)
    monkeypatch.setattr("keks_meet.client.room.FEATURES", tuple(each for each in FEATURES if each != "roster-1"))
    async with Room(secret, server=server.url, username="dave", keys=keys):
        await expect(mark(alice, "dave")).to_have_text("changed")
        await alice.expect_notice("The app of “dave” protects less than before")
        await alice.page.locator(".notices").get_by_role("button", name="Accept for now").click()
        await expect(mark(alice, "dave")).to_have_text("new")


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
