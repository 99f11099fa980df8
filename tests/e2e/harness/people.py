# SPDX-License-Identifier: AGPL-3.0-only
"""Marks on tiles, and the panel of people."""

from playwright.async_api import Locator, expect

from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server


def mark(person: Person, name: str) -> Locator:
    """The mark of somebody on their tile, which is a button."""
    return person.tile(name).locator(".who-is")


def panel(person: Person) -> Locator:
    return person.page.locator(".people-panel")


def entry(person: Person, name: str) -> Locator:
    """Somebody's entry in the panel of people."""
    return panel(person).get_by_role("listitem").filter(has=person.page.locator("summary", has_text=name))


async def open_panel(person: Person) -> None:
    await person.page.locator(".title").get_by_role("button", name="People").click()
    await expect(panel(person)).to_be_visible()


async def compare(person: Person, name: str, answer: str) -> str:
    """Open somebody's number from their tile, and answer. Return the number."""
    await mark(person, name).click()
    await entry(person, name).get_by_role("button", name="Compare numbers").click()
    digits = entry(person, name).get_by_role("group", name="Safety number")
    number = " ".join(await digits.locator("[aria-hidden]").all_inner_texts())
    await entry(person, name).get_by_role("button", name=answer).click()
    return number


async def again(person: Person, server: Server, secret: str) -> None:
    """Load the page anew, as somebody does who comes back the next day."""
    await person.page.goto("about:blank")
    await person.join(server.url, secret)
