# SPDX-License-Identifier: AGPL-3.0-only
"""Coming into a room: a full one, a slow one, and another one."""

import asyncio
import re
import secrets
from urllib.parse import quote

import pytest
from playwright.async_api import Route, WebSocket, expect

from tests.e2e.conftest import Arrive, Meet
from tests.e2e.harness.relay import Relay
from tests.e2e.harness.server import Server

SAID = """(ways) => probe.until(
    () => probe.announcements.some((said) => ways.some((words) => said.includes(words))),
    20000,
)"""
FIVE = ["ada", "ben", "cem", "dora", "emil"]


@pytest.mark.slow
@pytest.mark.parametrize("many", [2, 5])
async def test_joining_a_room_of_many(meet: Meet, arrive: Arrive, server: Server, secret: str, many: int) -> None:
    """The newcomer sees everybody, and hears those who speak, at once."""
    others = await meet(*FIVE[:many])
    for person in others[:2]:
        await person.press("Microphone")
    zoe = await arrive("zoe")
    await zoe.join(server.url, secret)
    await zoe.expect_people(*FIVE[:many])
    await zoe.expect_flowing("audio", 2)
    await zoe.press("Microphone")
    await asyncio.gather(*(person.expect_flowing("audio") for person in others))
    # Who takes longer than 3 s to say a name on a busy machine is somebody without one until then.
    for person in others:
        assert await person.page.evaluate(SAID, ["“zoe” joined", "called “zoe”"]), await person.announcements()


async def test_connection_is_begun_with_the_page_alone(arrive: Arrive, server: Server, secret: str) -> None:
    """By a script that stands in the page and waits for nothing else; who takes it over begins no other one."""
    alice = await arrive("alice")
    released = asyncio.Event()
    begun: list[WebSocket] = []
    alice.page.on("websocket", lambda socket: begun.append(socket))  # noqa: PLW0108 (Playwright marks it)

    async def hold(route: Route) -> None:
        await released.wait()
        await route.continue_()

    await alice.page.route(re.compile(r"\.(js|css)$"), hold)
    async with alice.page.expect_event("websocket"):
        opening = asyncio.create_task(alice.join(server.url, secret))
    released.set()
    await opening
    assert len(begun) == 1


@pytest.mark.slow
async def test_presses_while_joining_are_kept(arrive: Arrive, server: Server, secret: str) -> None:
    alice, bob = await arrive("alice"), await arrive("bob")
    handshakes = 0

    def hold_the_second(_number: int, _direction: str, data: bytes) -> None:
        nonlocal handshakes
        handshakes += data.startswith(b"GET /signaling")
        if handshakes == 2:
            relay.hold()

    async with Relay(server.port, record=hold_the_second) as relay:
        await bob.join(server.url, secret)
        # The page itself, and what it loads with the first click, must come before anything is held back.
        await alice.join(relay.url, f"Elsewhere#{secrets.token_hex(32)}")
        async with (
            alice.page.expect_response(re.compile("/audio-graph-")),
            alice.page.expect_response(re.compile("/OwnResources-")),
        ):
            await alice.press("Chat")
        await alice.open_room(relay.url, secret)
        await expect(alice.own_tile.locator(".state")).to_have_text("joining…")
        await alice.press("Microphone")
        await alice.press("Camera")
        await expect(alice.own_tile.get_by_role("button", name="Stop sharing")).to_have_count(2)
        handshakes = 0
        relay.release()
        await alice.expect_joined()
        await bob.expect_flowing("audio")
        await bob.enable("alice", "Camera")
        await bob.expect_flowing("video")


@pytest.mark.slow
async def test_other_text_after_the_hash_is_another_room(meet: Meet, arrive: Arrive, server: Server) -> None:
    """The page moves there without a reload."""
    alice, bob = await meet("alice", "bob")
    elsewhere = f"Elsewhere#{secrets.token_hex(32)}"
    carol = await arrive("carol")
    await carol.join(server.url, elsewhere)
    await alice.page.evaluate("window.sameDocument = true")
    await alice.page.evaluate("(hash) => { location.hash = hash; }", quote(elsewhere, safe="#") + "?username=alice")
    await alice.expect_people("carol")
    await carol.expect_people("alice")
    await bob.expect_people()
    assert await alice.page.evaluate("window.sameDocument") is True
    await alice.press("Microphone")
    await carol.expect_flowing("audio")
