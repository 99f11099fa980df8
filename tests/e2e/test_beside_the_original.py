# SPDX-License-Identifier: AGPL-3.0-only
"""Habits of the original's web client that need something of ours [N12] [N13] [V2] [V3] [F12]."""

from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.conftest import Arrive
from tests.e2e.harness.files import item
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server

ORIGINAL = Path(__file__).parent / "harness" / "original.js"
STOPPED = "() => probe.connections[0].getTransceivers().every((each) => each.currentDirection === 'stopped')"
JOIN = "(secret) => original.join(secret, 'other').then((client) => { window.client = client; })"


@pytest_asyncio.fixture(loop_scope="session")
async def pair(arrive: Arrive, server: Server, secret: str) -> list[Person]:
    """A person at our page, and the original's client."""
    alice, other = await arrive("alice"), await arrive("other")
    await other.page.goto(f"{server.url}/license")
    await other.page.evaluate(ORIGINAL.read_text())
    await other.page.evaluate(JOIN, secret)
    await alice.join(server.url, secret)
    await alice.expect_people("other")
    return [alice, other]


@pytest.mark.slow
async def test_disabling_its_first_stream_is_not_the_end_of_the_connection(pair: list[Person]) -> None:
    """The first line of the bundle goes, and with it the transport that all others used [N14]."""
    alice, other = pair
    first = await other.page.evaluate("client.share('audio')")
    await alice.expect_flowing("audio")
    await other.page.evaluate("client.share('video')")
    await alice.enable("other", "video")
    await alice.expect_flowing("video")
    transports = await alice.page.evaluate(
        "() => { window.before = probe.connections[0].getReceivers()[0].transport; return before.state; }"
    )
    assert transports == "connected"
    await other.page.evaluate("(id) => client.unshare(id)", first)
    assert await alice.page.evaluate("probe.until(() => before.state === 'closed', 10000)")
    await alice.expect_flowing("video")
    await alice.expect_state("other", "connected, direct")
    # What takes a while to be called failed: the pause before a connection that was closed is begun anew.
    await alice.page.evaluate("new Promise((later) => setTimeout(later, 1500))")
    await alice.expect_state("other", "connected, direct")
    assert await alice.page.evaluate("probe.connections.length") == 1


@pytest.mark.slow
async def test_its_only_stream_may_go_and_come_again(pair: list[Person]) -> None:
    """Then there is no transport at all for a while, which is no end either [N14]."""
    alice, other = pair
    for _ in range(2):
        stream = await other.page.evaluate("client.share('audio')")
        await alice.expect_flowing("audio")
        await alice.expect_state("other", "connected, direct")
        await other.page.evaluate("(id) => client.unshare(id)", stream)
        assert await alice.page.evaluate(f"probe.until({STOPPED}, 10000)")
    assert await alice.page.evaluate("probe.connections.length") == 1


@pytest.mark.slow
async def test_stream_that_it_fails_to_offer_gets_a_line(pair: list[Person]) -> None:
    alice, other = pair
    await alice.page.clock.install()
    await other.page.evaluate("() => { client.habits.isMute = true; }")
    await other.page.evaluate("client.share('video')")
    await alice.enable("other", "video")
    await alice.page.clock.fast_forward(6_000)
    await alice.expect_flowing("video")


async def test_answers_leave_dtls_to_it(pair: list[Person]) -> None:
    alice, other = pair
    await other.page.evaluate("client.share('audio')")
    await alice.expect_flowing("audio")
    setups = await other.page.evaluate("client.seen.setups")
    assert set(setups) == {"a=setup:passive"}


async def test_its_engine_reads_of_sound_what_ours_wrote(pair: list[Person]) -> None:
    """What only ours know is not said to it [N16]."""
    alice, other = pair
    await other.page.evaluate("client.share('audio')")
    await alice.expect_flowing("audio")
    sdp = await other.page.evaluate("probe.connections[0].remoteDescription.sdp")
    assert "useinbandfec=1" in sdp
    assert "a=rtcp-fb:111 nack" not in sdp
    assert await alice.page.evaluate("probe.connections[0].getConfiguration().bundlePolicy") == "balanced"


async def test_its_previews_are_shown_and_it_gets_ours_then(pair: list[Person]) -> None:
    alice, other = pair
    await alice.press("Camera")
    identifier = await other.page.evaluate("client.share('video')")
    await alice.expect_offered("other", "video")
    assert "preview" not in await other.page.evaluate("client.seen.kinds")
    await other.page.evaluate(
        """(id) => {
            const canvas = document.createElement("canvas");
            [canvas.width, canvas.height] = [64, 48];
            canvas.getContext("2d").fillRect(0, 0, 9, 9);
            client.say(undefined, { preview: { id, data: canvas.toDataURL("image/webp") } });
        }""",
        identifier,
    )
    await expect(alice.tile("other").get_by_role("img")).to_have_count(1)
    assert await other.page.evaluate("probe.until(() => client.seen.kinds.includes('preview'), 20000)")


async def test_file_that_does_not_come_is_said_to_stand_still_and_asked_for_again(pair: list[Person]) -> None:
    alice, other = pair
    await alice.page.clock.install()
    await other.page.evaluate(
        "client.say(undefined, { provide: { id: 'f', kind: 'file', label: 'slow.bin', size: 9 } })"
    )
    await item(alice.tile("other"), "slow.bin").get_by_role("button", name="Download").click()
    asked = "client.seen.kinds.filter((kind) => kind === 'request').length"
    assert await other.page.evaluate(f"probe.until(() => {asked} === 1, 10000)")
    await alice.page.clock.fast_forward(15_000)
    await expect(item(alice.tile("other"), "slow.bin")).to_contain_text("nothing is coming through")
    assert await other.page.evaluate(f"probe.until(() => {asked} === 2, 10000)")
    await alice.page.clock.fast_forward(15_000)
    assert await other.page.evaluate(f"probe.until(() => {asked} === 3, 10000)")
    await alice.button(alice.tile("other"), "Abort").click()
