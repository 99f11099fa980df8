# SPDX-License-Identifier: AGPL-3.0-only
"""How transfers between pages end: whole all the same, or cut short, and told in words."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Arrive, MakeFile, MakeServer, Meet
from tests.e2e.harness.files import expect_underway, expect_whole, item, offer, start_download
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server

MIB = 1_048_576


@pytest.mark.slow
async def test_receiver_aborts_and_downloads_again(meet: Meet, make_file: MakeFile) -> None:
    alice, bob = await meet("alice", "bob")
    endless = make_file("endless.bin", 4096 * MIB, is_sparse=True)
    await offer(alice, endless)
    download = await start_download(bob, "alice", endless.name)
    await expect_underway(bob, "alice", endless.name)
    await item(bob.tile("alice"), endless.name).get_by_role("button", name="Abort").click()
    assert await download.failure() is not None
    await bob.expect_notice("Download aborted")
    await alice.expect_notice(re.compile("cut short"))
    again = await start_download(bob, "alice", endless.name)
    await expect_underway(bob, "alice", endless.name)
    await again.cancel()
    await bob.expect_notice("Download aborted")


@pytest.mark.slow
async def test_owner_stops_in_the_middle(meet: Meet, make_file: MakeFile) -> None:
    alice, bob = await meet("alice", "bob")
    endless = make_file("endless.bin", 4096 * MIB, is_sparse=True)
    await offer(alice, endless)
    download = await start_download(bob, "alice", endless.name)
    await expect_underway(bob, "alice", endless.name)
    await item(alice.own_tile, endless.name).get_by_role("button", name="Stop sharing").click()
    assert await download.failure() is not None
    await bob.expect_notice(re.compile("cut short"))


@pytest.mark.slow
async def test_receiver_vanishes_and_others_notice_nothing(meet: Meet, make_file: MakeFile) -> None:
    alice, bob, carol = await meet("alice", "bob", "carol")
    path = make_file("big.bin", 20 * MIB)
    endless = make_file("endless.bin", 4096 * MIB, is_sparse=True)
    await offer(alice, path, endless)
    await start_download(bob, "alice", endless.name)
    await expect_underway(bob, "alice", endless.name)
    download = await start_download(carol, "alice", path.name)
    await bob.page.close()
    await alice.expect_notice(re.compile("cut short"))
    await alice.expect_people("carol")
    await expect_whole(download, path)


HELD_DISK = """
    delete globalThis.showSaveFilePicker;
    const { write } = FileSystemWritableFileStream.prototype;
    const goOn = new Promise((resolve) => { globalThis.goOn = resolve; });
    Object.assign(globalThis, { written: 0, writtenBytes: 0 });
    FileSystemWritableFileStream.prototype.write = async function (bytes) {
        if (written++ > 0) await goOn;
        writtenBytes += bytes.byteLength;
        return write.call(this, bytes);
    };
"""
"""The page's own storage takes nothing after the first bytes, until `goOn()`: the transfer is in its middle."""


async def with_held_disk(arrive: Arrive, server: Server, secret: str) -> tuple[Person, Person]:
    """Return two people in a room, of whom the second one has such a disk."""
    alice, bob = await arrive("alice"), await arrive("bob", service_workers="block")
    await bob.context.add_init_script(HELD_DISK)
    for person in (alice, bob):
        await person.join(server.url, secret)
    return alice, bob


@pytest.mark.parametrize("loser", ["sender", pytest.param("receiver", marks=pytest.mark.slow)])
async def test_download_goes_on_over_a_new_connection(
    arrive: Arrive, server: Server, secret: str, make_file: MakeFile, loser: str
) -> None:
    """Each byte is written once, and the hash of the whole file tells that all are of one file [F7] [F9]."""
    alice, bob = await with_held_disk(arrive, server, secret)
    path = make_file("big.bin", 20 * MIB)
    await offer(alice, path)
    broken, other = (alice, bob) if loser == "sender" else (bob, alice)
    await other.press("Microphone")
    await broken.expect_flowing("audio")
    async with bob.page.expect_download(timeout=60_000) as download:
        await item(bob.tile("alice"), path.name).get_by_role("button", name="Download").click()
        await bob.page.wait_for_function("() => written > 1")
        await broken.page.evaluate("() => { for (const each of probe.connections) each.close(); }")
        await bob.page.evaluate("goOn()")
    await expect_whole(await download.value, path)
    assert await bob.page.evaluate("writtenBytes") == path.stat().st_size
    await broken.expect_flowing("audio")


@pytest.mark.slow
async def test_restarted_server_interrupts_no_transfer(
    make_server: MakeServer, arrive: Arrive, secret: str, make_file: MakeFile
) -> None:
    """The disk takes nothing meanwhile, so that the transfer is in its middle."""
    server = await make_server()
    alice, bob = await with_held_disk(arrive, server, secret)
    path = make_file("big.bin", 20 * MIB)
    await offer(alice, path)
    async with bob.page.expect_download() as download:
        await item(bob.tile("alice"), path.name).get_by_role("button", name="Download").click()
        await bob.page.wait_for_function("() => written > 1")
        await server.kill()
        await server.start()
        for person in (alice, bob):
            await person.expect_joined()
        await bob.page.evaluate("goOn()")
    await expect_whole(await download.value, path)


@pytest.mark.slow
@pytest.mark.parametrize("way", ["the page's own storage", "a picker", "memory"])
async def test_file_that_cannot_be_stored_has_not_arrived(
    arrive: Arrive, server: Server, secret: str, make_file: MakeFile, way: str
) -> None:
    """All bytes come, and the disk is full at the end: neither side calls it whole [F11]."""
    alice, bob = await arrive("alice"), await arrive("bob", service_workers="block")
    await bob.context.add_init_script(DISKS[way])
    for person in (alice, bob):
        await person.join(server.url, secret)
    path = make_file("small.bin", MIB)
    await offer(alice, path)
    await item(bob.tile("alice"), path.name).get_by_role("button", name="Download").click()
    await bob.expect_notice("could not be written")
    await alice.expect_notice("cut short")
    assert not any("A file has arrived" in said for said in await alice.announcements())


FULL = "async () => { throw new DOMException('full', 'QuotaExceededError'); }"


DISKS = {
    "the page's own storage": f"""
        delete globalThis.showSaveFilePicker;
        FileSystemWritableFileStream.prototype.close = {FULL};
    """,
    "a picker": f"""
        const stream = {{ write: async () => undefined, close: {FULL}, abort: async () => undefined }};
        globalThis.showSaveFilePicker = async () => ({{ createWritable: async () => stream }});
    """,
    "memory": """
        delete globalThis.showSaveFilePicker;
        StorageManager.prototype.getDirectory = async () => { throw new Error("private window"); };
        globalThis.Blob = class { constructor() { throw new RangeError("full"); } };
    """,
}


async def test_sender_waits_for_a_page_that_takes_its_time_to_store(
    arrive: Arrive, server: Server, secret: str, make_file: MakeFile
) -> None:
    """Not when the last byte has come, but when it is stored, has the file arrived."""
    alice, bob = await arrive("alice"), await arrive("bob", service_workers="block")
    await bob.context.add_init_script("""
        delete globalThis.showSaveFilePicker;
        const { close } = FileSystemWritableFileStream.prototype;
        FileSystemWritableFileStream.prototype.close = async function () {
            await new Promise((resolve) => { globalThis.store = resolve; });
            return close.call(this);
        };
    """)
    for person in (alice, bob):
        await person.join(server.url, secret)
    path = make_file("small.bin", MIB)
    await offer(alice, path)
    button = item(bob.tile("alice"), path.name).get_by_role("button", name="Download")
    async with bob.page.expect_download() as started:
        await button.click()
        await bob.page.wait_for_function("() => globalThis.store !== undefined")
        await expect(item(alice.own_tile, path.name).get_by_role("progressbar")).to_be_visible()
        assert not any("A file has arrived" in said for said in await alice.announcements())
        await bob.page.evaluate("store()")
    await expect_whole(await started.value, path)
    await expect(alice.page.get_by_role("status").filter(has_text="A file has arrived")).to_be_visible()


async def test_file_that_cannot_be_read_is_the_senders_own_fault(meet: Meet, make_file: MakeFile) -> None:
    alice, bob = await meet("alice", "bob")
    path = make_file("gone.bin", MIB)
    await offer(alice, path)
    await expect(item(bob.tile("alice"), path.name)).to_be_visible()
    path.write_bytes(b"something else")
    await item(bob.tile("alice"), path.name).get_by_role("button", name="Download").click()
    await alice.expect_notice("could not be read")
    await expect(item(bob.tile("alice"), path.name)).to_have_count(0)


@pytest.mark.slow
async def test_file_that_cannot_be_read_any_more_is_the_senders_own_fault(meet: Meet, tmp_path: Path) -> None:
    alice, bob = await meet("alice", "bob")
    gone = tmp_path / "gone.txt"
    gone.write_text("here and gone")
    await alice.page.locator("input[type=file]").first.set_input_files(gone)
    download = bob.tile("alice").get_by_role("button", name="Download")
    await expect(download).to_be_visible()
    gone.unlink()
    await download.click()
    await alice.expect_notice("could not be read")
    await bob.expect_notice("cut short")
    await expect(alice.own_tile.locator(".file-item")).to_have_count(0)
