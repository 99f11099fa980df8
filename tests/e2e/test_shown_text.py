# SPDX-License-Identifier: AGPL-3.0-only
"""Text of peers: nothing invisible in it, nothing that passes for somebody else's, and nothing that passes for ours."""

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Meet
from tests.e2e.harness.chat import messages, panel, say
from tests.e2e.harness.person import Person


async def call(person: Person, name: str) -> None:
    await person.page.evaluate("(name) => change_pref('username', name)", name)


async def test_a_new_name_is_told_once_however_often_it_changes(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await call(bob, "rob")
    await expect(alice.page.get_by_role("status")).to_contain_text("“bob” is now called “rob”")
    await alice.press("Chat")
    for name in ("mallory", "ro\u200bger", "carol"):
        await call(bob, name)
    await expect(messages(alice).last).to_have_text("“bob” is now called “carol”")
    await expect(messages(alice).filter(has_text="is now called")).to_have_count(1)
    await expect(alice.tile("carol")).to_be_visible()
    await alice.page.keyboard.press("Escape")
    await alice.press("Settings")
    await alice.page.get_by_role("button", name="Log", exact=True).click()
    log = alice.page.get_by_role("region", name="Log").locator("pre")
    await expect(log).to_contain_text("peer 1: renamed")
    await expect(log).not_to_contain_text("carol")


@pytest.mark.slow
async def test_equal_names_are_told_apart_for_as_long_as_they_are_there(meet: Meet) -> None:
    me, alice, bob = await meet("guest", "alice", "bob")
    await call(bob, "\u0430lice")  # its first letter is Cyrillic
    second = me.tile("“\u0430lice” (2)")
    await expect(second.locator("h2 .mark")).to_have_text("2")
    await expect(me.tile("alice").locator("h2 .mark")).to_have_count(0)
    await me.press("Chat")
    await bob.press("Chat")
    await say(bob, "it is me, alice")
    await expect(messages(me).last.locator(".who .mark")).to_have_text("2")
    await alice.press("Leave")
    await expect(messages(me).last).to_have_text("“alice” left")
    await expect(second.locator("h2 .mark")).to_have_text("2")
    await call(bob, "Guest")
    await expect(me.tile("“Guest” (2)").locator("h2 .mark")).to_have_text("2")
    await expect(me.own_tile.locator("h2 .mark")).to_have_text("you")


async def test_no_name_passes_for_a_mark_of_ours(meet: Meet) -> None:
    me, bob = await meet("guest", "bob")
    await call(bob, "guest (you)")
    imitation = me.tile("“guest (you)”")
    await expect(imitation.locator("h2 bdi")).to_have_text("guest (you)")
    await expect(imitation.locator("h2 .mark")).to_have_count(0)
    await expect(me.tile("guest (you)")).to_have_count(1)
    assert await me.own_tile.locator("h2").evaluate("(h2) => h2.querySelector('bdi').textContent") == "guest"


async def test_blank_and_invisible_names_are_nobodys(meet: Meet) -> None:
    me, bob = await meet("guest", "bob")
    for name in ("\u3164", "\u200b\u2060\u00ad", " \u00a0", "\u202e\u0301"):
        await call(bob, f"{name}")
        await expect(me.tile("unnamed guest")).to_be_visible()
        await call(bob, "bob")
        await expect(me.tile("bob")).to_be_visible()
    await call(bob, "👩\u200d💻 \u0645\u06cc\u200c\u062e")
    await expect(me.tile("👩\u200d💻 \u0645\u06cc\u200c\u062e")).to_be_visible()


async def test_a_name_stays_between_its_quotation_marks(meet: Meet) -> None:
    me, bob = await meet("guest", "bob")
    await me.press("Chat")
    await call(bob, "alice” left. “carol")
    await expect(messages(me).last).to_have_text("“bob” is now called “alice\u2019 left. \u2019carol”")


async def test_names_of_files_show_as_they_are(meet: Meet) -> None:
    me, bob = await meet("guest", "bob")
    picker = bob.page.locator("input[type=file]").first
    await picker.set_input_files({"name": "annexe\u202etxt.exe", "mimeType": "text/plain", "buffer": b"1"})
    await expect(me.tile("bob").locator(".file-item .label")).to_have_text("annexetxt.exe")
    await expect(me.page.get_by_role("status")).to_contain_text("“bob” offers “annexetxt.exe”")


async def test_links_show_where_they_lead(meet: Meet) -> None:
    me, bob = await meet("guest", "bob")
    await me.press("Chat")
    await bob.press("Chat")
    await say(bob, "see https://example.org/a?b or https://bank.example@evil.example/x\u202egro.knab")
    said = messages(me).last
    links = said.get_by_role("link")
    await expect(links).to_have_count(2)
    await expect(links.nth(1)).to_have_attribute("href", "https://bank.example@evil.example/xgro.knab")
    await expect(said.locator(".mark")).to_have_text(["evil.example"])
    await say(bob, "https://\u0430pple.com/ https://EXAMPLE.org")
    await expect(messages(me).last.locator(".mark")).to_have_text(["xn--pple-43d.com"])
    await say(bob, "one\n    two \u202ethree\u0301\u0301\u0301\u0301\u0301\u0301\u0301")
    await expect(messages(me).last.locator("p")).to_have_js_property(
        "textContent", "one\n    two three\u0301\u0301\u0301\u0301"
    )
    await expect(panel(me)).to_be_visible()
