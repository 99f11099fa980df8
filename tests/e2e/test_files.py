# SPDX-License-Identifier: AGPL-3.0-only
"""Files: from one person's disk to another's, whole or not at all."""

import base64
import os
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Arrive, MakeFile, Meet
from tests.e2e.harness.files import expect_whole, item, offer, sha256, start_download
from tests.e2e.harness.server import Server

ORIGINAL = Path(__file__).parent / "harness" / "original.js"


MIB = 1_048_576


SIZES = [8 * MIB, pytest.param(64 * MIB, marks=[pytest.mark.slow, pytest.mark.timeout(600)])]
"""More than may be under way at once, and as much again and again."""


@pytest.mark.parametrize("size", SIZES)
async def test_file_arrives_whole_and_again(meet: Meet, make_file: MakeFile, size: int) -> None:
    alice, bob = await meet("alice", "bob")
    path = make_file("trip to Käse.bin", size)
    await offer(alice, path)
    download = await start_download(bob, "alice", path.name)
    await expect(item(alice.own_tile, path.name).get_by_role("progressbar")).to_be_visible()
    await expect_whole(download, path)
    assert download.suggested_filename == path.name
    await expect(alice.page.get_by_role("status").filter(has_text="A file has arrived")).to_be_visible()
    await expect_whole(await start_download(bob, "alice", path.name), path)


@pytest.mark.slow
async def test_first_credit_may_get_lost(meet: Meet, make_file: MakeFile) -> None:
    """As Chromium loses it, now and then, when a channel arrives while its connection is being made."""
    alice, bob = await meet("alice", "bob")
    path = make_file("late.bin", MIB)
    await offer(alice, path)
    await bob.page.evaluate("""() => {
        const { send } = RTCDataChannel.prototype;
        globalThis.lost = [];
        RTCDataChannel.prototype.send = function (data) {
            if (lost.length === 0) lost.push(data);
            else send.call(this, data);
        };
    }""")
    await expect_whole(await start_download(bob, "alice", path.name), path)
    assert "credit" in (await bob.page.evaluate("lost"))[0]


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
async def test_three_receive_at_once(meet: Meet, make_file: MakeFile, size: int) -> None:
    alice, *others = await meet("alice", "bob", "carol", "dave")
    path = make_file("big.bin", size)
    await offer(alice, path)
    downloads = [await start_download(other, "alice", path.name) for other in others]
    for download in downloads:
        await expect_whole(download, path)


@pytest.mark.slow
async def test_several_files_dropped_at_once_and_taken_back(meet: Meet, make_file: MakeFile) -> None:
    alice, bob = await meet("alice", "bob")
    drop = """() => {
        const data = new DataTransfer();
        for (const name of ["a.txt", "empty.txt"]) data.items.add(new File(name[0] === "e" ? [] : ["hello"], name));
        const options = { bubbles: true, cancelable: true, dataTransfer: data };
        document.querySelector("main").dispatchEvent(new DragEvent("drop", options));
    }"""
    await alice.page.evaluate(drop)
    hello = await start_download(bob, "alice", "a.txt")
    assert (await hello.path()).read_text() == "hello"
    empty = await start_download(bob, "alice", "empty.txt")
    assert (await empty.path()).read_bytes() == b""
    await item(alice.own_tile, "a.txt").get_by_role("button", name="Stop sharing").click()
    await expect(item(bob.tile("alice"), "a.txt")).to_have_count(0)
    await expect(item(bob.tile("alice"), "empty.txt")).to_be_visible()


@pytest.mark.slow
async def test_without_a_service_worker_the_file_still_gets_to_the_disk(
    arrive: Arrive, server: Server, secret: str, make_file: MakeFile
) -> None:
    alice, bob = await arrive("alice"), await arrive("bob", service_workers="block")
    await bob.context.add_init_script("delete globalThis.showSaveFilePicker")
    for person in (alice, bob):
        await person.join(server.url, secret)
    path = make_file("small.bin", 3 * MIB)
    await offer(alice, path)
    await expect_whole(await start_download(bob, "alice", path.name), path)


OLD_SAFARI = "delete FileSystemFileHandle.prototype.createWritable"
"""Before 26, only workers write to the storage of a page there."""


@pytest.mark.parametrize("lacks", ["", OLD_SAFARI], ids=["new", "old"])
async def test_file_arrives_past_the_service_worker_in_safari(
    arrive: Arrive, server: Server, secret: str, make_file: MakeFile, lacks: str
) -> None:
    alice, bob = await arrive("alice"), await arrive("bob")
    await bob.context.add_init_script(
        f"Object.defineProperty(Navigator.prototype, 'vendor', {{ value: 'Apple Computer, Inc.' }}); {lacks}"
    )
    for person in (alice, bob):
        await person.join(server.url, secret)
    path = make_file("small.bin", 3 * MIB)
    await offer(alice, path)
    download = await start_download(bob, "alice", path.name)
    assert download.url.startswith("blob:")
    await expect_whole(download, path)
    await expect(bob.page.get_by_role("alert")).to_have_count(0)


async def test_service_worker_says_that_it_works(meet: Meet) -> None:
    alice, _ = await meet("alice", "bob")
    # A worker is ready a moment before it answers for the pages that were open when it came.
    await alice.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    assert await alice.page.evaluate("() => fetch('/swtest').then((answer) => answer.text())") == "works!"


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["end", None])
async def test_clients_without_our_extensions_give_and_take(
    arrive: Arrive, server: Server, secret: str, make_file: MakeFile, ending: str | None
) -> None:
    alice, other = await arrive("alice"), await arrive("other")
    await other.page.goto(f"{server.url}/license")
    await other.page.evaluate(ORIGINAL.read_text())
    content = os.urandom(MIB + 12_345)
    await other.page.evaluate(
        """async ([secret, content, ending]) => {
            const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
            window.client = await original.join(secret, "other", { plain: bytes }, ending);
        }""",
        [secret, base64.b64encode(content).decode(), ending],
    )
    await alice.join(server.url, secret)
    await alice.expect_people("other")

    taken = await start_download(alice, "other", "plain.bin")
    assert await taken.failure() is None
    assert (await taken.path()).read_bytes() == content

    path = make_file("ours.bin", 5 * MIB + 1)
    await offer(alice, path)
    await other.page.wait_for_function("() => client.seen.files.length === 1")
    await other.page.evaluate(
        "() => client.say(client.seen.files[0].sender, { request: { id: client.seen.files[0].id } })"
    )
    await other.page.wait_for_function("() => client.seen.received.length === 1")
    received = await other.page.evaluate("client.seen.received[0]")
    assert base64.b64decode(received["sha256"]).hex() == sha256(path)
    assert received["largest"] == 32_768
    assert await other.page.evaluate("client.seen.texts") == ["end"]
    # That client leaves closing to the sender.
    waited = await other.page.evaluate("client.seen.closed[0] - client.seen.ended[0]")
    assert waited < 10_000


async def test_small_file_whose_channel_closes_at_once_arrives(arrive: Arrive, server: Server, secret: str) -> None:
    """Chromium loses what such a channel brings, more often than not; release 1.0 of the original closes it so."""
    alice, other = await arrive("alice"), await arrive("other")
    await other.page.goto(f"{server.url}/license")
    await other.page.evaluate(ORIGINAL.read_text())
    await other.page.evaluate(
        """async (secret) => {
            const small = new TextEncoder().encode("small");
            window.client = await original.join(secret, "other", { plain: small }, "close");
        }""",
        secret,
    )
    await alice.join(server.url, secret)
    await alice.expect_people("other")
    for _ in range(3):
        taken = await start_download(alice, "other", "plain.bin")
        assert (await taken.path()).read_bytes() == b"small"


async def test_hostile_name_stays_a_mere_name(meet: Meet, arrive: Arrive, server: Server, secret: str) -> None:
    (alice,) = await meet("alice")
    other = await arrive("other")
    await other.page.goto(f"{server.url}/license")
    await other.page.evaluate(ORIGINAL.read_text())
    await other.page.evaluate(
        "(secret) => original.join(secret, 'other').then((client) => { window.client = client; })", secret
    )
    await alice.expect_people("other")
    await other.page.evaluate(
        "() => client.say(undefined, { provide: { id: 'x', kind: 'file', label: '../../etc/pass\\u202ewd', size: 1 } })"
    )
    await expect(alice.tile("other").get_by_role("button", name="Download")).to_be_visible()
    download = await start_download(alice, "other", "etc")
    assert download.suggested_filename == "passwd"
    await alice.button(alice.tile("other"), "Abort").click()


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.timeout(600)
@pytest.mark.parametrize("is_slow", [False, True], ids=["fast", "slow receiver"])
async def test_memory_stays_flat_for_a_large_file(
    arrive: Arrive, server: Server, secret: str, make_file: MakeFile, *, is_slow: bool
) -> None:
    """A GiB goes through; a slow receiver takes a part of it slowly, and the sender waits."""
    alice = await arrive("alice")
    bob = await arrive("bob", service_workers="block" if is_slow else "allow")
    if is_slow:
        await bob.context.add_init_script("""
            delete globalThis.showSaveFilePicker;
            const write = FileSystemWritableFileStream.prototype.write;
            FileSystemWritableFileStream.prototype.write = async function (...bytes) {
                await new Promise((later) => setTimeout(later, 20));
                return write.apply(this, bytes);
            };
        """)
    for person in (alice, bob):
        await person.join(server.url, secret)
    path = make_file("large.bin", 1024 * MIB, is_sparse=True)
    await offer(alice, path)
    before = browser_memory()
    button = item(bob.tile("alice"), path.name).get_by_role("button", name="Download")
    bar = item(bob.tile("alice"), path.name).get_by_role("progressbar")
    peak = 0
    if is_slow:
        await button.click()
        while await bar.count() == 0 or await bar.evaluate("(bar) => bar.value") < 100 * MIB:
            peak = max(peak, browser_memory())
    else:
        async with bob.page.expect_download() as started:
            await button.click()
        download = await started.value
        await expect(bar).to_be_visible()
        while await bar.count():
            peak = max(peak, browser_memory())
        await expect_whole(download, path)
    assert peak - before < 320 * MIB


def browser_memory() -> int:
    """Resident bytes of the processes that this one started, browsers with their pages and workers among them."""
    parents: dict[int, int] = {}
    pages: dict[int, int] = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(process.name)] = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            pages[int(process.name)] = int((process / "statm").read_text().split()[1])
        except OSError:
            continue
    return sum(pages[each] for each in pages if is_descendant(each, parents)) * os.sysconf("SC_PAGE_SIZE")


def is_descendant(process: int, parents: dict[int, int]) -> bool:
    while process in parents:
        process = parents[process]
        if process == os.getpid():
            return True
    return False


@pytest.mark.slow
async def test_dropped_folder_is_offered_as_its_files(meet: Meet, tmp_path: Path) -> None:
    """Also one of more files than browsers tell at once, onto what has just moved there; an empty folder is no file."""
    alice, bob = await meet("alice", "bob")
    folder = tmp_path / "slides"
    (folder / "empty").mkdir(parents=True)
    (folder / "deep").mkdir()
    (folder / "deep" / "same.txt").write_text("deep")
    (folder / "same.txt").write_text("top")
    for number in range(120):
        (folder / "deep" / f"{number}.bin").write_bytes(b"x")
    session = await alice.context.new_cdp_session(alice.page)
    data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    for kind, x, y in (("dragEnter", 400, 300), ("dragOver", 400, 300), ("drop", 20, 20)):
        await session.send("Input.dispatchDragEvent", {"type": kind, "x": x, "y": y, "data": data})
    await expect(alice.own_tile.locator(".file-item")).to_have_count(122)
    items = bob.tile("alice").locator(".file-item")
    for path, text in (("slides/same.txt", "top"), ("slides/deep/same.txt", "deep")):
        item = items.filter(has=bob.page.locator(".label", has_text=re.compile(f"^{path}$")))
        async with bob.page.expect_download() as download:
            await item.get_by_role("button", name="Download").click()
        saved = await (await download.value).path()
        assert saved.read_text() == text
        assert (await download.value).suggested_filename == "same.txt"
