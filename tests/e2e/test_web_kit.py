# SPDX-License-Identifier: AGPL-3.0-only
"""What browsers of Apple's are known to do otherwise, acted out in Chromium: there is no such browser here."""

from playwright.async_api import expect

from tests.e2e.conftest import Arrive
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server

WEB_KIT = """
Object.defineProperty(Navigator.prototype, "vendor", { get: () => "Apple Computer, Inc." });
globalThis.contexts = [];
globalThis.states = [];
const { AudioContext: Original } = window;
window.AudioContext = class extends Original {
    constructor(...options) {
        super(...options);
        contexts.push(this);
        this.addEventListener("statechange", () => states.push(this.state));
    }
};
const native = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => (globalThis.given = await native(wanted));
"""
ONE_VOLUME = """
Object.defineProperty(HTMLMediaElement.prototype, "volume", { get: () => 1, set: () => undefined });
"""
SILENCE = """() => {
    const [track] = given.getTracks();
    Object.defineProperty(track, "muted", { value: true, configurable: true });
    track.dispatchEvent(new Event("mute"));
    document.dispatchEvent(new Event("visibilitychange"));
}"""
WAKE = """() => {
    const [track] = given.getTracks();
    delete track.muted;
    track.dispatchEvent(new Event("unmute"));
}"""
HINT = "muted by the device or the system"


async def sharing(arrive: Arrive, server: Server, secret: str, *, before: str = WEB_KIT) -> tuple[Person, Person]:
    """Alice shares her microphone; Bob listens, with the same browser."""
    alice, bob = await arrive("alice"), await arrive("bob")
    for person in (alice, bob):
        await person.context.add_init_script(before)
        await person.join(server.url, secret)
    await alice.press("Microphone")
    await bob.expect_flowing("audio")
    return alice, bob


async def test_the_graph_begins_anew_when_headphones_go(arrive: Arrive, server: Server, secret: str) -> None:
    alice, _ = await sharing(arrive, server, secret)
    speaking = alice.own_tile.get_by_text("speaking", exact=True)
    await expect(speaking).to_be_visible()
    await alice.page.evaluate("() => void (states.length = 0)")
    await alice.page.evaluate("() => navigator.mediaDevices.dispatchEvent(new Event('devicechange'))")
    await alice.page.wait_for_function("() => states.join() === 'suspended,running'")
    await expect(speaking).to_be_visible()
    await expect(alice.own_tile.get_by_text(HINT)).to_have_count(0)


async def test_a_microphone_that_a_call_has_left_silent_is_started_anew(
    arrive: Arrive, server: Server, secret: str
) -> None:
    alice, bob = await sharing(arrive, server, secret)
    await alice.page.evaluate(SILENCE)
    await alice.expect_notice("could not be started")
    await expect(alice.own_tile.get_by_text(HINT)).to_be_visible()
    await alice.page.get_by_role("alert").get_by_role("button", name="Try again").click()
    await expect(alice.own_tile.get_by_text(HINT)).to_have_count(0)
    await expect(alice.page.get_by_role("alert")).to_have_count(0)
    await bob.expect_flowing("audio")


async def test_a_microphone_that_wakes_late_takes_its_notice_away(arrive: Arrive, server: Server, secret: str) -> None:
    alice, _ = await sharing(arrive, server, secret)
    await alice.page.evaluate(SILENCE)
    await alice.expect_notice("could not be started")
    await alice.page.evaluate(WAKE)
    await expect(alice.page.get_by_role("alert")).to_have_count(0)


async def test_players_that_the_system_stopped_go_on(arrive: Arrive, server: Server, secret: str) -> None:
    _, bob = await sharing(arrive, server, secret)
    await bob.page.evaluate("() => document.querySelector('audio').pause()")
    await bob.page.wait_for_function("() => !document.querySelector('audio').paused")
    await bob.expect_flowing("audio")


async def test_people_are_silent_or_not_where_players_have_no_volumes(
    arrive: Arrive, server: Server, secret: str
) -> None:
    _, bob = await sharing(arrive, server, secret, before=ONE_VOLUME)
    slider = bob.tile("alice").get_by_role("slider", name="Volume of alice")
    await expect(slider).to_have_attribute("step", "1")
    for volume, is_silent in (("0", True), ("1", False)):
        await slider.fill(volume)
        await bob.page.wait_for_function("(muted) => document.querySelector('audio').muted === muted", arg=is_silent)
