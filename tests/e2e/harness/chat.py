# SPDX-License-Identifier: AGPL-3.0-only
"""What people say at a page, and what they see of it."""

import base64

from playwright.async_api import Locator

from tests.e2e.harness.person import Person

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
GIVE_IMAGE = """(target, [event, image]) => {
    const bytes = Uint8Array.from(atob(image), (character) => character.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], "pixel.png", { type: "image/png" }));
    const options = { bubbles: true, cancelable: true };
    const given = event === "paste"
        ? new ClipboardEvent(event, { ...options, clipboardData: data })
        : new DragEvent(event, { ...options, dataTransfer: data });
    target.dispatchEvent(given);
}"""


def panel(person: Person) -> Locator:
    return person.page.get_by_role("region", name="Chat")


def messages(person: Person) -> Locator:
    return panel(person).get_by_role("log").get_by_role("listitem")


async def give_image(person: Person, event: str, selector: str) -> None:
    """Paste or drop one, as soon as there is what it is given to."""
    await person.page.locator(selector).evaluate(GIVE_IMAGE, [event, base64.b64encode(PIXEL).decode()])


async def say(person: Person, text: str) -> None:
    await panel(person).get_by_role("textbox", name="Message").fill(text)
    await panel(person).get_by_role("button", name="Send").click()
