# SPDX-License-Identifier: AGPL-3.0-only
"""Devices are chosen and switched, also in a call, and nobody has to negotiate for that."""

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Arrive, LaunchBrowser
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server

SEVERAL_DEVICES = ["--use-fake-device-for-media-stream=device-count=3", "--use-fake-ui-for-media-stream"]
OTHER_CAMERA = "fake_device_2"
"""Number 1 of Chromium's is a depth camera, whose pictures cannot be sent."""
SENT_FROM = """([kind, device]) => probe.until(async () => probe.connections
    .flatMap((connection) => connection.getSenders())
    .some(({ track }) => track?.kind === kind && track.getSettings().deviceId === device), 10000)"""
WATCH_NEGOTIATION = """() => {
    window.negotiations = 0;
    for (const connection of probe.connections)
        connection.addEventListener("negotiationneeded", () => { window.negotiations += 1; });
}"""
CAPTURED = """() => {
    window.captured = [];
    const { mediaDevices } = navigator;
    const original = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (constraints) => {
        const stream = await original(constraints);
        captured.push(stream);
        return stream;
    };
}"""
SLOW_CAPTURES = """() => {
    const { mediaDevices } = navigator;
    const original = mediaDevices.getUserMedia.bind(mediaDevices);
    globalThis.waiting = undefined;
    // Once there is a list, who asks waits in it, and is answered only then.
    mediaDevices.getUserMedia = async (constraints) => {
        if (waiting) await new Promise((answer) => waiting.push(answer));
        return original(constraints);
    };
}"""
ANSWER_IN_TURN = """async (order) => {
    await probe.until(() => waiting.length === order.length, 10000);
    for (const at of order) {
        const before = captured.length;
        waiting[at]();
        await probe.until(() => captured.length > before, 10000);
    }
}"""
LIVE = """() => captured.flatMap((stream) => stream.getTracks())
    .filter(({ readyState }) => readyState === "live").map((track) => track.getSettings().deviceId)"""
FACING = """() => {
    globalThis.asked = [];
    const facing = new WeakMap();
    const { mediaDevices } = navigator;
    const original = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (constraints) => {
        asked.push(constraints);
        const stream = await original(constraints);
        for (const track of stream.getTracks()) facing.set(track, constraints.video.facingMode?.ideal ?? "user");
        return stream;
    };
    const { getSettings } = MediaStreamTrack.prototype;
    MediaStreamTrack.prototype.getSettings = function () {
        return { ...getSettings.call(this), facingMode: facing.get(this) };
    };
}"""
REFUSED_AT_TIMES = """() => {
    globalThis.isRefused = false;
    const { mediaDevices } = navigator;
    const original = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (constraints) => {
        if (isRefused) throw new DOMException("for now", "NotAllowedError");
        return original(constraints);
    };
}"""
WITHOUT_SPEAKER = """(gone) => {
    const { enumerateDevices } = MediaDevices.prototype;
    navigator.mediaDevices.enumerateDevices = async () =>
        (await enumerateDevices.call(navigator.mediaDevices)).filter(({ deviceId }) => deviceId !== gone);
    navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
}"""
UNPLUG = """() => {
    for (const track of captured.at(-1).getTracks()) {
        track.stop();
        track.dispatchEvent(new Event("ended"));
    }
}"""
ONE_HEADSET = """() => {
    const groupOf = (label) => (label.includes("Input 2") ? "other" : "headset");
    const { enumerateDevices } = navigator.mediaDevices;
    navigator.mediaDevices.enumerateDevices = async () =>
        (await enumerateDevices.call(navigator.mediaDevices)).map(({ deviceId, kind, label }) =>
            ({ deviceId, kind, label, groupId: groupOf(label) }));
    const { getSettings } = MediaStreamTrack.prototype;
    MediaStreamTrack.prototype.getSettings = function () {
        return { ...getSettings.call(this), groupId: groupOf(this.label) };
    };
}"""
ALL_FROM = """(label) => probe.until(() => {
    const live = captured.flatMap((stream) => stream.getTracks()).filter(({ readyState }) => readyState === "live");
    return live.length === 1 && live[0].label === label;
}, 10000)"""
LIVE_IS_SET = """([constraint, value]) => probe.until(() => {
    const live = captured.flatMap((stream) => stream.getTracks()).filter(({ readyState }) => readyState === "live");
    return live.length === 1 && live[0].getSettings()[constraint] === value;
}, 10000)"""
SHOWN_FROM = """(device) => {
    const [track] = document.querySelector(".own video")?.srcObject?.getVideoTracks() ?? [];
    return track?.getSettings().deviceId === device;
}"""
DEVICE_OF_LAST = "() => captured.at(-1).getTracks()[0].getSettings().deviceId"
ROUTED = """(speaker) => probe.until(async () =>
    [...document.querySelectorAll("audio")].every(({ sinkId }) => sinkId === speaker), 10000)"""


async def start(browser_with: LaunchBrowser, arrive: Arrive, server: Server, secret: str) -> tuple[Person, Person]:
    """Alice has several of each device; Bob listens and watches."""
    alice = await arrive("alice", await browser_with(devices=SEVERAL_DEVICES))
    await alice.context.add_init_script(f"({SLOW_CAPTURES})(); ({CAPTURED})()")
    bob = await arrive("bob")
    await bob.join(server.url, secret)
    await alice.join(server.url, secret)
    return alice, bob


async def choose(person: Person, setting: str, label: str) -> str:
    """Choose a device in the settings by its name, and return its id."""
    await person.press("Settings")
    select = person.page.locator(f"#setting-{setting}")
    option = select.locator("option").filter(has_text=label)
    await expect(option).to_be_attached()
    chosen = await option.get_attribute("value")
    assert chosen
    await select.select_option(chosen)
    await person.press("Settings")
    return chosen


async def test_camera_is_switched_in_a_call(browser_with: LaunchBrowser, arrive: Arrive, server: Server) -> None:
    alice, bob = await start(browser_with, arrive, server, "switching cameras")
    await alice.press("Camera")
    await bob.enable("alice", "Camera")
    await bob.expect_flowing("video")
    await alice.page.evaluate(WATCH_NEGOTIATION)
    other = await choose(alice, "camera_device", OTHER_CAMERA)
    assert await alice.page.evaluate(SENT_FROM, ["video", other])
    await bob.expect_flowing("video")
    assert await alice.page.evaluate("window.negotiations") == 0
    # Who comes later gets it from there, too.
    carol = await arrive("carol")
    await carol.join(server.url, "switching cameras")
    await carol.enable("alice", "Camera")
    await carol.expect_flowing("video")


@pytest.mark.slow
async def test_a_phones_newest_camera_is_flipped(browser_with: LaunchBrowser, arrive: Arrive, server: Server) -> None:
    alice, bob = await start(browser_with, arrive, server, "flipping")
    await alice.context.add_init_script(f"({FACING})()")
    await alice.page.reload()
    await alice.expect_joined()
    await alice.press("Camera")
    await bob.enable("alice", "Camera")
    await bob.expect_flowing("video")
    mirrored = alice.own_tile.locator("video.mirrored")
    await expect(mirrored).to_have_count(1)
    await alice.page.evaluate(WATCH_NEGOTIATION)
    for facing, mirrors in (("environment", 0), ("user", 1), ("environment", 0)):
        await alice.press_own("Flip camera", "Camera")
        # What others see is as it is; only oneself looks into a mirror, and not through the back of a phone.
        await expect(mirrored).to_have_count(mirrors)
        assert await alice.page.evaluate("asked.at(-1).video.facingMode") == {"ideal": facing}
    await bob.expect_flowing("video")
    assert await alice.page.evaluate("window.negotiations") == 0
    await alice.press("Camera")
    flip = alice.own_tile.get_by_role("button", name="Flip camera")
    await expect(flip).to_have_accessible_description("Camera 2")


@pytest.mark.slow
async def test_a_switch_that_failed_can_be_tried_again(
    browser_with: LaunchBrowser, arrive: Arrive, server: Server
) -> None:
    alice, _ = await start(browser_with, arrive, server, "trying again")
    await alice.context.add_init_script(f"({FACING})(); ({REFUSED_AT_TIMES})()")
    await alice.page.reload()
    await alice.expect_joined()
    await alice.press("Camera")
    mirrored = alice.own_tile.locator("video.mirrored")
    await expect(mirrored).to_have_count(1)
    await alice.page.evaluate("isRefused = true")
    await alice.press_own("Flip camera", "Camera")
    await alice.expect_notice("The camera was refused.")
    await expect(mirrored).to_have_count(1)
    await alice.page.evaluate("isRefused = false")
    await alice.press_own("Flip camera", "Camera")
    await expect(mirrored).to_have_count(0)
    await expect(alice.page.get_by_role("alert").filter(has_text="refused")).to_have_count(0)
    # What is chosen in the settings cannot be chosen once more: the notice asks.
    await alice.page.evaluate("isRefused = true")
    other = await choose(alice, "camera_device", OTHER_CAMERA)
    await alice.expect_notice("The camera was refused.")
    await alice.page.evaluate("isRefused = false")
    await alice.page.get_by_role("alert").get_by_role("button", name="Try again").click()
    await alice.page.wait_for_function(SHOWN_FROM, arg=other)
    await expect(alice.own_tile.locator(".label")).to_have_text("Camera")


@pytest.mark.slow
async def test_microphone_is_switched_in_a_call(browser_with: LaunchBrowser, arrive: Arrive, server: Server) -> None:
    alice, bob = await start(browser_with, arrive, server, "switching microphones")
    await alice.press("Microphone")
    await bob.expect_flowing("audio")
    await alice.page.evaluate(WATCH_NEGOTIATION)
    other = await choose(alice, "microphone_device", "Fake Audio Input 2")
    assert await alice.page.evaluate(
        "(device) => probe.until(async () => captured.at(-1).getTracks()[0].getSettings().deviceId === device, 10000)",
        other,
    )
    await bob.expect_flowing("audio")
    assert await alice.page.evaluate("window.negotiations") == 0


async def test_running_microphone_is_captured_anew_as_set(
    browser_with: LaunchBrowser, arrive: Arrive, server: Server
) -> None:
    alice, bob = await start(browser_with, arrive, server, "capturing anew")
    await alice.press("Microphone")
    await bob.expect_flowing("audio")
    await alice.page.evaluate(WATCH_NEGOTIATION)
    for setting, constraint in (
        ("echo_cancellation", "echoCancellation"),
        ("auto_gain_control", "autoGainControl"),
        ("native_noise_suppression", "noiseSuppression"),
    ):
        for value in (True, False):
            await alice.page.evaluate("(setting) => change_pref(...setting)", [setting, value])
            assert await alice.page.evaluate(LIVE_IS_SET, [constraint, value]), (setting, value)
    await bob.expect_flowing("audio")
    assert await alice.page.evaluate("window.negotiations") == 0


@pytest.mark.parametrize(
    "order", [pytest.param([0, 1], marks=pytest.mark.slow), pytest.param([1, 0], marks=pytest.mark.slow)]
)
async def test_switches_that_overtake_each_other_end_at_the_last(
    browser_with: LaunchBrowser, arrive: Arrive, server: Server, order: list[int]
) -> None:
    alice, bob = await start(browser_with, arrive, server, f"overtaking {order}")
    await alice.press("Microphone")
    await bob.expect_flowing("audio")
    await alice.page.evaluate("() => { waiting = []; }")
    await choose(alice, "microphone_device", "Fake Audio Input 2")
    last = await choose(alice, "microphone_device", "Fake Audio Input 1")
    await alice.press_own("Mute", "Microphone")
    await alice.page.evaluate(ANSWER_IN_TURN, order)
    assert await alice.page.evaluate(f"(last) => probe.until(() => ({LIVE})().join() === last, 10000)", last), (
        await alice.page.evaluate(LIVE)
    )
    await expect(alice.own_tile.get_by_text("muted", exact=True)).to_be_visible()
    await bob.expect_quiet()
    await alice.press_own("Unmute", "Microphone")
    await bob.expect_flowing("audio")


async def test_what_was_chosen_before_is_what_is_used(
    browser_with: LaunchBrowser, arrive: Arrive, server: Server
) -> None:
    alice, _ = await start(browser_with, arrive, server, "choosing before")
    await alice.press("Camera")
    await expect(alice.own_tile.locator("video")).to_be_visible()
    await alice.stop_sharing("Camera")
    await expect(alice.own_tile.locator("video")).to_have_count(0)
    other = await choose(alice, "camera_device", OTHER_CAMERA)
    await alice.press("Camera")
    await expect(alice.own_tile.locator("video")).to_be_visible()
    assert await alice.page.evaluate(DEVICE_OF_LAST) == other


@pytest.mark.slow
async def test_an_unplugged_camera_says_so_and_offers_another(
    browser_with: LaunchBrowser, arrive: Arrive, server: Server
) -> None:
    alice, bob = await start(browser_with, arrive, server, "unplugging")
    await alice.press("Camera")
    await expect(alice.own_tile.locator("video")).to_be_visible()
    gone = await choose(alice, "camera_device", OTHER_CAMERA)
    await alice.page.wait_for_function(SHOWN_FROM, arg=gone)
    await bob.expect_offered("alice", "Camera")
    await alice.page.evaluate(UNPLUG)
    await alice.expect_notice("Camera has ended")
    await expect(alice.own_tile.locator("video")).to_have_count(0)
    await alice.page.get_by_role("alert").get_by_role("button", name="Use ").click()
    await expect(alice.own_tile.locator("video")).to_be_visible()
    assert await alice.page.evaluate(DEVICE_OF_LAST) != gone
    await bob.enable("alice", "Camera")
    await bob.expect_flowing("video")


@pytest.mark.slow
async def test_what_takes_the_place_of_a_muted_microphone_is_muted(
    browser_with: LaunchBrowser, arrive: Arrive, server: Server
) -> None:
    alice, _ = await start(browser_with, arrive, server, "muted headset")
    await alice.press("Microphone")
    await alice.press("Mute")
    await alice.page.evaluate(UNPLUG)
    await alice.page.get_by_role("alert").get_by_role("button", name="Use ").click()
    await expect(alice.button(alice.own_tile, "Unmute")).to_be_visible()


@pytest.mark.slow
async def test_another_id_of_what_was_unplugged_is_not_offered(
    browser_with: LaunchBrowser, arrive: Arrive, server: Server
) -> None:
    alice, _ = await start(browser_with, arrive, server, "one headset")
    await alice.context.add_init_script(f"({ONE_HEADSET})()")
    await alice.page.reload()
    await alice.expect_joined()
    labels = alice.own_tile.locator(".label")
    for shared in (["Microphone"], ["Microphone", "Microphone 2"]):
        await alice.press("Microphone")
        await expect(labels).to_have_text(shared)
    await alice.page.evaluate(UNPLUG)
    await alice.expect_notice("Microphone 2 has ended")
    await alice.page.get_by_role("alert").get_by_role("button", name="Use Fake Audio Input 2").click()
    # The one that runs comes from there; there is no second one.
    assert await alice.page.evaluate(ALL_FROM, "Fake Audio Input 2"), await alice.page.evaluate(LIVE)
    await expect(labels).to_have_text(["Microphone"])
    await alice.page.evaluate(UNPLUG)
    await alice.expect_notice("Microphone has ended")
    await alice.page.get_by_role("alert").last.get_by_role("button", name="Use ").click()
    await expect(labels).to_have_text(["Microphone"])


async def test_speaker_is_chosen(browser_with: LaunchBrowser, arrive: Arrive, server: Server) -> None:
    alice, bob = await start(browser_with, arrive, server, "speakers")
    await bob.press("Microphone")
    await alice.expect_flowing("audio")
    # Names of speakers are told to who may use a microphone.
    await alice.press("Microphone")
    speaker = await choose(alice, "speaker_device", "Fake Audio Output 2")
    assert await alice.page.evaluate(ROUTED, speaker)
    # One that goes away is told, and used again once it is back.
    await alice.page.evaluate(WITHOUT_SPEAKER, speaker)
    await alice.expect_notice("Fake Audio Output 2 is gone")
    assert await alice.page.evaluate(ROUTED, "")
    await alice.page.evaluate(WITHOUT_SPEAKER, "")
    assert await alice.page.evaluate(ROUTED, speaker)
    await expect(alice.page.get_by_role("alert").filter(has_text="is gone")).to_have_count(0)
