# SPDX-License-Identifier: AGPL-3.0-only
"""Known rooms with live member counts, invitations, and the log."""

import asyncio
import json
import re
from urllib.parse import quote

import pytest
from playwright.async_api import Locator, WebSocketRoute, expect

from tests.e2e.conftest import Arrive, MakeServer, Meet
from tests.e2e.harness.keyboard import Keyboard
from tests.e2e.harness.person import Person, room_address
from tests.e2e.harness.server import Server


def panel(person: Person, name: str) -> Locator:
    return person.page.get_by_role("region", name=name)


async def test_rooms_are_watched_edited_and_entered(meet: Meet, arrive: Arrive, server: Server) -> None:
    (alice,) = await meet("alice")
    await alice.press("Known Rooms")
    rooms = panel(alice, "Known Rooms")
    await rooms.get_by_label("Secret or link").fill(room_address(server.url, "garden gate 7", "x"))
    await rooms.get_by_label("Name").fill("Garden")
    await rooms.get_by_role("button", name="Add", exact=True).click()
    garden = rooms.get_by_role("listitem").filter(has_text="Garden")
    await expect(garden).to_contain_text("empty")

    bob, carol = await arrive("bob"), await arrive("carol")
    await bob.join(server.url, "garden gate 7")
    await expect(garden).to_contain_text("1 person")
    await carol.join(server.url, "garden gate 7")
    await expect(garden).to_contain_text("2 people")
    await carol.press("Leave")
    await expect(garden).to_contain_text("1 person")

    await rooms.get_by_role("button", name="Add this room").click()
    names = rooms.get_by_role("listitem").get_by_role("link")
    await expect(names).to_have_text(["public", "Garden", "Test room"])
    await garden.get_by_role("button", name="Move up").click()
    await expect(names).to_have_text(["Garden", "public", "Test room"])
    await rooms.get_by_role("listitem").filter(has_text="public").get_by_role("button", name="Remove").click()
    await expect(names).to_have_text(["Garden", "Test room"])

    await alice.page.evaluate("() => { window.marker = 'same document'; }")
    await rooms.get_by_role("link", name="Garden").click()
    await expect(alice.page.get_by_role("article", name="bob")).to_be_visible()
    assert await alice.page.evaluate("window.marker") == "same document"


async def test_rooms_are_moved_by_keyboard_without_losing_the_place(meet: Meet) -> None:
    (alice,) = await meet("alice")
    await alice.page.evaluate("change_pref('room_watches', 'first=1;second=2;third=3')")
    await alice.press("Known Rooms")
    rooms = panel(alice, "Known Rooms")
    names = rooms.get_by_role("listitem").get_by_role("link")
    keys = await Keyboard.of(alice)
    ways = (
        ("first", "Move down", [["second", "first", "third"], ["second", "third", "first"]]),
        ("third", "Move up", [["third", "second", "first"]]),
    )
    for room, way, orders in ways:
        button = rooms.get_by_role("listitem").filter(has_text=room).get_by_role("button", name=way)
        await button.focus()
        # Once more than it can go.
        for order in [*orders, orders[-1]]:
            await alice.page.keyboard.press("Enter")
            await expect(names).to_have_text(order)
            await keys.expect_at(f"button {way} ({room})")
        await expect(button).to_be_disabled()


async def test_what_is_typed_and_pressed_at_once_counts(meet: Meet) -> None:
    """Faster than any task of the browser can come between."""
    (alice,) = await meet("alice")
    await alice.page.evaluate("change_pref('room_watches', 'first=1;second=2')")
    await alice.press("Known Rooms")
    rooms = panel(alice, "Known Rooms")
    secret = rooms.get_by_label("Secret or link")
    await secret.evaluate("""(secret) => {
        const [, name] = secret.form.querySelectorAll("input");
        for (const [field, text] of [[secret, "3"], [name, "third"]]) {
            field.value = text;
            field.dispatchEvent(new InputEvent("input", { bubbles: true }));
        }
        secret.form.requestSubmit();
    }""")
    names = rooms.get_by_role("listitem").get_by_role("link")
    await expect(names).to_have_text(["first", "second", "third"])
    for field in (secret, rooms.get_by_label("Name")):
        await expect(field).to_have_value("")
    # Down and up again, of which the second is drawn as switched off before the first has moved the row.
    first = rooms.get_by_role("listitem").filter(has_text="first")
    await first.get_by_role("button", name="Move up").evaluate("""(up) => {
        up.nextElementSibling.click();
        up.nextElementSibling.click();
        up.click();
    }""")
    await expect(names).to_have_text(["second", "first", "third"])


@pytest.mark.slow
async def test_counts_come_back_with_the_server(make_server: MakeServer, arrive: Arrive, secret: str) -> None:
    server = await make_server()
    alice, bob = await arrive("alice"), await arrive("bob")
    await alice.join(server.url, secret)
    await bob.join(server.url, "public")
    await alice.press("Known Rooms")
    public = panel(alice, "Known Rooms").get_by_role("listitem").filter(has_text="public")
    await expect(public).to_contain_text("1 person")
    await server.kill()
    await server.start()
    await bob.press("Leave")
    await expect(public).to_contain_text("empty")


async def test_hidden_when_the_server_counts_nobody(make_server: MakeServer, arrive: Arrive, secret: str) -> None:
    server = await make_server(features={"room_watches": False})
    alice = await arrive("alice")
    await alice.join(server.url, secret)
    await expect(alice.page.get_by_role("button", name="Known Rooms")).to_have_count(0)
    await expect(alice.page.get_by_role("button", name="Settings", exact=True)).to_be_visible()


async def test_invitation_is_the_link_of_the_room_alone(meet: Meet, secret: str, server: Server) -> None:
    (alice,) = await meet("alice")
    await alice.context.grant_permissions(["clipboard-write"])
    await alice.page.get_by_role("button", name="Invite").click()
    invite = panel(alice, "Invite")
    await invite.get_by_role("button", name="Copy link").click()
    await expect(invite.get_by_role("status")).to_have_text("Copied")
    await expect(invite.get_by_role("img", name="QR code of the link")).to_be_visible()
    await alice.press("Chat")
    await alice.page.get_by_role("textbox", name="Message").press("Control+v")
    link = f"{server.url}/room#{quote(secret, safe='')}"
    await expect(alice.page.get_by_role("textbox", name="Message")).to_have_value(link)


async def test_log_tells_what_happened_and_no_secret(meet: Meet, secret: str) -> None:
    alice, bob = await meet("alice", "bob")
    await bob.press("Microphone")
    await alice.expect_flowing("audio")
    await alice.press("Chat")
    await alice.page.get_by_role("textbox", name="Message").fill("a private word")
    await alice.page.keyboard.press("Enter")
    await alice.press("Settings")
    await alice.page.get_by_role("button", name="Log", exact=True).click()
    log = panel(alice, "Log").locator("pre")
    await expect(log).to_contain_text("link: joined")
    await expect(log).to_contain_text(re.compile(r"peer 1 resource 0 \(audio\): wanted, flowing"))
    text = await log.inner_text()
    for private in (secret, secret.partition("#")[2], "Test room", "alice", "bob", "Microphone", "a private word"):
        assert private not in text


async def test_server_of_the_original_is_made_to_count_again(arrive: Arrive, server: Server, secret: str) -> None:
    """It forgets a room that is watched again, unless nothing was watched in between; it announces no features."""
    alice = await arrive("alice")
    said: asyncio.Queue[list[str]] = asyncio.Queue()

    def stand_between(page: WebSocketRoute) -> None:
        behind = page.connect_to_server()

        def hide_features(frame: str | bytes) -> None:
            packet = json.loads(frame)
            packet.get("init", {}).pop("features", None)
            page.send(json.dumps(packet))

        def note(frame: str | bytes) -> None:
            if (rooms := json.loads(frame).get("watch_rooms")) is not None:
                said.put_nowait(rooms)
            behind.send(frame)

        behind.on_message(hide_features)
        page.on_message(note)

    await alice.page.route_web_socket(re.compile("/signaling$"), stand_between)
    await alice.join(server.url, secret)
    await alice.press("Known Rooms")
    for rooms in ("first=1;second=2", "first=1;second=2;third=3"):
        await alice.page.evaluate("(rooms) => change_pref('room_watches', rooms)", rooms)
        async with asyncio.timeout(20):
            counted = before = 0
            while counted != rooms.count("="):
                before, counted = counted, len(await said.get())
        assert before == 0
