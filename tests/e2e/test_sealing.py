# SPDX-License-Identifier: AGPL-3.0-only
"""Who can read what pages say: whoever has the room's key alone reads who can seal, and no more [Y10] to [Y12]."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import WebSocketRoute, expect

from keks_meet.crypto.envelope import open_envelope
from keks_meet.crypto.room_keys import derive_keys
from tests.e2e.conftest import Arrive
from tests.e2e.harness.chat import messages, say
from tests.e2e.harness.recording import Recording
from tests.e2e.harness.relay import Relay
from tests.e2e.harness.server import Server

pytestmark = pytest.mark.programs
ORIGINAL = Path(__file__).parent / "harness" / "original.js"
JOIN = "(secret) => original.join(secret, 'olga').then((client) => { window.client = client; })"


def heard(recording: Recording, secret: str) -> list[tuple[int, dict[str, Any]]]:
    """All messages that members were given, and who said them, as somebody reads them who has the room's key."""
    key = derive_keys(secret).message_key
    packets = [json.loads(payload) for payload in recording.messages() if payload.startswith(b'{"message"')]
    given = [(each["message"]["sender"], each["message"]["message"]) for each in packets]
    said = [(sender, json.loads(open_envelope(key, envelope, sender))) for sender, envelope in given]
    return [(sender, inner) for sender, inner in said if "probe" not in inner]


async def test_pages_say_nothing_to_each_other_that_the_rooms_key_opens(
    arrive: Arrive, server: Server, secret: str
) -> None:
    recording = Recording()
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Relay(server.port, record=recording.record) as relay:
        await alice.join(relay.url, secret)
        await alice.press("Chat")
        await bob.join(relay.url, secret)
        await bob.press("Chat")
        await alice.expect_people("bob")
        await bob.expect_people("alice")
        await say(alice, "hello")
        await expect(messages(bob).last).to_contain_text("hello")
        await say(bob, "good evening")
        await expect(messages(alice).last).to_contain_text("good evening")
        await alice.press("Microphone")
        await bob.expect_flowing("audio")
    said = heard(recording, secret)
    assert {kind for _, inner in said for kind in inner} == {"identify", "sealed"}
    hellos = [inner["identify"] for _, inner in said if "identify" in inner]
    # Each says one, perhaps twice: once by itself, and once as an answer.
    assert {(each["username"], "nonce" in each) for each in hellos} == {("", True)}
    assert len({(each["nonce"], each["p256"]) for each in hellos}) == 2
    assert len({inner["sealed"]["pair"] for _, inner in said if "sealed" in inner}) == 1
    for speaker in {sender for sender, _ in said}:
        numbers = [inner["sealed"]["number"] for sender, inner in said if sender == speaker and "sealed" in inner]
        assert numbers == list(range(len(numbers)))


async def test_who_cannot_seal_hears_the_name_and_the_chat_in_the_open_alone(
    arrive: Arrive, server: Server, secret: str
) -> None:
    alice, bob, other = await arrive("alice"), await arrive("bob"), await arrive("olga")
    await other.page.goto(f"{server.url}/license")
    await other.page.evaluate(ORIGINAL.read_text())
    await other.page.evaluate(JOIN, secret)
    recording = Recording()
    async with Relay(server.port, record=recording.record) as relay:
        await alice.join(server.url, secret)
        await alice.press("Chat")
        # What bob is given goes through the relay, and what the other client is given does not.
        await bob.join(relay.url, secret)
        await bob.press("Chat")
        await alice.expect_people("olga", "bob")
        await bob.expect_people("olga", "alice")
        await say(alice, "hello")
        await expect(messages(bob).last).to_contain_text("hello")
        assert await other.page.evaluate(
            "probe.until(() => client.seen.chat.some(({ text }) => text === 'hello'), 20000)"
        )
        names = await other.page.evaluate("client.seen.names")
        assert sorted(name for name in names if name) == ["alice", "bob"]
        await other.page.evaluate("client.say(undefined, { chat: { text: 'in the open' } })")
        for person in (alice, bob):
            await expect(messages(person).last).to_contain_text("in the open")
    given = [inner for _, inner in heard(recording, secret)]
    opened = [each for each in given if "sealed" not in each and each.get("identify", {}).get("username") != ""]
    assert opened == [{"identify": {"username": "olga"}}, {"chat": {"text": "in the open"}}]


@pytest.mark.slow
async def test_who_comes_back_is_the_same(arrive: Arrive, server: Server, secret: str) -> None:
    """A connection of its own to the server means new keys, and the credential tells who that is [R1]."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Relay(server.port) as relay:
        await alice.join(server.url, secret)
        await alice.press("Chat")
        await bob.join(relay.url, secret)
        await bob.press("Chat")
        await alice.press("Microphone")
        await bob.expect_flowing("audio")
        relay.cut()
        await bob.expect_joined()
        await say(bob, "back again")
        await expect(messages(alice).last).to_contain_text("back again")
        await say(alice, "so you are")
        await expect(messages(bob).last).to_contain_text("so you are")
        await bob.expect_flowing("audio")
        assert await messages(alice).filter(has_text="left").count() == 0


class Holding:
    """Holds back from a page what members say sealed, until it is released."""

    def __init__(self, secret: str) -> None:
        self._key = derive_keys(secret).message_key
        self._held: list[str | bytes] | None = []

    async def route(self, page: WebSocketRoute) -> None:
        """Stand between a page and the server."""
        self._page = page
        server = page.connect_to_server()
        page.on_message(server.send)
        server.on_message(self._take)

    def release(self) -> None:
        """Let everything pass, what was held back first."""
        held, self._held = self._held or [], None
        for message in held:
            self._page.send(message)

    def _take(self, packet: str | bytes) -> None:
        if self._held is not None and self._is_sealed(json.loads(packet).get("message")):
            self._held.append(packet)
        else:
            self._page.send(packet)

    def _is_sealed(self, message: dict[str, Any] | None) -> bool:
        return message is not None and "sealed" in json.loads(
            open_envelope(self._key, message["message"], message["sender"])
        )


async def test_who_has_proven_itself_is_sent_what_it_wants_before_its_name_is_heard(
    arrive: Arrive, server: Server, secret: str
) -> None:
    """A newcomer that hears hellos alone proves itself, and says no name yet: who shares sound offers it [M10]."""
    alice, bob = await arrive("alice"), await arrive("bob")
    await alice.join(server.url, secret)
    await alice.press("Microphone")
    holding = Holding(secret)
    await bob.page.route_web_socket("**/signaling", holding.route)
    await bob.join(server.url, secret)
    await alice.page.wait_for_function("() => probe.connections.length === 1")
    await alice.expect_people()
    holding.release()
    await alice.expect_people("bob")
    await bob.expect_flowing("audio")
