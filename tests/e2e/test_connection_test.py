# SPDX-License-Identifier: AGPL-3.0-only
"""The page that tests a connection. What it says of relays is shown in `tests/net/test_connection_test.py`."""

import re

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.conftest import Arrive, LaunchBrowser, MakeServer
from tests.e2e.harness import browsers
from tests.e2e.harness.axe import violations
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server

WORKS = "works"
FAILS = "does not work"
SLOW_CAPTURES = """() => {
    globalThis.captured = [];
    globalThis.waiting = [];
    const { mediaDevices } = navigator;
    const original = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (constraints) => {
        await new Promise((answer) => waiting.push(answer));
        const stream = await original(constraints);
        captured.push(...stream.getTracks());
        return stream;
    };
}"""
"""Who asks for a device waits in a list, and is answered only then."""


def step(person: Person, name: str) -> Locator:
    """A step of the test."""
    heading = person.page.get_by_role("heading", level=2).filter(has_text=name)
    return person.page.get_by_role("listitem").filter(has=heading)


async def expect_step(person: Person, name: str, state: str, text: str) -> None:
    """See how a step went, in a word and in a sentence."""
    await expect(step(person, name).locator(".word")).to_have_text(state)
    await expect(step(person, name)).to_contain_text(text)


async def test_what_a_call_needs_is_tried_one_by_one(arrive: Arrive, server: Server) -> None:
    """From the start page, by keyboard; each outcome is announced once, and the report names no address."""
    alice = await arrive("alice")
    await alice.page.goto(server.url)
    await alice.page.get_by_role("link", name="Test my connection").click()
    await alice.page.get_by_role("button", name="Start the test").focus()
    await alice.page.keyboard.press("Enter")
    await expect_step(alice, "Camera", WORKS, "Your picture is here.")
    await alice.page.wait_for_function("() => document.querySelector('video').videoWidth > 0")
    await expect_step(alice, "Microphone", WORKS, "You are heard.")
    await expect(step(alice, "Microphone").get_by_role("meter")).to_have_attribute("aria-valuetext", re.compile("%"))
    await expect_step(alice, "Server", WORKS, "It answers within")
    # Nothing translates here, which a browser that hides addresses may not tell.
    await expect_step(alice, "STUN", WORKS, "It answers")
    await expect(step(alice, "STUN")).not_to_contain_text("NAT")
    await expect_step(alice, "TURN", "not certain", "The server has none.")
    # The question holds up nothing else.
    await expect_step(alice, "Speaker", "waits for you", "Do you hear it?")
    assert await violations(alice.page) == []
    await step(alice, "Speaker").get_by_role("button", name="I hear it").press("Enter")
    await expect_step(alice, "Speaker", WORKS, "You hear it.")
    await alice.page.evaluate("navigator.clipboard.writeText = async (text) => { globalThis.copied = text; }")
    await alice.page.get_by_role("button", name="Copy the report").press("Enter")
    await expect(alice.page.get_by_text("Copied")).to_be_visible()
    report = await alice.page.evaluate("copied")
    assert report.count("\n") == 7
    assert "Camera: works. Your picture is here." in report
    assert "127.0.0.1" not in report
    said = [text for text in await alice.announcements() if text.startswith(("Camera", "Microphone", "Server"))]
    assert len(said) == len(set(said)) == 3
    assert all(request.url.startswith(server.url) for request in alice.requests)


async def test_devices_can_be_switched_off_and_tried_again(arrive: Arrive, server: Server) -> None:
    alice = await arrive("alice")
    await alice.page.goto(f"{server.url}/test")
    await alice.button(step(alice, "Camera"), "Camera").click()
    await expect_step(alice, "Camera", WORKS, "Your picture is here.")
    await alice.page.evaluate("globalThis.track = document.querySelector('video').srcObject.getTracks()[0]")
    await alice.button(step(alice, "Camera"), "Switch off").click()
    await alice.page.wait_for_function("() => track.readyState === 'ended' && !document.querySelector('video')")
    await alice.button(step(alice, "Speaker"), "Speaker").click()
    await alice.button(step(alice, "Speaker"), "I hear nothing").click()
    await expect_step(alice, "Speaker", FAILS, "Turn up the volume")


@pytest.mark.parametrize("order", [(0, 1), pytest.param((1, 0), marks=pytest.mark.slow)])
async def test_a_camera_that_is_tried_twice_at_once_is_on_once(
    arrive: Arrive, server: Server, order: tuple[int, int]
) -> None:
    alice = await arrive("alice")
    await alice.context.add_init_script(f"({SLOW_CAPTURES})()")
    await alice.page.goto(f"{server.url}/test")
    await alice.button(step(alice, "Camera"), "Camera").click()
    await alice.page.get_by_role("button", name="Start the test").click()
    await alice.page.wait_for_function("() => waiting.length === 2")
    for count, at in enumerate(order, 1):
        await alice.page.evaluate("(at) => waiting[at]()", at)
        await alice.page.wait_for_function("(count) => captured.length === count", arg=count)
    await expect_step(alice, "Camera", WORKS, "Your picture is here.")
    await alice.page.wait_for_function("() => captured.filter(({ readyState }) => readyState === 'live').length === 1")
    await alice.button(step(alice, "Camera"), "Switch off").click()
    await alice.page.wait_for_function("() => captured.every(({ readyState }) => readyState === 'ended')")


async def test_devices_that_are_refused_are_told_with_what_to_do(
    arrive: Arrive, browser_with: LaunchBrowser, server: Server
) -> None:
    alice = await arrive("alice", await browser_with(devices=browsers.REFUSED_DEVICES))
    await alice.page.goto(f"{server.url}/test")
    await alice.page.get_by_role("button", name="Start the test").click()
    await expect_step(alice, "Camera", FAILS, "Allow it for this page in the browser's address bar")
    await expect_step(alice, "Microphone", FAILS, "then press Microphone again")
    await expect_step(alice, "Server", WORKS, "It answers within")


async def test_a_server_that_is_gone_is_told(arrive: Arrive, make_server: MakeServer) -> None:
    server = await make_server()
    alice = await arrive("alice")
    await alice.page.goto(f"{server.url}/test")
    await server.kill()
    await alice.button(step(alice, "Server"), "Server").click()
    await expect_step(alice, "Server", FAILS, "The server does not answer.")
    # Nobody knows then what the server would name.
    await alice.button(step(alice, "STUN"), "Way out (STUN)").click()
    await expect_step(alice, "STUN", "not certain", "The server does not answer.")
    await alice.button(step(alice, "TURN"), "Relay (TURN)").click()
    await expect_step(alice, "TURN", "not certain", "The server does not answer.")


@pytest.mark.slow
@pytest.mark.timeout(60)
async def test_a_stun_server_that_is_silent_is_told(arrive: Arrive, make_server: MakeServer) -> None:
    server = await make_server(webrtc={"stun": "stun:127.0.0.1:9"})
    alice = await arrive("alice")
    await alice.page.goto(f"{server.url}/test")
    await expect(step(alice, "TURN")).to_be_visible()
    await alice.button(step(alice, "Server"), "Server").click()
    await expect_step(alice, "Server", WORKS, "It answers within")
    await alice.button(step(alice, "STUN"), "Way out (STUN)").click()
    await expect_step(alice, "STUN", FAILS, "lets no UDP through")


async def test_the_settings_lead_to_it_beside_the_room(arrive: Arrive, server: Server, secret: str) -> None:
    alice = await arrive("alice")
    await alice.join(server.url, secret)
    await alice.press("Settings")
    async with alice.context.expect_page() as opened:
        await alice.page.get_by_role("link", name="Test my connection").click()
    page = await opened.value
    await expect(page.get_by_role("button", name="Start the test")).to_be_visible()
    assert page.url == f"{server.url}/test"
    await alice.expect_joined()
