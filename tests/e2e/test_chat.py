# SPDX-License-Identifier: AGPL-3.0-only
"""Chat: what is said arrives, safely, and nothing of it is kept."""

import re
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import expect

from keks_meet.client.events import ChatReceived
from keks_meet.client.room import Room
from keks_meet.session import limits
from tests.e2e.conftest import Arrive, MakeServer, Meet
from tests.e2e.harness.chat import PIXEL, give_image, messages, panel, say
from tests.e2e.harness.server import Server
from tests.native.waiting import event_in

NOISE = """async (side) => {
    const canvas = new OffscreenCanvas(side, side);
    const context = canvas.getContext("2d");
    const image = context.createImageData(side, side);
    for (let at = 0; at < image.data.length; at += 65536) crypto.getRandomValues(image.data.subarray(at, at + 65536));
    context.putImageData(image, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/png" });
    const data = new DataTransfer();
    data.items.add(new File([blob], "noise.png", { type: "image/png" }));
    document.body.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, clipboardData: data }));
    return blob.size;
}"""
BRIGHTNESS = """async (image) => {
    const context = new OffscreenCanvas(1, 1).getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, 1, 1);
    return context.getImageData(0, 0, 1, 1).data[0];
}"""


async def test_text_goes_both_ways_and_hidden_chat_counts_it(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.press("Chat")
    await say(alice, "hello")
    await say(alice, "anybody?")
    chat = bob.page.get_by_role("button", name="Chat", exact=True)
    await expect(chat).to_have_accessible_description("2 unread")
    await bob.press("Chat")
    await expect(chat).to_have_accessible_description("")
    await expect(messages(bob).last).to_contain_text("anybody?")
    await expect(messages(bob).last).to_contain_text("alice")
    await say(bob, "here")
    await expect(messages(alice).last).to_contain_text("here")


async def test_nothing_that_is_said_can_run_or_break_out(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.press("Chat")
    await bob.press("Chat")
    await say(alice, '<img src=x onerror="document.title=1"> https://example.org/a javascript:alert(1)')
    said = messages(bob).last
    await expect(said).to_contain_text("<img src=x onerror=")
    await expect(said.locator("img")).to_have_count(0)
    link = said.get_by_role("link")
    await expect(link).to_have_count(1)
    await expect(link).to_have_attribute("href", "https://example.org/a")
    await expect(link).to_have_attribute("rel", "noopener noreferrer")
    await say(alice, "x" * 5000)
    await say(alice, "مرحبا")
    await expect(messages(bob).last.locator("p")).to_have_attribute("dir", "auto")
    assert await bob.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_who_comes_late_gets_nothing_of_the_past(meet: Meet, arrive: Arrive, server: Server, secret: str) -> None:
    alice, _ = await meet("alice", "bob")
    await alice.press("Chat")
    await say(alice, "before you came")
    carol = await arrive("carol")
    await carol.join(server.url, secret)
    await carol.expect_people("alice", "bob")
    await carol.press("Chat")
    await say(alice, "after you came")
    await expect(messages(carol).last).to_contain_text("after you came")
    await expect(panel(carol).get_by_text("before you came")).to_have_count(0)


async def test_empty_chat_promises_that(meet: Meet) -> None:
    (alice,) = await meet("alice")
    await alice.press("Chat")
    await expect(panel(alice)).to_contain_text("Who joins later sees nothing")


async def test_joins_and_leaves_are_lines(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.press("Chat")
    await expect(messages(alice).last).to_have_text("“bob” joined")
    await bob.press("Leave")
    await expect(messages(alice).last).to_have_text("“bob” left")


async def test_open_chat_says_once_who_comes_and_goes(meet: Meet, arrive: Arrive, server: Server, secret: str) -> None:
    (alice,) = await meet("alice")
    await alice.press("Chat")
    bob = await arrive("bob")
    await bob.join(server.url, secret)
    await expect(messages(alice).last).to_have_text("“bob” joined")
    await bob.press("Leave")
    await expect(messages(alice).last).to_have_text("“bob” left")
    # A message is said after all that was to be said before.
    await say(alice, "alone again")
    await expect(messages(alice).last).to_contain_text("alone again")
    said = await alice.announcements()
    assert [text for text in said if "bob" in text] == ["“bob” joined", "“bob” left"]


async def test_escape_ends_what_is_composed_and_not_the_chat(meet: Meet) -> None:
    (alice,) = await meet("alice")
    await alice.press("Chat")
    message = alice.page.get_by_role("textbox", name="Message")
    await message.dispatch_event("keydown", {"key": "Escape", "isComposing": True})
    await expect(message).to_be_focused()
    await message.press("Escape")
    await expect(message).to_have_count(0)


async def test_newest_is_in_view_unless_the_reader_scrolled_up(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.press("Chat")
    await bob.press("Chat")
    for number in range(10):
        await say(alice, f"line {number}\n" * 9)
    await expect(messages(bob).last).to_contain_text("line 9")
    await expect(messages(bob).last).to_be_in_viewport()
    await panel(bob).get_by_role("log").evaluate("(log) => { log.scrollTop = 0; }")
    await expect(messages(bob).first).to_be_in_viewport()
    await say(alice, "one more")
    await expect(messages(bob).last).to_contain_text("one more")
    await expect(messages(bob).last).not_to_be_in_viewport()


async def test_image_is_pasted_with_the_chat_hidden_and_opens_as_set(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await give_image(alice, "paste", "body")
    await bob.press("Chat")
    image = panel(bob).get_by_role("img", name="Image from alice")
    await expect(image).to_be_visible()
    assert await image.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 1
    for is_popup in (True, False):
        await bob.page.evaluate("(value) => change_pref('image_view_popup', value)", is_popup)
        async with bob.page.expect_popup() as opened:
            await image.click()
        view = await opened.value
        assert view.url.startswith("blob:")
        assert await view.evaluate("!window.menubar.visible") == is_popup
        await view.close()


@pytest.mark.slow
@pytest.mark.programs
async def test_many_copies_of_an_image_are_no_more_than_a_server_carries(
    arrive: Arrive, server: Server, secret: str
) -> None:
    """Each of eight programs gets one, sealed for it alone."""
    async with AsyncExitStack() as stack:
        programs = [await stack.enter_async_context(Room(secret, server=server.url)) for _ in range(8)]
        alice = await arrive("alice")
        await alice.join(server.url, secret)
        await expect(alice.page.locator("article .identity")).to_have_count(len(programs))
        await alice.page.evaluate(NOISE, 1500)
        images = [(await event_in(program, ChatReceived)).image or "" for program in programs]
    # Sealing writes a message in base64 twice.
    assert 0 < sum(map(len, images)) * 16 / 9 < limits.IMAGE_COPIES_BYTES


async def test_image_is_dropped_onto_the_chat_or_picked(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.press("Chat")
    await bob.press("Chat")
    await give_image(alice, "drop", ".chat-panel")
    await expect(panel(bob).get_by_role("img")).to_have_count(1)
    picker = panel(alice).get_by_label("Add an image")
    await picker.set_input_files({"name": "pixel.png", "mimeType": "image/png", "buffer": PIXEL})
    await expect(panel(bob).get_by_role("img")).to_have_count(2)


@pytest.mark.slow
async def test_large_image_is_made_to_fit(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await bob.press("Chat")
    assert await alice.page.evaluate(NOISE, 1500) > 1_048_576
    image = panel(bob).get_by_role("img", name="Image from alice")
    await expect(image).to_be_visible()
    assert len(await image.get_attribute("src") or "") < 1_048_576
    await expect(alice.page.get_by_role("alert")).to_have_count(0)


async def test_large_image_of_a_browser_that_writes_no_webp_is_as_large(meet: Meet) -> None:
    """As of Safari, which gives a PNG in its place."""
    alice, bob = await meet("alice", "bob")
    await bob.press("Chat")
    await alice.page.evaluate("""() => {
        const { convertToBlob } = OffscreenCanvas.prototype;
        OffscreenCanvas.prototype.convertToBlob = function (as) {
            return convertToBlob.call(this, as.type === "image/webp" ? { type: "image/png" } : as);
        };
    }""")
    await alice.page.evaluate(NOISE, 1500)
    image = panel(bob).get_by_role("img", name="Image from alice")
    await expect(image).to_be_visible()
    assert (await image.get_attribute("src") or "").startswith("data:image/jpeg;base64,")
    # A PNG of noise that fits is 400 pixels wide at most.
    assert await image.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 600
    # Half of what noise lets through is white, and none of it is black.
    assert await image.evaluate(BRIGHTNESS) > 150


async def test_what_is_no_image_is_refused_with_words(meet: Meet) -> None:
    alice, _ = await meet("alice", "bob")
    await alice.press("Chat")
    picker = panel(alice).get_by_label("Add an image")
    await picker.set_input_files({"name": "fake.png", "mimeType": "image/png", "buffer": b"no image"})
    await alice.expect_notice(re.compile("no image"))
    await alice.page.get_by_role("button", name="Dismiss").click()
    await picker.set_input_files({"name": "a.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"})
    await alice.expect_notice(re.compile("no image"))


@pytest.mark.slow
async def test_what_the_server_would_not_take_is_not_shown_as_said(
    make_server: MakeServer, arrive: Arrive, secret: str
) -> None:
    """It stays in the field, with the reason; a shorter one is said, and the notice goes."""
    server = await make_server(limits={"message_bytes": 65_536})
    alice, bob = await arrive("alice"), await arrive("bob")
    for person in (alice, bob):
        await person.join(server.url, secret)
        await person.press("Chat")
    field = alice.page.get_by_role("textbox", name="Message")
    long = "語" * 17_000
    await field.fill(long)
    await field.press("Enter")
    await alice.expect_notice("larger than the server takes")
    await expect(field).to_have_value(long)
    await expect(messages(alice).filter(has_text="語")).to_have_count(0)
    await say(alice, "語" * 12_000)
    await expect(messages(alice).filter(has_text="語")).to_have_count(1)
    await expect(messages(bob).filter(has_text="語")).to_have_count(1)
    await expect(alice.page.get_by_role("alert")).to_have_count(0)


async def test_draft_survives_its_panel(meet: Meet) -> None:
    (alice,) = await meet("alice")
    await alice.press("Chat")
    field = alice.page.get_by_role("textbox", name="Message")
    await field.fill("half a thou")
    await alice.press("Chat")
    await expect(field).to_have_count(0)
    await alice.press("Settings")
    await alice.press("Chat")
    await expect(field).to_have_value("half a thou")
    await field.press("Enter")
    await expect(messages(alice)).to_have_text(re.compile("half a thou"))
    await expect(field).to_have_value("")


async def test_what_is_written_right_after_sending_is_the_next_line(
    arrive: Arrive, server: Server, secret: str
) -> None:
    """Faster than any task of the browser can come between."""
    alice = await arrive("alice")
    await alice.join(server.url, secret)
    await alice.press("Chat")
    await (
        panel(alice)
        .get_by_role("textbox", name="Message")
        .evaluate("""(box) => {
        for (const text of ["first", "second"]) {
            box.value += text;
            box.dispatchEvent(new InputEvent("input", { bubbles: true }));
            box.form.requestSubmit();
        }
    }""")
    )
    for text in ("first", "second"):
        await expect(messages(alice).filter(has_text=text)).to_have_count(1)


@pytest.mark.slow
async def test_text_that_is_too_long_for_a_line_is_split_and_more_is_refused_with_words(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    for person in (alice, bob):
        await person.press("Chat")
    await say(alice, "x" * 19_990 + " " + "y" * 19_990)
    await expect(messages(bob).filter(has_text="xxx")).to_have_count(1)
    await expect(messages(bob).filter(has_text="yyy")).to_have_count(1)
    await say(alice, "z" * 200_001)
    await expect(panel(alice).get_by_role("alert")).to_contain_text("too long for the chat")
    await expect(panel(alice).get_by_role("textbox", name="Message")).not_to_be_empty()
    await expect(messages(alice).filter(has_text="zzz")).to_have_count(0)
