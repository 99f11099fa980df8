# SPDX-License-Identifier: AGPL-3.0-only
"""Making a room, and what every page links to."""

import re
from urllib.parse import quote, unquote, urljoin

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Arrive
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server

ROOM = re.compile(r"/room#(?P<name>[^#]+)%23(?P<random>[0-9a-f]{64})$")


async def _make_room(person: Person, server: Server, name: str = "") -> re.Match[str]:
    await person.page.goto(server.url)
    await person.page.get_by_role("textbox", name="Room name").fill(name)
    await person.page.get_by_role("button", name="Join room").click()
    await person.page.wait_for_url(ROOM)
    await expect(person.page.get_by_role("article")).to_have_count(1)
    await expect(person.page.get_by_role("alert")).to_have_count(0)
    found = ROOM.search(person.page.url)
    assert found
    return found


async def test_room_without_a_name_gets_one_and_a_secret(arrive: Arrive, server: Server) -> None:
    alice = await arrive("alice")
    first = await _make_room(alice, server)
    second = await _make_room(alice, server)
    assert first["random"] != second["random"]


async def test_typed_name_gets_a_random_secret_too(arrive: Arrive, server: Server) -> None:
    alice = await arrive("alice")
    first = await _make_room(alice, server, "Standup")
    second = await _make_room(alice, server, "Standup")
    assert first["name"] == second["name"] == "Standup"
    assert first["random"] != second["random"]


DIGITS = "0123456789abcdef" * 4


@pytest.mark.parametrize("around", ["{}", " <{}>. ", pytest.param("Come to {}!", marks=pytest.mark.slow)])
async def test_pasted_link_opens_its_room(arrive: Arrive, server: Server, around: str) -> None:
    alice = await arrive("alice")
    await alice.page.goto(server.url)
    field = alice.page.get_by_role("textbox", name="Room name")
    await field.fill(around.format(f"{server.url}/room#Calm%20Otter#{DIGITS}"))
    await field.press("Enter")
    await alice.page.wait_for_url(f"{server.url}/room#Calm%20Otter%23{DIGITS}")
    await expect(alice.page.get_by_role("heading", level=1)).to_have_text("Calm Otter")


async def test_what_is_typed_right_before_joining_counts(arrive: Arrive, server: Server) -> None:
    """Faster than any task of the browser can come between."""
    alice = await arrive("alice")
    await alice.page.goto(server.url)
    type_and_join = """(field, name) => {
        field.value = name;
        field.dispatchEvent(new InputEvent("input", { bubbles: true }));
        field.form.requestSubmit();
    }"""
    await alice.page.get_by_role("textbox", name="Room name").evaluate(type_and_join, "Standup")
    await alice.page.wait_for_url(ROOM)
    await expect(alice.page.get_by_role("heading", level=1)).to_have_text("Standup")


async def test_pasted_secret_that_was_cut_says_so(arrive: Arrive, server: Server) -> None:
    alice = await arrive("alice")
    await alice.page.goto(server.url)
    field = alice.page.get_by_role("textbox", name="Room name")
    await field.fill(f"Calm Otter#{DIGITS[:-3]}")
    await field.press("Enter")
    await expect(field).to_have_accessible_description(re.compile("not whole"))
    await field.fill(f"Calm Otter#{DIGITS}, ")
    await field.press("Enter")
    await alice.page.wait_for_url(f"{server.url}/room#Calm%20Otter%23{DIGITS}")


async def test_link_is_all_that_another_person_needs(arrive: Arrive, server: Server) -> None:
    alice, bob = await arrive("alice"), await arrive("bob")
    await _make_room(alice, server, "Käse & Brot")
    await bob.page.goto(alice.page.url)
    await expect(bob.page.get_by_role("heading", level=1)).to_have_text("Käse & Brot")
    for person in (alice, bob):
        await expect(person.page.get_by_role("article")).to_have_count(2)


@pytest.mark.parametrize("path", ["/", "/room#Footer#" + "0123456789abcdef" * 4])
async def test_footer(arrive: Arrive, server: Server, path: str) -> None:
    alice = await arrive("alice")
    await alice.page.goto(server.url + path)
    footer = alice.page.get_by_role("contentinfo")
    await expect(footer).to_contain_text(re.compile(r"\d+\.\d+\.\d+"))
    for link in ("License", "Source code", "Documentation"):
        address = await footer.get_by_role("link", name=link, exact=True).get_attribute("href")
        assert address
        answer = await alice.context.request.get(urljoin(alice.page.url, address))
        assert answer.ok, f"{link} leads to {address}: {answer.status}"
        assert await answer.body()


async def test_pasted_link_and_pasted_secret_open_their_room_whole(arrive: Arrive, server: Server) -> None:
    """However long they are: what is cut is another room."""
    alice = await arrive("alice")
    secret = f"{'A very long name of a room ' * 4}#{'0123456789abcdef' * 4}"
    link = f"{server.url}/room#{quote(secret, safe='#')}?username=alice"
    for pasted in (secret, link):
        await alice.page.goto(server.url)
        await alice.page.get_by_role("textbox", name="Room name").fill(pasted)
        await alice.page.get_by_role("button", name="Join room").click()
        await expect(alice.page.get_by_role("article")).to_have_count(1)
        assert unquote(alice.page.url).partition("#")[2].partition("?")[0] == secret
