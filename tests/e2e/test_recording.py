# SPDX-License-Identifier: AGPL-3.0-only
"""Recording: a file with pictures and sound, of which everybody is told whose client shows it."""

import re
from pathlib import Path

import av
import pytest
from playwright.async_api import Locator, expect

from tests.e2e.conftest import Arrive, Meet
from tests.e2e.harness.axe import violations
from tests.e2e.harness.films import expect_film
from tests.e2e.harness.keyboard import Keyboard
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server

NO_PICKER = "delete globalThis.showSaveFilePicker"
"""A browser without windows asks nobody for a file: without that, it is a download."""
FULL_DISK = """globalThis.showSaveFilePicker = async () => {
    const root = await navigator.storage.getDirectory();
    const file = await root.getFileHandle("film", { create: true });
    const create = file.createWritable.bind(file);
    file.createWritable = async (options) => {
        const stream = await create(options);
        // The disk is full once the file was closed and is opened again: its copy is lost then.
        if (options) stream.write = async () => {
            await stream.abort();
            throw new DOMException("full", "QuotaExceededError");
        };
        return stream;
    };
    return file;
}"""
KEPT = """async () => {
    const root = await navigator.storage.getDirectory();
    return (await (await root.getFileHandle("film")).getFile()).size;
}"""
HIDE = """() => {
    Object.defineProperty(document, "hidden", { value: true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
    globalThis.requestAnimationFrame = () => 0;
}"""
ASKS = """() => {
    const leaving = new Event("beforeunload", { cancelable: true });
    dispatchEvent(leaving);
    return leaving.defaultPrevented;
}"""
"""Whether the page asks before it is closed."""
ORIGINAL = Path(__file__).parent / "harness" / "original.js"


async def start(person: Person) -> None:
    await person.press("Record")
    await person.page.get_by_role("button", name="Start recording").click()
    await expect(person.own_tile.get_by_text("recording", exact=True)).to_be_visible()


def header(person: Person) -> Locator:
    """Who records, beside the room's name."""
    return person.page.locator(".title .recorders")


async def expect_told_in_headers(recorder: Person, other: Person) -> None:
    """See who records, however small tiles are, and as the recorder for how long; nobody is told each second."""
    await expect(header(other).get_by_text(f"“{recorder.name}” is recording", exact=True)).to_be_visible()
    await expect(header(other).get_by_role("timer")).to_have_count(0)
    await expect(header(recorder).get_by_text("You are recording", exact=True)).to_be_visible()
    await expect(header(recorder).get_by_role("timer")).to_have_text(re.compile(r"00:(0[2-9]|[1-5]\d)"))
    assert await violations(recorder.page) == []
    assert [text for text in await recorder.announcements() if re.search(r"\d\d:\d\d", text)] == []


@pytest.mark.slow
async def test_recording_is_told_and_is_a_film_with_sound(
    meet: Meet, arrive: Arrive, server: Server, secret: str, tmp_path: Path
) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.page.evaluate(NO_PICKER)
    ears = await Keyboard.of(bob)
    for source in ("Camera", "Microphone"):
        await bob.press(source)
    await alice.enable("bob", "Camera")
    await alice.expect_flowing("video")
    await alice.expect_flowing("audio")
    async with alice.page.expect_download() as downloading:
        await start(alice)
    await ears.hear("“alice” is recording")
    await expect(bob.tile("alice").get_by_text("recording", exact=True)).to_be_visible()
    await expect_told_in_headers(alice, bob)
    # It goes on where nobody looks, and who comes later is told.
    await alice.page.evaluate(HIDE)
    carol = await arrive("carol")
    await carol.join(server.url, secret)
    await expect(carol.tile("alice").get_by_text("recording", exact=True)).to_be_visible()
    await expect(alice.page.get_by_text(re.compile(r"Recorded: (?:[3-9]|\d\d+) sec"))).to_be_visible()
    await alice.page.get_by_role("button", name="Stop recording").click()
    download = await downloading.value
    assert re.fullmatch(r"keks-meet \d{4}-\d\d-\d\d \d\d-\d\d-\d\d\.webm", download.suggested_filename)
    await download.save_as(tmp_path / "film.webm")
    for person in (bob, carol):
        await expect(person.tile("alice").get_by_text("recording", exact=True)).to_have_count(0)
    for person in (alice, bob):
        await expect(header(person)).to_have_count(0)
    await ears.hear("“alice” has stopped recording")
    expect_film(tmp_path / "film.webm")


@pytest.mark.slow
async def test_full_disk_ends_a_recording_with_words_and_keeps_what_was_written(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.page.evaluate(FULL_DISK)
    await bob.press("Microphone")
    await alice.expect_flowing("audio")
    await start(alice)
    await alice.expect_notice(re.compile("The recording has ended: its file cannot be written"))
    await expect(bob.tile("alice").get_by_text("recording", exact=True)).to_have_count(0)
    await expect(alice.page.get_by_role("button", name="Start recording")).to_be_visible()
    assert await alice.page.evaluate(KEPT) > 0


@pytest.mark.slow
async def test_leaving_ends_a_recording_whole(meet: Meet, tmp_path: Path) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.page.evaluate(NO_PICKER)
    await bob.press("Camera")
    await alice.enable("bob", "Camera")
    await alice.expect_flowing("video")
    assert not await alice.page.evaluate(ASKS)
    async with alice.page.expect_download() as downloading:
        await start(alice)
    await expect(alice.page.get_by_text(re.compile(r"Recorded: (?:[3-9]|\d\d+) sec"))).to_be_visible()
    # Closing the page would cut it short.
    assert await alice.page.evaluate(ASKS)
    await alice.press("Leave")
    await (await downloading.value).save_as(tmp_path / "film.webm")
    with av.open(str(tmp_path / "film.webm")) as container:
        assert len(list(container.decode(video=0))) > 5


@pytest.mark.slow
async def test_who_cannot_be_told_is_named_to_who_records(
    meet: Meet, arrive: Arrive, server: Server, secret: str
) -> None:
    alice, _ = await meet("alice", "bob")
    await alice.page.keyboard.press("e")
    record = alice.page.get_by_role("region", name="Record")
    await expect(record.get_by_role("button", name="Start recording")).to_be_focused()
    await expect(record.get_by_text("cannot be told")).to_have_count(0)
    others = await arrive("others")
    await others.page.goto(f"{server.url}/license")
    await others.page.evaluate(ORIGINAL.read_text())
    await others.page.evaluate("(a) => original.join(...a).then(() => undefined)", [secret, "guest"])
    await expect(record.get_by_text("These cannot be told, so tell them yourself: “guest”")).to_be_visible()
