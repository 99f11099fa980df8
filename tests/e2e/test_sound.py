# SPDX-License-Identifier: AGPL-3.0-only
"""Sound as it arrives: noise is gone, speech stays, and settings act on the running microphone."""

import math
import statistics
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Arrive, LaunchBrowser
from tests.e2e.harness import sounds
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server

PLAIN = "auto_gain_control=false&echo_cancellation=false&native_noise_suppression=false"
LEVELS = """async (seconds) => {
    const { srcObject } = [...document.querySelectorAll("audio")].find(({ srcObject }) => srcObject);
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 4096 });
    context.createMediaStreamSource(srcObject).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const levels = [];
    for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
        await new Promise((later) => setTimeout(later, 50));
        analyser.getFloatTimeDomainData(samples);
        levels.push(Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length));
    }
    await context.close();
    return levels;
}"""


async def levels(listener: Person, seconds: float) -> list[float]:
    """The loudness of what arrives, in dBFS, twenty times a second."""
    heard = await listener.page.evaluate(LEVELS, seconds)
    return [20 * math.log10(max(level, 1e-6)) for level in heard]


async def speak(
    launch: LaunchBrowser, wav: Path, arrive: Arrive, server: Server, settings: str
) -> tuple[Person, Person]:
    """Alice speaks into a microphone that hears the file; Bob listens."""
    browser = await launch(
        devices=[
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-audio-capture={wav}",
        ]
    )
    alice = await arrive("alice", browser)
    bob = await arrive("bob")
    await bob.join(server.url, wav.stem)
    await alice.page.goto(f"{server.url}/room#{wav.stem}?username=alice&{settings}")
    await alice.expect_joined()
    await alice.press("Microphone")
    await bob.expect_flowing("audio")
    return alice, bob


@pytest.mark.slow
@pytest.mark.alone
async def test_rnnoise_takes_the_noise_and_leaves_the_speech(
    launch: LaunchBrowser, arrive: Arrive, server: Server, tmp_path: Path
) -> None:
    wav = sounds.speech_in_noise(tmp_path / "speech in noise.wav")
    alice, bob = await speak(launch, wav, arrive, server, f"{PLAIN}&rnnoise=true")
    loop = 3 + 8.0
    suppressed = await levels(bob, loop)
    # It acts on the microphone that runs.
    await alice.page.evaluate("window.change_pref('rnnoise', false)")
    plain = await levels(bob, loop)
    floors = [statistics.quantiles(measured, n=10)[0] for measured in (suppressed, plain)]
    speech = [statistics.quantiles(measured, n=10)[8] for measured in (suppressed, plain)]
    assert floors[1] - floors[0] >= 25, f"noise {floors}, speech {speech} dBFS"
    assert abs(speech[1] - speech[0]) <= 3, f"noise {floors}, speech {speech} dBFS"


VOLUME_IS = """(wanted) => {
    const volumes = [...document.querySelectorAll("audio")].map(({ volume }) => volume);
    return volumes.length === 1 && volumes[0] === wanted;
}"""


async def test_volume_is_the_listeners_alone(
    launch: LaunchBrowser, arrive: Arrive, server: Server, tmp_path: Path
) -> None:
    wav = sounds.tone(tmp_path / "volume.wav")
    _, bob = await speak(launch, wav, arrive, server, PLAIN)
    slider = bob.tile("alice").get_by_role("slider", name="Volume of alice")
    await slider.fill("0.25")
    await bob.page.wait_for_function(VOLUME_IS, arg=0.25)
    # By keyboard alone, too.
    await slider.press("End")
    await bob.page.wait_for_function(VOLUME_IS, arg=1)


SCREEN_WITH_SOUND = """() => {
    const { mediaDevices } = navigator;
    const original = mediaDevices.getDisplayMedia.bind(mediaDevices);
    mediaDevices.getDisplayMedia = async () => {
        const screen = await original({ video: true });
        const context = new AudioContext();
        const tone = new OscillatorNode(context);
        const { stream } = tone.connect(context.createMediaStreamDestination());
        tone.start();
        screen.addTrack(stream.getAudioTracks()[0]);
        return screen;
    };
}"""
HEARD_AT = """(wanted) => document.querySelector(".tile:not(.own) video").volume === wanted"""


@pytest.mark.slow
async def test_screen_with_sound_has_a_volume(arrive: Arrive, server: Server, secret: str) -> None:
    alice, bob = await arrive("alice"), await arrive("bob")
    await alice.context.add_init_script(f"({SCREEN_WITH_SOUND})()")
    for person in (bob, alice):
        await person.join(server.url, secret)
    await alice.press("Screen")
    await bob.expect_offered("alice", "Screen")
    slider = bob.tile("alice").get_by_role("slider", name="Volume of alice")
    await expect(slider).to_have_count(0)
    await bob.enable("alice", "Screen")
    await bob.expect_flowing("audio")
    await slider.fill("0.25")
    await bob.page.wait_for_function(HEARD_AT, arg=0.25)


STOPPED = """() => {
    const { AudioContext: Original } = window;
    window.contexts = [];
    window.isRefused = true;
    window.AudioContext = class extends Original {
        constructor(...options) {
            super(...options);
            contexts.push(this);
        }
        resume() {
            return isRefused && this.wasStopped ? Promise.resolve() : super.resume();
        }
    };
    window.stopSound = () => {
        for (const context of contexts) {
            context.wasStopped = true;
            context.suspend();
        }
    };
}"""


async def test_a_microphone_that_the_system_stopped_is_shown_and_goes_on(
    arrive: Arrive, server: Server, secret: str
) -> None:
    """A phone does so for a call; a press lets the sound go on where the browser does not by itself."""
    alice = await arrive("alice")
    await alice.context.add_init_script(f"({STOPPED})()")
    await alice.join(server.url, secret)
    await alice.press("Microphone")
    await expect(alice.own_tile.get_by_text("speaking", exact=True)).to_be_visible()
    await alice.page.evaluate("stopSound()")
    await expect(alice.own_tile.get_by_text("muted by the device or the system")).to_be_visible()
    await expect(alice.own_tile.get_by_text("speaking", exact=True)).to_have_count(0)
    await alice.page.evaluate("isRefused = false")
    await alice.page.keyboard.press("Shift")
    await expect(alice.own_tile.get_by_text("muted by the device or the system")).to_have_count(0)
    await expect(alice.own_tile.get_by_text("speaking", exact=True)).to_be_visible()


REFUSED_TO_PLAY = """() => {
    globalThis.refusals = 2;
    const { play } = HTMLMediaElement.prototype;
    HTMLMediaElement.prototype.play = function () {
        return refusals-- > 0 ? Promise.reject(new DOMException("Tap first", "NotAllowedError")) : play.call(this);
    };
}"""
SAID = """(times) => probe.until(() =>
    probe.announcements.filter((said) => said.includes("Tap to hear")).length === times, 10000)"""


async def test_sound_that_the_browser_refuses_waits_for_a_tap(arrive: Arrive, server: Server, secret: str) -> None:
    alice, bob = await arrive("alice"), await arrive("bob")
    await alice.context.add_init_script(f"({REFUSED_TO_PLAY})()")
    for person in (alice, bob):
        await person.join(server.url, secret)
    await bob.press("Microphone")
    tap = alice.page.get_by_role("button", name="Tap to hear everyone")
    # The first tap is refused, too: it is said again, and the button is there again.
    for times in (1, 2):
        assert await alice.page.evaluate(SAID, times), await alice.announcements()
        await tap.click()
    await alice.page.wait_for_function("() => !document.querySelector('audio').paused")
    await expect(tap).to_have_count(0)
    await alice.expect_flowing("audio")


@pytest.mark.slow
async def test_rnnoise_that_could_not_be_loaded_is_asked_for_again(
    launch: LaunchBrowser, arrive: Arrive, server: Server, tmp_path: Path
) -> None:
    wav = sounds.tone(tmp_path / "again.wav")
    alice, _ = await speak(launch, wav, arrive, server, f"{PLAIN}&rnnoise=false")
    await alice.context.route("**/*.wasm", lambda route: route.abort(), times=1)
    async with alice.page.expect_event("requestfailed"):
        await alice.page.evaluate("window.change_pref('rnnoise', true)")
    await alice.page.evaluate("window.change_pref('rnnoise', false)")
    async with alice.page.expect_event("requestfinished"):
        await alice.page.evaluate("window.change_pref('rnnoise', true)")
    # The page catches nothing of that yet.
    alice.errors[:] = [error for error in alice.errors if "Failed to fetch" not in error]


@pytest.mark.slow
@pytest.mark.alone
async def test_gain_acts_on_the_running_microphone(
    launch: LaunchBrowser, arrive: Arrive, server: Server, tmp_path: Path
) -> None:
    wav = sounds.tone(tmp_path / "tone.wav")
    alice, bob = await speak(launch, wav, arrive, server, f"{PLAIN}&rnnoise=false")
    once = statistics.median(await levels(bob, 1.5))
    await alice.page.evaluate("window.change_pref('microphone_gain', 2)")
    twice = statistics.median((await levels(bob, 2.5))[20:])
    assert 4 <= twice - once <= 8, (once, twice)
    await alice.page.evaluate("window.change_pref('microphone_gain', 0)")
    nothing = statistics.median((await levels(bob, 2.5))[20:])
    assert nothing < once - 40, (once, nothing)


@pytest.mark.slow
async def test_who_talks_while_muted_is_told(
    launch: LaunchBrowser, arrive: Arrive, server: Server, tmp_path: Path
) -> None:
    wav = sounds.speech_in_noise(tmp_path / "speech while muted.wav")
    alice, bob = await speak(launch, wav, arrive, server, PLAIN)
    told = alice.page.get_by_role("alert").filter(has_text="Nobody hears you: your microphone is muted.")
    await alice.press("Mute")
    await bob.expect_quiet()
    await expect(told).to_be_visible()
    await told.get_by_role("button", name="Unmute").click()
    await expect(told).to_have_count(0)
    await bob.expect_flowing("audio")


RATES_DIFFER = """
const { AudioContext: Original } = window;
window.AudioContext = class extends Original {
    constructor(options) {
        super({ sampleRate: 44100, ...options });
    }
    createMediaStreamSource(stream) {
        if (this.sampleRate === 48000) throw new DOMException("Rates differ", "NotSupportedError");
        return super.createMediaStreamSource(stream);
    }
};
const native = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => (globalThis.given = await native(wanted));
"""


async def test_a_device_that_firefox_connects_to_its_own_rate_alone(
    arrive: Arrive, server: Server, secret: str
) -> None:
    """Firefox does so. RNNoise wants another rate: the browser suppresses noise in its place, and the rest works."""
    alice, bob = await arrive("alice"), await arrive("bob")
    await alice.context.add_init_script(RATES_DIFFER)
    for person in (alice, bob):
        await person.join(server.url, secret)
    await alice.press("Microphone")
    await expect(alice.own_tile.get_by_text("speaking", exact=True)).to_be_visible()
    await alice.page.wait_for_function("() => given.getAudioTracks()[0].getSettings().noiseSuppression")
    await bob.expect_flowing("audio")
