# SPDX-License-Identifier: AGPL-3.0-only
"""The way to the server is dead, and no engine says so [L8] [M6]."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Arrive
from tests.e2e.harness.chat import messages, panel, say
from tests.e2e.harness.person import Person
from tests.e2e.harness.relay import Relay
from tests.e2e.harness.server import Server

ORIGINAL = Path(__file__).parent / "harness" / "original.js"
MOMENT_MS = 10_000
"""Between two probes."""
UNSENT = "not sent yet"
UNCERTAIN = "may not have arrived"


async def _notice_silence(person: Person) -> None:
    """Let time pass for a page until it has given the connection up, as it must after three moments of silence."""
    for _ in range(4):
        await person.page.clock.fast_forward(MOMENT_MS)
    await expect(person.own_tile.locator(".state")).to_have_text("reconnecting…")


async def _join_with_clock(person: Person, origin: str, secret: str) -> None:
    await person.page.clock.install()
    await person.join(origin, secret)
    await person.press("Chat")
    # Its code comes the same way, which may be closed a moment later.
    await expect(panel(person).get_by_role("textbox", name="Message")).to_be_visible()


async def test_line_said_into_a_dead_connection_is_said_again_and_shown_once(
    arrive: Arrive, server: Server, secret: str
) -> None:
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Relay(server.port) as relay:
        await _join_with_clock(alice, relay.url, secret)
        await bob.join(server.url, secret)
        await bob.press("Chat")
        await say(alice, "before")
        await expect(messages(bob).filter(has_text="before")).to_have_count(1)
        await expect(messages(alice).filter(has_text=UNSENT)).to_have_count(0)
        relay.hold()
        await say(alice, "into the silence")
        await expect(messages(alice).filter(has_text="into the silence")).to_contain_text(UNSENT)
        await _notice_silence(alice)
        # What was held back arrives, too, from the connection that was given up.
        relay.release()
        await alice.page.clock.fast_forward(MOMENT_MS)
        await alice.expect_joined()
        await expect(messages(alice).filter(has_text=UNSENT)).to_have_count(0)
        await say(alice, "after")
        await expect(messages(bob).filter(has_text="after")).to_have_count(1)
        await expect(messages(bob).filter(has_text="into the silence")).to_have_count(1)
        await expect(messages(alice).filter(has_text=UNCERTAIN)).to_have_count(0)


@pytest.mark.slow
async def test_line_for_a_client_without_ids_is_said_once_and_may_not_have_arrived(
    arrive: Arrive, server: Server, secret: str
) -> None:
    alice, other = await arrive("alice"), await arrive("other")
    await other.page.goto(f"{server.url}/license.txt")
    await other.page.evaluate(ORIGINAL.read_text())
    async with Relay(server.port) as relay:
        await _join_with_clock(alice, relay.url, secret)
        await other.page.evaluate(
            "(secret) => original.join(secret, 'other').then((client) => { window.client = client; })", secret
        )
        await alice.expect_people("other")
        relay.hold()
        await say(alice, "into the silence")
        await _notice_silence(alice)
        await expect(messages(alice).filter(has_text="into the silence")).to_contain_text(UNCERTAIN)
        relay.release()
        await alice.page.clock.fast_forward(MOMENT_MS)
        await alice.expect_joined()
        await alice.expect_people("other")
        await say(alice, "after")
        await other.page.wait_for_function("() => client.seen.chat.some(({ text }) => text === 'after')")
        said = await other.page.evaluate("client.seen.chat.map(({ text }) => text)")
        assert said == ["into the silence", "after"]
        assert not {"chat_id", "probe"} & set(await other.page.evaluate("client.seen.kinds"))


async def test_page_that_wakes_up_asks_at_once(arrive: Arrive, server: Server, secret: str) -> None:
    """The answer to what it asks is what settles a line that waits."""
    alice = await arrive("alice")
    frames: list[str] = []
    alice.page.on("websocket", lambda socket: socket.on("framesent", lambda frame: frames.append(str(frame))))
    await alice.join(server.url, secret)
    for wake in ("online", "pageshow"):
        async with alice.page.expect_event("console", lambda message: message.text == "asked"):
            before = len(frames)
            await alice.page.evaluate("(wake) => window.dispatchEvent(new Event(wake))", wake)
            while len(frames) == before:
                await alice.page.evaluate("0")
            await alice.page.evaluate("console.log('asked')")
        assert '"recipient"' in frames[-1]


@pytest.mark.slow
@pytest.mark.timeout(120)
async def test_slow_image_and_a_slow_join_are_no_death(arrive: Arrive, server: Server, secret: str) -> None:
    """An image that takes three moments to leave is no silence: all of it is under way."""
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Relay(server.port) as relay:
        await _join_with_clock(alice, relay.url, secret)
        await bob.join(server.url, secret)
        await bob.press("Chat")
        relay.hold()
        text = "x" * 19_000
        for _ in range(20):
            await say(alice, text)
        for _ in range(4):
            await alice.page.clock.fast_forward(MOMENT_MS)
        await alice.expect_joined()
        relay.release()
        await expect(messages(bob).filter(has_text="xxx")).to_have_count(20)
        await expect(messages(alice).filter(has_text=UNSENT)).to_have_count(0)
