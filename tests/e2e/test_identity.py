# SPDX-License-Identifier: AGPL-3.0-only
"""Who people are: marks on tiles and in the chat, the panel of people, and what a browser keeps of them [Y14] [Y19]."""

import json
import re
import secrets
from pathlib import Path

import pytest
from playwright.async_api import expect

from keks_meet.client.identity.key_files import KeyFiles
from keks_meet.client.room import FEATURES, Room
from keks_meet.crypto.people_file import unlock_people
from tests.e2e.conftest import Arrive, Meet
from tests.e2e.harness.chat import say
from tests.e2e.harness.people import again, compare, entry, mark, open_panel, panel
from tests.e2e.harness.person import Person, room_address
from tests.e2e.harness.server import Server

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
