# SPDX-License-Identifier: AGPL-3.0-only
"""Pictures of peers: measured before they are drawn, and never more than fit into the memory [I1] [I2]."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Arrive, Meet
from tests.e2e.harness.chat import panel
from tests.e2e.harness.server import Server

ORIGINAL = Path(__file__).parent / "harness" / "original.js"
BLANK = """async ([width, height, type]) => {
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext("2d").fillRect(0, 0, 1, 1);
    const blob = await canvas.convertToBlob({ type });
    const data = new DataTransfer();
    data.items.add(new File([blob], "blank", { type }));
    document.body.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, clipboardData: data }));
    return blob.size;
}"""
# A frame of 60 000 by 60 000 behind a marker without a length, and one of 8 by 8 for careless readers of sizes.
HIDDEN = """() => {
    const word = (value) => [value >> 8, value & 255];
    const frame = (side) => [0xff, 0xc0, ...word(17), 8, ...word(side), ...word(side), 3, ...Array(9).fill(1)];
    const bytes = [0xff, 0xd8, 0xff, 0xff, 0x01, ...frame(60000), ...frame(8), 0xff, 0xd9];
    return `data:image/jpeg;base64,${btoa(String.fromCharCode(...bytes))}`;
}"""


async def test_every_kind_that_a_browser_writes_is_drawn(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await bob.press("Chat")
    for count, kind in enumerate(("image/png", "image/jpeg", "image/webp"), start=1):
        await alice.page.evaluate(BLANK, [320, 200, kind])
        images = panel(bob).get_by_role("img")
        await expect(images).to_have_count(count)
        assert (await images.last.get_attribute("src") or "").startswith(f"data:{kind};")
        assert await images.last.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 320


@pytest.mark.slow
async def test_few_bytes_do_not_fill_the_memory(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await bob.press("Chat")
    for _ in range(6):
        assert await alice.page.evaluate(BLANK, [5000, 3000, "image/png"]) < 400_000
    # They take 60 million bytes of memory each: the newest two of a peer are drawn.
    await expect(panel(bob).get_by_role("img")).to_have_count(2)
    waiting = panel(bob).get_by_role("button", name="Show the image")
    await expect(waiting).to_have_count(4)
    await expect(waiting.first).to_contain_text("5,000 \u00d7 3,000")
    await waiting.first.click()
    await expect(panel(bob).get_by_role("img")).to_have_count(3)


@pytest.mark.slow
async def test_one_that_is_too_large_is_drawn_on_a_click(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await bob.press("Chat")
    await alice.page.evaluate(BLANK, [5000, 3300, "image/png"])
    waiting = panel(bob).get_by_role("button", name="Show the image")
    await expect(waiting).to_contain_text("5,000 \u00d7 3,300")
    await expect(panel(bob).get_by_role("img")).to_have_count(0)
    await waiting.click()
    image = panel(bob).get_by_role("img", name="Image from alice")
    assert await image.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 5000


async def test_one_of_uncertain_size_is_not_drawn(meet: Meet, arrive: Arrive, server: Server, secret: str) -> None:
    """Neither in the chat nor as a preview."""
    (bob,) = await meet("bob")
    await bob.press("Chat")
    other = await arrive("other")
    await other.page.goto(f"{server.url}/license")
    await other.page.evaluate(ORIGINAL.read_text())
    await other.page.evaluate(
        "(secret) => original.join(secret, 'other').then((client) => { window.client = client; })", secret
    )
    await bob.expect_people("other")
    hidden = await other.page.evaluate(HIDDEN)
    await other.page.evaluate(
        """(hidden) => {
            client.say(undefined, { provide: { id: "v", kind: "track", track_kind: "video", label: "Camera" } });
            client.say(undefined, { preview: { id: "v", data: hidden } });
            client.say(undefined, { chat: { image: hidden } });
            client.say(undefined, { chat: { image: "data:image/avif;base64,AAAA" } });
        }""",
        hidden,
    )
    await expect(panel(bob).get_by_text("an image of a kind that is not shown")).to_have_count(1)
    # What only its decoder could measure waits for a click.
    await expect(panel(bob).get_by_role("button", name="Show the image")).to_have_count(1)
    await bob.expect_offered("other", "Camera")
    await expect(bob.page.get_by_role("img")).to_have_count(0)
