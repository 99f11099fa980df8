# SPDX-License-Identifier: AGPL-3.0-only
"""All who get a picture share one upload: bit rates and sizes follow who comes and goes; screens stay sharp."""

import asyncio
from pathlib import Path

import pytest

from tests.e2e.conftest import Arrive, Meet
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server

NOISE = Path(__file__).parent / "harness" / "noise.js"
ENCODINGS = """([hint, wanted]) => probe.until(() => {
    const senders = probe.connections
        .filter(({ connectionState }) => connectionState !== "closed")
        .flatMap((connection) => connection.getSenders())
        .filter(({ track }) => track?.contentHint === hint);
    const found = senders.flatMap((sender) => sender.getParameters().encodings)
        .map(({ maxBitrate, scaleResolutionDownBy }) => [maxBitrate, scaleResolutionDownBy]);
    window.found = found;
    return JSON.stringify(found) === JSON.stringify(wanted);
}, 15000)"""
SEND_BITRATE = """async (ms) => {
    const sent = async () => (await probe.streams("outbound-rtp", "video"))
        .reduce((sum, { bytesSent }) => sum + bytesSent, 0);
    const [before, start] = [await sent(), performance.now()];
    await new Promise((done) => setTimeout(done, ms));
    return ((await sent()) - before) * 8 / (performance.now() - start);
}"""
"""In kbit/s, over so many milliseconds."""
NEGOTIATIONS = """() => {
    window.negotiations = 0;
    for (const connection of probe.connections)
        connection.addEventListener("signalingstatechange", () => { window.negotiations += 1; });
}"""
SHARED_SIZE = """async () => {
    const find = () => document.querySelector("article.own [aria-label=Screen] video");
    await probe.until(() => find()?.videoWidth > 0, 20000);
    const { videoWidth, videoHeight } = find();
    return [videoWidth, videoHeight];
}"""
SEEN_SIZE = """([owner, size]) => probe.until(() => {
    const video = document.querySelector(`[aria-label="Screen of ${owner}"] video`);
    return video && `${video.videoWidth} ${video.videoHeight}` === size.join(" ");
}, 20000)"""
SMOOTH = """navigator.mediaCapabilities.encodingInfo = async () =>
    ({ supported: true, smooth: true, powerEfficient: false })"""
SENT_AS = """(wanted) => probe.until(async () => {
    const codecs = [];
    for (const connection of probe.connections) {
        const report = await connection.getStats();
        for (const { type, kind, codecId } of report.values())
            if (type === "outbound-rtp" && kind === "video") codecs.push(report.get(codecId)?.mimeType);
    }
    return JSON.stringify(codecs) === JSON.stringify(wanted);
}, 20000)"""
MESH_MS = 120_000
"""How long the pictures of eight people may take to flow in one machine."""

CHANGES = """async (last) => {
    for (const limit of [150, 120, 140, 130, 110, 100 + last]) {
        change_pref("video_upload_limit", limit);
        await new Promise((done) => setTimeout(done, Math.random() * 3));
    }
}"""
"""Limits that follow each other faster than a browser changes encoders."""


async def expect_encodings(person: Person, hint: str, *wanted: tuple[int, float]) -> None:
    """Wait until the pictures with this hint (motion: camera, detail: screen) are sent with these rates and scales."""
    holds = await person.page.evaluate(ENCODINGS, [hint, wanted])
    assert holds, f"{await person.page.evaluate('window.found')} instead of {wanted}"


async def expect_bitrate(person: Person, least: float) -> None:
    """Wait until so many kbit/s are sent."""
    while await person.page.evaluate(SEND_BITRATE, 1000) < least:
        pass


async def set_limit(person: Person, kilobits: int) -> None:
    await person.page.evaluate("(limit) => change_pref('video_upload_limit', limit)", kilobits)


@pytest.mark.slow
async def test_camera_is_shared_by_those_who_get_it(meet: Meet) -> None:
    alice, bob, carol = await meet("alice", "bob", "carol")
    await alice.press("Camera")
    await bob.enable("alice", "Camera")
    await bob.expect_flowing("video")
    await expect_encodings(alice, "motion", (4_000_000, 1))
    await alice.page.evaluate(NEGOTIATIONS)
    await set_limit(alice, 600)
    await expect_encodings(alice, "motion", (600_000, 480 / 360))
    await carol.enable("alice", "Camera")
    await carol.expect_flowing("video")
    await expect_encodings(alice, "motion", (300_000, 2), (300_000, 2))
    await carol.press("Leave")
    await expect_encodings(alice, "motion", (600_000, 480 / 360))
    assert await alice.page.evaluate("window.negotiations") == 0
    # Two cameras to one person count as one to two.
    await alice.press("Camera")
    await bob.enable("alice", "Camera 2")
    await expect_encodings(alice, "motion", (300_000, 2), (300_000, 2))
    await bob.disable("alice", "Camera")
    await expect_encodings(alice, "motion", (600_000, 480 / 360))


@pytest.mark.slow
async def test_the_last_of_many_changes_holds(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.press("Camera")
    await bob.enable("alice", "Camera")
    await bob.expect_flowing("video")
    for burst in range(1, 21):
        await alice.page.evaluate(CHANGES, burst)
        await expect_encodings(alice, "motion", (100_000 + burst * 1000, 480 / 180))


@pytest.mark.slow
async def test_screen_keeps_every_pixel_whatever_the_limit(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await set_limit(alice, 300)
    for source in ("Screen", "Camera"):
        await alice.press(source)
    await bob.enable("alice", "Screen")
    await bob.expect_flowing("video")
    await bob.enable("alice", "Camera")
    await expect_encodings(alice, "detail", (200_000, 1))
    await expect_encodings(alice, "motion", (100_000, 480 / 180))
    assert await bob.page.evaluate(SEEN_SIZE, ["alice", await alice.page.evaluate(SHARED_SIZE)])


@pytest.mark.slow
async def test_screen_for_one_is_sent_as_av1(arrive: Arrive, server: Server, secret: str) -> None:
    """For more of them, that would take a processor more for each, unless the machine has an encoder for it."""
    alice, bob, carol = [await arrive(name) for name in ("alice", "bob", "carol")]
    await alice.context.add_init_script(SMOOTH)
    for person in (alice, bob, carol):
        await person.join(server.url, secret)
    await alice.press("Screen")
    await bob.enable("alice", "Screen")
    await bob.expect_flowing("video")
    assert await alice.page.evaluate(SENT_AS, ["video/AV1"])
    await bob.expect_flowing("video")
    await carol.enable("alice", "Screen")
    await carol.expect_flowing("video")
    assert await alice.page.evaluate(SENT_AS, ["video/VP8", "video/VP8"])
    await bob.expect_flowing("video")


@pytest.mark.slow
@pytest.mark.alone
async def test_limit_holds_on_the_wire_and_acts_at_once(arrive: Arrive, server: Server, secret: str) -> None:
    alice, bob = await arrive("alice"), await arrive("bob")
    await alice.context.add_init_script(path=NOISE)
    for person in (alice, bob):
        await person.join(server.url, secret)
    await set_limit(alice, 100)
    await alice.press("Camera")
    await bob.enable("alice", "Camera")
    await bob.expect_flowing("video")
    await expect_bitrate(alice, 60)
    assert await alice.page.evaluate(SEND_BITRATE, 4000) <= 100 * 1.15
    await set_limit(alice, 2000)
    await expect_bitrate(alice, 150)


NOTHING_COUNTED = """HTMLVideoElement.prototype.getVideoPlaybackQuality = () =>
    ({ totalVideoFrames: 0, droppedVideoFrames: 0 });"""
"""Pages of an engine that counts no frames give up no pictures on a machine that cannot draw them all."""


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(600)
async def test_mesh_of_eight_stays_within_the_limit(arrive: Arrive, server: Server, secret: str) -> None:
    limit = 1000
    people = [await arrive(f"person {number}") for number in range(8)]
    for person in people:
        await person.context.add_init_script(path=NOISE)
        await person.context.add_init_script(NOTHING_COUNTED)
        await person.join(server.url, secret)
        await set_limit(person, limit)
        # Everybody gets everything at once.
        await person.page.evaluate("change_pref('optional_video_default_enable', true)")
        # A small screen, since one machine encodes and decodes for all.
        await person.page.evaluate("change_pref('video_resolution', 480)")
        await person.page.evaluate("change_pref('video_fps', 5)")
    sharer, *others = people
    for person in people:
        await person.press("Camera")
    await sharer.press("Screen")
    for person in others:
        await expect_encodings(person, "motion", *[(limit * 1000 // 7, 1)] * 7)
    await expect_encodings(sharer, "detail", *[(limit * 2000 // 21, 1)] * 7)
    for person in people:
        pictures = 7 if person is sharer else 8
        flow = ["inbound-rtp", "video", "framesDecoded", 5, pictures, MESH_MS]
        assert await person.page.evaluate("(a) => probe.growing(...a)", flow)
    # Encoders are on their way up; each has to use most of what it may, so that the limit is what holds it.
    await asyncio.gather(*(expect_bitrate(person, 0.6 * limit) for person in others))
    bitrates = await asyncio.gather(*(person.page.evaluate(SEND_BITRATE, 10_000) for person in people))
    assert max(bitrates) <= 1.1 * limit, bitrates
    size = await sharer.page.evaluate(SHARED_SIZE)
    for person in others:
        assert await person.page.evaluate(SEEN_SIZE, [sharer.name, size]), f"{person.name} sees less of the screen"
