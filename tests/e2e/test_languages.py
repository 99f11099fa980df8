# SPDX-License-Identifier: AGPL-3.0-only
"""The page speaks the reader's language, and another one as soon as it is chosen."""

import re

from playwright.async_api import Locator, expect

from tests.e2e.conftest import Arrive
from tests.e2e.harness.person import Person, room_address
from tests.e2e.harness.server import Server

CHUNK = re.compile(r"/assets/(de|es|fr|ja)-[^/]+\.js$")
ENGLISH = re.compile(r"\b(the|your|Settings|Language|Close|Send|Leave|connected|Message|License|joined|Invite)\b")


def loaded(person: Person) -> list[str]:
    """The languages that the page has asked the server for; it imports them out of the browser's cache then."""
    fetched = [request.url for request in person.requests if request.resource_type == "fetch"]
    return [found[1] for url in fetched if (found := CHUNK.search(url))]


def language_of(person: Person) -> Locator:
    return person.page.locator("html")


def control(person: Person, name: str) -> Locator:
    return person.page.get_by_role("toolbar").get_by_role("button", name=name, exact=True)


async def expect_no_english(person: Person) -> None:
    await expect(person.page.locator("body")).not_to_contain_text(ENGLISH, use_inner_text=True)


async def test_room_is_in_the_language_of_the_system(arrive: Arrive, server: Server, secret: str) -> None:
    alice = await arrive("alice", locale="de-CH")
    await alice.open_room(server.url, secret)
    await expect(alice.tile("alice (du)").locator(".state")).to_have_text("verbunden")
    await expect(language_of(alice)).to_have_attribute("lang", "de")
    for name in ("Verlassen", "Einstellungen", "Bekannte Räume", "Mikrofon", "Kamera", "Bildschirm", "Datei"):
        await expect(control(alice, name)).to_be_visible()
    assert loaded(alice) == ["de"]


async def test_english_is_never_seen_before_the_language_of_the_system(
    arrive: Arrive, server: Server, secret: str
) -> None:
    alice = await arrive("alice", locale="fr")
    await alice.context.add_init_script(
        """
        globalThis.seen = [];
        const look = () => {
            const text = document.documentElement.innerText;
            if (document.documentElement.checkVisibility() && text) seen.push(text);
            requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
        """
    )
    await alice.open_room(server.url, secret)
    await expect(control(alice, "Quitter")).to_be_visible()
    await alice.page.wait_for_function("() => seen.length > 0")
    assert not [text for text in await alice.page.evaluate("seen") if "Leave" in text]


async def test_language_that_does_not_come_holds_up_neither_page_nor_call(
    arrive: Arrive, server: Server, secret: str
) -> None:
    alice = await arrive("alice", locale="es")
    await alice.context.route(CHUNK, lambda route: route.abort())
    await alice.join(server.url, secret)
    await expect(control(alice, "Leave")).to_be_visible()
    await expect(language_of(alice)).to_have_attribute("lang", "en")


async def test_unknown_language_of_the_system_is_english_and_loads_no_other(
    arrive: Arrive, server: Server, secret: str
) -> None:
    alice = await arrive("alice", locale="sv-SE")
    await alice.join(server.url, secret)
    await alice.press("Settings")
    await expect(alice.page.get_by_label("Language", exact=True)).to_be_visible()
    await expect(language_of(alice)).to_have_attribute("lang", "en")
    assert loaded(alice) == []


async def test_choosing_a_language_translates_the_whole_page_at_once(
    arrive: Arrive, server: Server, secret: str
) -> None:
    alice, bob = await arrive("alice"), await arrive("bob", locale="ja")
    await alice.page.goto(room_address(server.url, secret, "alice") + "&nonsense=1")
    await alice.expect_joined()
    await alice.page.evaluate("globalThis.marker = 'same document'")
    await bob.open_room(server.url, secret)
    await control(bob, "カメラ").click()
    await alice.expect_offered("bob", "Camera")
    await alice.press("Microphone")
    await alice.press("Chat")
    await alice.page.get_by_role("textbox", name="Message").fill("hello")
    await alice.page.keyboard.press("Enter")
    await alice.press("Settings")
    panel = alice.page.get_by_role("region")
    await alice.page.get_by_label("Language", exact=True).select_option(label="Deutsch")

    await expect(panel.get_by_role("heading", name="Einstellungen")).to_be_visible()
    await expect(alice.page.get_by_label("Sprache", exact=True)).to_have_value("de")
    await expect(language_of(alice)).to_have_attribute("lang", "de")
    await expect(alice.tile("alice (du)").locator(".label")).to_have_text(["Mikrofon"])
    await expect(alice.button(alice.tile("bob"), "„Kamera“ einschalten")).to_be_visible()
    await expect(alice.page.get_by_role("alert")).to_contain_text("Der Link setzt „nonsense“")
    await expect_no_english(alice)

    await control(alice, "Chat").click()
    chat = alice.page.get_by_role("region", name="Chat")
    await expect(chat.get_by_role("log", name="Nachrichten")).to_contain_text("„bob“ ist da")
    await expect(chat.get_by_role("textbox", name="Nachricht")).to_be_visible()
    await expect_no_english(alice)

    await alice.page.evaluate("change_pref('language', undefined)")
    await expect(chat.get_by_role("log", name="Messages")).to_contain_text("“bob” joined")
    await expect(language_of(alice)).to_have_attribute("lang", "en")
    assert await alice.page.evaluate("marker") == "same document"
    assert loaded(alice) == ["de"]
    await expect(bob.tile("bob（自分）").locator(".label")).to_have_text(["カメラ"])  # noqa: RUF001 - Japanese has wide brackets


async def test_chosen_language_is_kept(arrive: Arrive, server: Server, secret: str) -> None:
    alice = await arrive("alice")
    await alice.join(server.url, secret)
    await alice.page.evaluate("change_pref('language', 'fr')")
    await expect(control(alice, "Quitter")).to_be_visible()
    await alice.page.goto(server.url)
    await expect(alice.page.get_by_role("button", name="Entrer dans le salon")).to_be_visible()
    await expect(language_of(alice)).to_have_attribute("lang", "fr")


async def test_link_sets_the_language_for_its_load_alone(arrive: Arrive, server: Server, secret: str) -> None:
    alice = await arrive("alice", locale="de")
    await alice.page.goto(room_address(server.url, secret, "alice") + "&language=es")
    await expect(control(alice, "Salir")).to_be_visible()
    assert loaded(alice) == ["es"]
    assert await alice.page.evaluate("localStorage.getItem('language')") is None
    await alice.page.goto("about:blank")
    await alice.open_room(server.url, secret)
    await expect(control(alice, "Verlassen")).to_be_visible()


async def test_start_page_in_japanese(arrive: Arrive, server: Server) -> None:
    alice = await arrive("alice", locale="ja-JP")
    await alice.page.goto(server.url)
    await expect(language_of(alice)).to_have_attribute("lang", "ja")
    await alice.page.get_by_role("textbox", name="ルーム名").fill("朝会?")
    await expect(alice.page.get_by_text("疑問符は使えません")).to_be_visible()
    await alice.page.get_by_role("textbox", name="ルーム名").fill("朝会")
    await alice.page.get_by_role("button", name="ルームに入る").click()
    await expect(control(alice, "退出")).to_be_visible()
    assert set(loaded(alice)) == {"ja"}


async def test_room_that_cannot_be_entered_says_so_in_the_readers_language(arrive: Arrive, server: Server) -> None:
    alice = await arrive("alice", locale="de")
    await alice.page.goto(f"{server.url}/room#%")
    await expect(alice.page.get_by_role("alert")).to_contain_text("kein gültiger Raum")
