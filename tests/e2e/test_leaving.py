# SPDX-License-Identifier: AGPL-3.0-only
"""Who goes, in whichever way, is gone from all pages."""

import asyncio
import os
import signal

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.conftest import Arrive, LaunchBrowser, MakeServer, Meet
from tests.e2e.harness.person import Person
from tests.e2e.harness.relay import Relay

SHORT_HEARTBEAT = {"heartbeat_seconds": 1.0}
IMPATIENT_MS = 3_000
"""Who leaves on purpose must be gone sooner than any time that the protocol gives to lost connections."""


async def _talk(speaker: Person, listeners: list[Person]) -> None:
    """Let there be peer connections, so that these have to notice too."""
    await speaker.press("Microphone")
    for listener in listeners:
        await listener.expect_flowing("audio")


async def _kill(browser: Browser) -> None:
    """Kill every process of a browser at once, so that none can say goodbye for another."""
    session = await browser.new_browser_cdp_session()
    processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
    for process in processes:
        os.kill(process["id"], signal.SIGKILL)


async def test_leave_button(meet: Meet) -> None:
    alice, bob, carol = await meet("alice", "bob", "carol")
    await _talk(alice, [bob, carol])
    await alice.press("Leave")
    for person, other in ((bob, "carol"), (carol, "bob")):
        await expect(person.tile("alice")).to_have_count(0, timeout=IMPATIENT_MS)
        await person.expect_people(other)
        await expect(person.page.get_by_role("status")).to_contain_text("“alice” left")
    live = "probe.connections.some((connection) => connection.connectionState !== 'closed')"
    assert not await alice.page.evaluate(live), "connections are open after leaving"


@pytest.mark.slow
async def test_leave_button_while_no_connection_says_that_it_is_closed(meet: Meet) -> None:
    """As happens to one that is only being made here, and works on the other side already."""
    alice, bob = await meet("alice", "bob")
    await _talk(alice, [bob])
    await alice.page.evaluate("RTCPeerConnection.prototype.close = () => {}")
    await alice.press("Leave")
    await expect(bob.tile("alice")).to_have_count(0, timeout=IMPATIENT_MS)


@pytest.mark.slow
@pytest.mark.parametrize("turns", [1, 3])
@pytest.mark.parametrize("moment", ["new", "connecting", "connected"])
async def test_leave_button_while_connecting(meet: Meet, moment: str, turns: int) -> None:
    """A peer connection that is only being made, or just was, delays nothing."""
    alice, bob = await meet("alice", "bob")
    for _ in range(turns):
        await alice.press("Microphone")
        await bob.page.wait_for_function(
            """(moment) => {
                const order = ["new", "connecting", "connected"];
                const states = probe.connections.map((connection) => order.indexOf(connection.connectionState));
                return Math.max(...states) >= order.indexOf(moment);
            }""",
            arg=moment,
        )
        await alice.press("Leave")
        await expect(bob.tile("alice")).to_have_count(0, timeout=IMPATIENT_MS)
        await alice.page.get_by_role("button", name="Join again").click()
        await bob.expect_people("alice")


@pytest.mark.slow
async def test_closed_tab(meet: Meet) -> None:
    alice, bob, carol = await meet("alice", "bob", "carol")
    await _talk(alice, [bob, carol])
    await alice.page.close(run_before_unload=True)
    for person, other in ((bob, "carol"), (carol, "bob")):
        await expect(person.tile("alice")).to_have_count(0, timeout=IMPATIENT_MS)
        await person.expect_people(other)


@pytest.mark.slow
async def test_reloaded_page_leaves_no_ghost(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await _talk(alice, [bob])
    await alice.page.reload()
    await alice.expect_joined()
    await bob.expect_people("alice")
    await bob.expect_state("alice", "nothing shared yet")


@pytest.mark.slow
async def test_lost_network(arrive: Arrive, make_server: MakeServer, secret: str) -> None:
    """Nothing passes any more, and nobody says so: the server notices by itself."""
    server = await make_server(limits=SHORT_HEARTBEAT)
    alice, bob = await arrive("alice"), await arrive("bob")
    async with Relay(server.port) as relay:
        await alice.join(relay.url, secret)
        await bob.join(server.url, secret)
        await bob.expect_people("alice")
        relay.hold()
        await expect(bob.tile("alice")).to_have_count(0)
        await bob.expect_people()


@pytest.mark.slow
@pytest.mark.timeout(150)
async def test_lost_computer(arrive: Arrive, launch: LaunchBrowser, make_server: MakeServer, secret: str) -> None:
    """A browser dies in the middle of a call: it can neither say goodbye nor close its peer connections."""
    server = await make_server(limits=SHORT_HEARTBEAT)
    bob, carol = await arrive("bob"), await arrive("carol")
    doomed = await launch()
    alice = await Person.arrive("alice", doomed, quick_keys=True)
    for person in (bob, carol, alice):
        await person.join(server.url, secret)
    await _talk(alice, [bob, carol])
    await _kill(doomed)
    for person in (bob, carol):
        await person.expect_state("alice", "reconnecting…")
    await asyncio.gather(*(expect(p.tile("alice")).to_have_count(0, timeout=60_000) for p in (bob, carol)))
    await bob.expect_people("carol")
    await carol.expect_people("bob")
