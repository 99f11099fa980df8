# SPDX-License-Identifier: AGPL-3.0-only
"""Members who mean harm, and a page [N10]."""

from pathlib import Path

import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.conftest import Arrive
from tests.e2e.harness.files import item
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server

ORIGINAL = Path(__file__).parent / "harness" / "original.js"

OFFERS = """(count) => {
    const section = (mid) =>
        "m=audio 9 UDP/TLS/RTP/SAVPF 111\\r\\nc=IN IP4 0.0.0.0\\r\\na=rtcp-mux\\r\\na=sendrecv\\r\\n" +
        `a=rtpmap:111 opus/48000/2\\r\\na=mid:${mid}\\r\\na=msid:s${mid} t${mid}\\r\\n${"a=x:".padEnd(200, "y")}\\r\\n`;
    const mids = Array.from({ length: 300 }, (_, mid) => mid);
    const offer = "v=0\\r\\no=- 7 2 IN IP4 127.0.0.1\\r\\ns=-\\r\\nt=0 0\\r\\n" +
        `a=group:BUNDLE ${mids.join(" ")}\\r\\na=ice-ufrag:abcd\\r\\na=ice-pwd:abcdefghijklmnopqrstuvwx\\r\\n` +
        `a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}\\r\\na=setup:actpass\\r\\n` +
        mids.map(section).join("");
    for (let number = 0; number < count; number++) client.say(undefined, { offer });
    client.say(undefined, { chat: { text: "that was all" } });
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def mallory(arrive: Arrive, server: Server, secret: str) -> Person:
    """Somebody with a client of their own, `client`, who offers a file."""
    person = await arrive("mallory")
    await person.page.goto(f"{server.url}/license")
    await person.page.evaluate(ORIGINAL.read_text())
    await person.page.evaluate(
        """async (secret) => {
            window.client = await original.join(secret, "mallory", { bait: new Uint8Array(5) });
        }""",
        secret,
    )
    return person


@pytest_asyncio.fixture(loop_scope="session")
async def alice(arrive: Arrive, mallory: Person, server: Server, secret: str) -> Person:
    """A person in the same room."""
    person = await arrive("alice")
    await person.join(server.url, secret)
    await person.expect_people(mallory.name)
    return person


async def said_all(person: Person) -> None:
    """See the last thing that the other one says."""
    await expect(person.page.get_by_role("status").filter(has_text="that was all")).to_be_visible()


async def test_offers_that_nobody_asked_for_reach_no_engine(alice: Person, mallory: Person) -> None:
    """Twelve of 100 kB each with 300 media sections."""
    await mallory.page.evaluate(OFFERS, 12)
    await said_all(alice)
    assert await alice.page.evaluate("probe.connections.length") == 0


async def test_oversized_offers_reach_no_engine_after_a_request_either(alice: Person, mallory: Person) -> None:
    await mallory.page.evaluate("() => { client.seen.kinds.length = 0; }")
    await item(alice.tile("mallory"), "bait.bin").get_by_role("button", name="Download").click()
    await mallory.page.wait_for_function("() => client.seen.kinds.includes('answer')")
    await mallory.page.evaluate(OFFERS, 3)
    await said_all(alice)
    transceivers = "probe.connections.flatMap((each) => each.getTransceivers()).length"
    assert await alice.page.evaluate(transceivers) == 0


async def test_channels_that_nobody_asked_for_close_their_connection(alice: Person, mallory: Person) -> None:
    await item(alice.tile("mallory"), "bait.bin").get_by_role("button", name="Download").click()
    await mallory.page.wait_for_function("() => [...client.peers.values()][0]?.connectionState === 'connected'")
    await mallory.page.evaluate("""() => {
        const [connection] = client.peers.values();
        for (let number = 0; number < 200; number++) connection.createDataChannel(`unasked ${number}`);
    }""")
    await alice.page.wait_for_function("() => probe.connections[0].connectionState === 'closed'")


async def test_what_is_ignored_is_counted_in_the_log(alice: Person, mallory: Person) -> None:
    """Kinds that nobody knows or that only count sealed, wrong forms, and what nobody asked for [E3] [M5] [Y12]."""
    await alice.press("Settings")
    await alice.page.get_by_role("button", name="Log", exact=True).click()
    log = alice.page.get_by_role("region", name="Log").locator("pre")
    await expect(log).to_contain_text("messages ignored: 0")
    await mallory.page.evaluate("""() => {
        client.say(undefined, { later: {} });
        client.say(undefined, { chat: { text: 3 } });
        client.say(undefined, { offer: "v=0" });
        client.say(undefined, { leaving: null });
        client.say(undefined, { roster_request: null });
    }""")
    await expect(log).to_contain_text("messages ignored: 5")


async def test_who_offers_too_much_is_named(alice: Person, mallory: Person) -> None:
    """65 streams, of which one is left out; files are not: they have a bound of their own [M7]."""
    await mallory.page.evaluate("""() => {
        for (let number = 0; number < 65; number++)
            client.say(undefined, { provide: { id: `s${number}`, kind: "track", track_kind: "video" } });
        for (let number = 0; number < 100; number++)
            client.say(undefined, { provide: { id: `f${number}`, kind: "file", label: `f${number}`, size: 1 } });
        client.say(undefined, { chat: { text: "that was all" } });
    }""")
    await said_all(alice)
    await alice.expect_notice("“mallory” offers more streams than there is room for. The rest is not shown here.")
    await expect(alice.page.get_by_role("alert")).to_have_count(1)
    await expect(alice.tile("mallory").locator(".file-item")).to_have_count(101)
