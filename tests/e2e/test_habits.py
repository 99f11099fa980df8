# SPDX-License-Identifier: AGPL-3.0-only
"""What people and their devices do in a call, and what stays as it was meanwhile."""

import base64
import re
import struct
import zlib
from pathlib import Path

import pytest
from playwright.async_api import Dialog, expect

from tests.e2e.conftest import Arrive, LaunchBrowser, MakeServer, Meet
from tests.e2e.harness.chat import PIXEL, messages
from tests.e2e.harness.files import offer
from tests.e2e.harness.server import Server
from tests.e2e.test_devices import OTHER_CAMERA, SENT_FROM, SEVERAL_DEVICES

BUSY = """([busy, isPhone]) => {
    const live = [];
    const { mediaDevices } = navigator;
    const original = mediaDevices.getUserMedia.bind(mediaDevices);
    globalThis.asked = [];
    mediaDevices.getUserMedia = async (constraints) => {
        const wanted = constraints.video?.deviceId?.exact;
        asked.push(wanted);
        const isTaken = isPhone && live.some(({ readyState }) => readyState === "live");
        if (wanted === busy || isTaken) throw new DOMException("", "NotReadableError");
        const stream = await original(constraints);
        live.push(...stream.getTracks());
        return stream;
    };
}"""
RECORD_WAKE_LOCK = """
    globalThis.locks = new Set();
    const wakeLock = {
        async request(kind) {
            const lock = { kind, release: async () => void locks.delete(lock) };
            locks.add(lock);
            return lock;
        },
    };
    Object.defineProperty(Navigator.prototype, "wakeLock", { get: () => wakeLock });
"""
JPEG = """async () => {
    const canvas = new OffscreenCanvas(16, 16);
    canvas.getContext("2d").fillRect(0, 0, 8, 8);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg" })).arrayBuffer());
    return btoa(String.fromCharCode(...bytes));
}"""
PLACE = b"52.5163 N 13.3777 E"


@pytest.mark.slow
@pytest.mark.parametrize("is_phone", [False, True])
async def test_camera_that_is_busy_leaves_the_one_that_works(
    arrive: Arrive, browser_with: LaunchBrowser, server: Server, secret: str, *, is_phone: bool
) -> None:
    """On a phone, which opens one at a time, the one that works is opened anew."""
    alice = await arrive("alice", await browser_with(devices=SEVERAL_DEVICES))
    bob = await arrive("bob")
    for person in (alice, bob):
        await person.join(server.url, secret)
    cameras = """async () => (await navigator.mediaDevices.enumerateDevices())
        .filter(({ kind }) => kind === "videoinput").map(({ deviceId, label }) => [deviceId, label])"""
    busy = next(id_ for id_, label in await alice.page.evaluate(cameras) if OTHER_CAMERA in label)
    await alice.page.evaluate(BUSY, [busy, is_phone])
    await alice.press("Camera")
    await bob.enable("alice", "Camera")
    await bob.expect_flowing("video")
    shown = await alice.page.wait_for_function(
        "() => document.querySelector('.own video')?.srcObject?.getVideoTracks()[0].getSettings().deviceId"
    )
    device = await shown.json_value()
    await alice.page.evaluate("(id) => change_pref('camera_device', id)", busy)
    await alice.expect_notice("could not be started")
    assert busy in await alice.page.evaluate("asked")
    assert await alice.page.evaluate(SENT_FROM, ["video", device])
    await bob.expect_flowing("video")
    await expect(alice.own_tile.locator("video")).to_have_count(1)


async def test_microphone_that_the_system_mutes_is_shown(arrive: Arrive, server: Server, secret: str) -> None:
    alice = await arrive("alice")
    await alice.context.add_init_script(
        """
        const native = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async (wanted) => (globalThis.given = await native(wanted));
        """
    )
    await alice.join(server.url, secret)
    await alice.press("Microphone")
    await expect(alice.button(alice.own_tile, "Mute")).to_be_visible()
    hint = alice.own_tile.get_by_text("muted by the device or the system")
    silence = """(muted) => {
        const [track] = given.getTracks();
        Object.defineProperty(track, "muted", { value: muted, configurable: true });
        track.dispatchEvent(new Event(muted ? "mute" : "unmute"));
    }"""
    for muted in (True, False):
        await alice.page.evaluate(silence, muted)
        await expect(hint).to_have_count(int(muted))


async def test_screen_stays_awake_in_a_call(arrive: Arrive, server: Server, secret: str) -> None:
    alice, bob = await arrive("alice"), await arrive("bob")
    await alice.context.add_init_script(RECORD_WAKE_LOCK)
    for person in (alice, bob):
        await person.join(server.url, secret)
    assert await alice.page.evaluate("locks.size") == 0
    await bob.press("Microphone")
    await alice.page.wait_for_function("() => locks.size === 1 && [...locks][0].kind === 'screen'")
    # A page that was hidden has lost its lock.
    await alice.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await alice.page.wait_for_function("() => locks.size === 1")
    await bob.stop_sharing("Microphone")
    await alice.page.wait_for_function("() => locks.size === 0")
    await alice.press("Camera")
    await alice.page.wait_for_function("() => locks.size === 1")
    await alice.press("Leave")
    await alice.page.wait_for_function("() => locks.size === 0")


async def test_leaving_while_receiving_asks(meet: Meet, tmp_path: Path) -> None:
    alice, bob = await meet("alice", "bob")
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(4 * 1024**3)
    await offer(alice, large)
    await bob.tile("alice").get_by_role("button", name="Download").click()
    await expect(bob.tile("alice").get_by_role("button", name="Abort")).to_be_visible()
    dialogs: list[str] = []

    async def stay(dialog: Dialog) -> None:
        dialogs.append(dialog.type)
        await dialog.dismiss()

    bob.page.on("dialog", stay)
    async with bob.page.expect_event("dialog"):
        await bob.page.close(run_before_unload=True)
    await bob.press("Leave")
    question = bob.page.get_by_role("alert").filter(has_text="not whole yet")
    await expect(question).to_be_visible()
    assert dialogs == ["beforeunload"]
    await expect(bob.tile("alice")).to_be_visible()
    # A link to another room in this one, such as one of the known rooms.
    address = bob.page.url
    await question.get_by_role("button", name="Dismiss").click()
    await expect(question).to_have_count(0)
    await bob.page.evaluate("location.hash = 'another room with its own secret'")
    await expect(question).to_be_visible()
    await expect(bob.page).to_have_url(address)
    await expect(bob.tile("alice").get_by_role("button", name="Abort")).to_be_visible()
    await question.get_by_role("button", name="Leave all the same").click()
    await expect(bob.tile("alice")).to_have_count(0)
    await expect(bob.page).to_have_url(re.compile("#another%20room%20with%20its%20own%20secret$"))
    await bob.press("Leave")
    await expect(bob.page.get_by_role("button", name="Join again")).to_be_visible()


@pytest.mark.slow
async def test_volume_is_kept_for_who_comes_back(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    volume = bob.page.get_by_role("slider", name="Volume of alice")
    await alice.press("Microphone")
    await volume.fill("0.3")
    await alice.press("Leave")
    await bob.expect_people()
    await alice.page.get_by_role("button", name="Join again").click()
    await alice.press("Microphone")
    await expect(volume).to_have_value("0.3")
    await bob.page.wait_for_function("() => Math.abs(document.querySelector('audio')?.volume - 0.3) < 1e-6")


def png_with(kind: bytes, data: bytes) -> bytes:
    """The pixel with another chunk before its end."""
    chunk = struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return PIXEL[:-12] + chunk + PIXEL[-12:]


async def test_photos_lose_their_place_however_small_they_are(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    for person in (alice, bob):
        await person.press("Chat")
    jpeg = base64.b64decode(await alice.page.evaluate(JPEG))
    exif = b"Exif\0\0" + PLACE
    photos = {
        "image/jpeg": jpeg[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(exif)) + exif + jpeg[2:],
        "image/png": png_with(b"eXIf", PLACE),
    }
    for number, (kind, photo) in enumerate(photos.items()):
        await alice.page.get_by_label("Add an image").set_input_files(
            {"name": "photo", "mimeType": kind, "buffer": photo}
        )
        image = messages(bob).get_by_role("img").nth(number)
        await expect(image).to_have_count(1)
        source = await image.get_attribute("src") or ""
        assert PLACE not in base64.b64decode(source.partition(",")[2])
    # One that tells nothing more is said as it is.
    await alice.page.get_by_label("Add an image").set_input_files(
        {"name": "plain", "mimeType": "image/png", "buffer": PIXEL}
    )
    image = messages(bob).get_by_role("img").nth(2)
    await expect(image).to_have_attribute("src", f"data:image/png;base64,{base64.b64encode(PIXEL).decode()}")


async def test_call_goes_on_only_where_there_is_one(make_server: MakeServer, arrive: Arrive, secret: str) -> None:
    server = await make_server()
    alice, bob, carol = await arrive("alice"), await arrive("bob"), await arrive("carol")
    for person in (alice, bob):
        await person.join(server.url, secret)
    await alice.expect_people("bob")
    await carol.join(server.url, f"Elsewhere#{secret}")
    await server.kill()
    for person, goes_on in ((alice, " Your call goes on."), (carol, "")):
        lost = person.page.get_by_role("status").locator(".lost")
        await expect(lost).to_have_text(f"Reconnecting to the server…{goes_on}")


async def test_join_again_keeps_a_rename(meet: Meet) -> None:
    """Though the link has another name."""
    alice, bob = await meet("alice", "bob")
    await alice.press("Settings")
    name = alice.page.get_by_role("textbox", name="Your name")
    await name.fill("Zoe")
    await name.press("Tab")
    await expect(bob.tile("Zoe")).to_be_visible()
    await alice.press("Leave")
    await alice.page.get_by_role("button", name="Join again").click()
    await expect(alice.page.get_by_role("article", name="Zoe (you)")).to_be_visible()
    await expect(bob.tile("Zoe")).to_be_visible()
    await alice.page.reload()
    await expect(alice.page.get_by_role("article", name=re.compile("^alice "))).to_be_visible()


@pytest.mark.slow
async def test_statistics_can_be_read_on_a_phone(arrive: Arrive, server: Server, secret: str) -> None:
    """Over a picture they have a ground of their own: black on green, or grey on white, nobody reads."""
    phone = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
    alice, bob = await arrive("alice", **phone), await arrive("bob")
    for person in (alice, bob):
        await person.join(server.url, secret)
    await bob.press("Camera")
    await alice.enable("bob", "Camera")
    await alice.expect_flowing("video")
    await alice.page.evaluate("change_pref('webrtc_debug', true)")
    statistics = alice.tile("bob").get_by_role("list", name="Statistics")
    await expect(statistics).to_contain_text("kbit/s")
    look = "(list) => [getComputedStyle(list).backgroundColor, getComputedStyle(list).fontSize]"
    ground, size = await statistics.evaluate(look)
    alpha = re.search(r"/ ([\d.]+)\)$", ground)
    assert alpha, ground
    assert float(alpha[1]) >= 0.75, ground
    assert float(size.removesuffix("px")) >= 13
    inside = "(list) => list.scrollWidth <= list.clientWidth && list.getBoundingClientRect().right <= innerWidth"
    assert await statistics.evaluate(inside)
