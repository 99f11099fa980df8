# SPDX-License-Identifier: AGPL-3.0-only
"""How fast a file gets from one page to another's disk, beside a bare data channel between the same two pages.

The bare channel sends zeros of the same total in messages of 64 KiB, its buffer between 1 and 4 MiB, to a page that
only counts: no disk, no hash, no service worker. The ratios are what keks-meet leaves of that: raw, to a receiver that
knows nothing of `file-sha256`, and with the hash, which both sides compute as the bytes pass.
"""

import asyncio
import os
import secrets
import statistics
import tempfile
import time
from pathlib import Path

from playwright.async_api import async_playwright

from tests.e2e.harness import browsers
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server

MIB = 1_048_576
SIZE = 256 * MIB
ROUNDS = 5

WITHOUT_HASH = """
    const strip = (value) => {
        const identity = value?.inner?.identify;
        if (identity?.features) identity.features = identity.features.filter((feature) => feature !== "file-sha256");
        return value;
    };
    const { parse, stringify } = JSON;
    JSON.parse = (...text) => strip(parse(...text));
    JSON.stringify = (value, ...more) => stringify(strip(value), ...more);
"""
"""Neither says nor hears of hashes."""

MAKE_SENDER = """async () => {
    window.bare = new RTCPeerConnection();
    window.channel = bare.createDataChannel("bare");
    channel.bufferedAmountLowThreshold = 1 << 20;
    await bare.setLocalDescription();
    await gathered(bare);
    return bare.localDescription.sdp;
}"""
MAKE_RECEIVER = """async (sdp) => {
    window.bare = new RTCPeerConnection();
    window.received = 0;
    bare.ondatachannel = ({ channel }) => {
        channel.binaryType = "arraybuffer";
        channel.onmessage = ({ data }) => { received += data.byteLength; };
    };
    await bare.setRemoteDescription({ type: "offer", sdp });
    await bare.setLocalDescription();
    await gathered(bare);
    return bare.localDescription.sdp;
}"""
GATHERED = """
    window.gathered = (connection) => new Promise((done) => {
        const look = () => connection.iceGatheringState === "complete" && done();
        connection.addEventListener("icegatheringstatechange", look);
        look();
    });
"""
CONNECT = """async (sdp) => {
    await bare.setRemoteDescription({ type: "answer", sdp });
    await new Promise((done) => { channel.onopen = done; });
}"""
SEND = """async (size) => {
    const message = new Uint8Array(65536);
    for (let sent = 0; sent < size; sent += message.length) {
        if (channel.bufferedAmount > 4 << 20) await new Promise((low) => { channel.onbufferedamountlow = low; });
        channel.send(message);
    }
}"""
RECEIVED = """async (size) => {
    while (received < size) await new Promise((later) => setTimeout(later, 5));
    received = 0;
}"""


async def file_seconds(receiver: Person, owner: str) -> float:
    """Time one download, from the press of its button to the file on the disk."""
    button = receiver.button(receiver.tile(owner), "Download")
    await button.wait_for()
    since = time.perf_counter()
    async with receiver.page.expect_download() as started:
        await button.click()
    await (await started.value).path()
    return time.perf_counter() - since


async def bare_seconds(sender: Person, receiver: Person) -> float:
    """Time the same number of bytes over the bare channel."""
    since = time.perf_counter()
    await asyncio.gather(sender.page.evaluate(SEND, SIZE), receiver.page.evaluate(RECEIVED, SIZE))
    return time.perf_counter() - since


async def measure(alice: Person, bob: Person, carol: Person, path: Path) -> None:
    """Take turns, so that what else the machine does hits both alike."""
    async with alice.page.expect_file_chooser() as chooser:
        await alice.press("File")
    await (await chooser.value).set_files(path)
    for person in (alice, bob):
        await person.page.evaluate(f"() => {{ {GATHERED} }}")
    offer = await alice.page.evaluate(MAKE_SENDER)
    await alice.page.evaluate(CONNECT, await bob.page.evaluate(MAKE_RECEIVER, offer))
    ratios: list[tuple[float, float]] = []
    print("| round | bare channel, MB/s | file, raw | ratio | file with SHA-256 | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    for number in range(1, ROUNDS + 1):
        raw, bare, hashed = (
            await file_seconds(carol, "alice"),
            await bare_seconds(alice, bob),
            await file_seconds(bob, "alice"),
        )
        ratios.append((bare / raw, bare / hashed))
        print(
            f"| {number} | {SIZE / bare / 1e6:.1f} | {SIZE / raw / 1e6:.1f} | {bare / raw:.2f} "
            f"| {SIZE / hashed / 1e6:.1f} | {bare / hashed:.2f} |",
            flush=True,
        )
    raw_ratio, hashed_ratio = (statistics.median(column) for column in zip(*ratios, strict=True))
    print(f"| median | | | {raw_ratio:.2f} | | {hashed_ratio:.2f} |")


async def main() -> None:
    """Print one table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.bin"
        path.write_bytes(os.urandom(SIZE))
        server = Server(Path(folder))
        await server.start()
        async with async_playwright() as playwright:
            browser = await browsers.launch(playwright)
            alice, bob, carol = [await Person.arrive(name, browser) for name in ("alice", "bob", "carol")]
            await carol.context.add_init_script(WITHOUT_HASH)
            secret = secrets.token_hex(32)
            for person in (alice, bob, carol):
                await person.join(server.url, secret)
            await measure(alice, bob, carol, path)
            await browser.close()
        await server.stop()


if __name__ == "__main__":
    asyncio.run(main())
