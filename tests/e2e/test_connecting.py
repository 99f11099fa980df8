# SPDX-License-Identifier: AGPL-3.0-only
"""How peers find a way to each other, and what the page says when they find none."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Arrive, MakeServer, Meet
from tests.e2e.harness.server import Server

TURN_USERS = """
  probe.connections.map((c) => c.getConfiguration().iceServers.find(({ username }) => username).username)
"""
HARNESS = Path(__file__).parent / "harness"


async def test_pages_use_the_built_in_stun_server(meet: Meet, server: Server) -> None:
    """No third party is needed to learn one's own address."""
    alice, bob = await meet("alice", "bob")
    await alice.press("Microphone")
    await bob.expect_flowing("audio")
    for person in (alice, bob):
        configured = await person.page.evaluate(
            "probe.connections.flatMap((c) => c.getConfiguration().iceServers.flatMap(({ urls }) => urls))"
        )
        assert configured == [f"stun:127.0.0.1:{server.port}"]


@pytest.mark.slow
async def test_turn_credentials_that_end_soon_are_made_anew_for_each_connection(
    arrive: Arrive, make_server: MakeServer, secret: str
) -> None:
    """And for each restart of one. Each user is another."""
    turn = {"turn": "turn:127.0.0.1:9", "turn_secret": "a secret", "turn_valid_seconds": 60}
    server = await make_server(webrtc=turn)
    alice, bob = await arrive("alice"), await arrive("bob")
    told: list[str] = []
    for person in (alice, bob):
        async with person.page.expect_response("**/config.json") as first:
            await person.join(server.url, secret)
        told.append((await (await first.value).json())["webrtc"]["turn_user"])
    await alice.press("Microphone")
    await bob.expect_flowing("audio")
    used = [user for person in (alice, bob) for user in await person.page.evaluate(TURN_USERS)]
    assert len({*told, *used}) == len(told) + len(used) == 4


@pytest.mark.slow
@pytest.mark.timeout(90)
@pytest.mark.parametrize("obstacle", ["firewall.js", "no_candidates.js"])
async def test_connection_that_fails_says_so_and_what_could_help(
    arrive: Arrive, server: Server, secret: str, obstacle: str
) -> None:
    """Also where an engine that has nobody to reach tries for ever [N9]."""
    alice, bob = await arrive("alice"), await arrive("bob")
    for person in (alice, bob):
        await person.context.add_init_script(path=HARNESS / obstacle)
        await person.join(server.url, secret)
    await alice.press("Microphone")
    await expect(bob.tile("alice").locator(".state")).to_have_text("connection failed", timeout=60_000)
    await expect(bob.tile("alice")).to_contain_text("TURN")
    await bob.expect_joined()


@pytest.mark.slow
async def test_an_engine_that_fails_costs_one_stream_and_not_the_page(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    fails = "() => { RTCPeerConnection.prototype.addTrack = () => { throw new Error('no more'); }; }"
    await alice.page.evaluate(fails)
    await alice.press("Camera")
    async with alice.page.expect_event("pageerror"):
        await bob.enable("alice", "Camera")
    assert "no more" in alice.errors.pop()
    await bob.press("Microphone")
    await alice.expect_flowing("audio")
    await alice.press("Leave")
    await bob.expect_people()


@pytest.mark.slow
async def test_connection_that_ends_while_an_offer_is_out_is_made_anew(
    arrive: Arrive, server: Server, secret: str
) -> None:
    """Nobody answers that offer any more [N14]."""
    alice, bob = await arrive("alice"), await arrive("bob")
    await alice.context.add_init_script(path=HARNESS / "deaf.js")
    for person in (alice, bob):
        await person.join(server.url, secret)
    await bob.press("Microphone")
    await alice.expect_flowing("audio")
    await alice.page.evaluate("() => { globalThis.deaf = true; }")
    await bob.press("Camera")
    await alice.enable("bob", "Camera")
    await bob.page.wait_for_function("() => probe.connections.at(-1).signalingState === 'have-local-offer'")
    await alice.page.evaluate("() => { deaf = false; for (const each of probe.connections) each.close(); }")
    for kind in ("audio", "video"):
        await alice.expect_flowing(kind)
