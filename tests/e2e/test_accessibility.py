# SPDX-License-Identifier: AGPL-3.0-only
"""The pages as axe-core sees them, and as somebody without a mouse does."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Literal

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Arrive, Meet
from tests.e2e.harness.axe import violations
from tests.e2e.harness.chat import messages, say
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server

Theme = Literal["dark", "light"]
SCREENS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
LOOKS = [
    ("dark", "desktop"),
    pytest.param("light", "phone", marks=pytest.mark.slow),
    pytest.param("dark", "phone", marks=pytest.mark.slow),
    pytest.param("light", "desktop", marks=pytest.mark.slow),
]
"""One, and then all that can be made of themes and screens."""


@pytest.mark.parametrize(("theme", "screen"), LOOKS)
@pytest.mark.parametrize("path", ["/", "/test", "/documentation"])
async def test_page_is_accessible(arrive: Arrive, server: Server, path: str, theme: Theme, screen: str) -> None:
    alice = await arrive("alice", color_scheme=theme, **SCREENS[screen])
    await alice.page.goto(server.url + path)
    await expect(alice.page.get_by_role("contentinfo")).to_be_visible()
    assert await violations(alice.page) == []


@pytest.mark.slow
@pytest.mark.parametrize(("theme", "screen"), LOOKS)
async def test_panels_are_accessible(arrive: Arrive, server: Server, secret: str, theme: Theme, screen: str) -> None:
    alice = await arrive("alice", color_scheme=theme, reduced_motion="reduce", **SCREENS[screen])
    await alice.join(server.url, secret)
    for panel, steps in panels(alice).items():
        for step in steps:
            await step()
        await expect(alice.page.get_by_role("region", name=panel).and_(alice.page.locator(".panel"))).to_be_visible()
        assert await violations(alice.page) == [], panel
        await alice.page.get_by_role("button", name="Close", exact=True).click()


def panels(person: Person) -> dict[str, tuple[Callable[[], Awaitable[None]], ...]]:
    """Every panel by its name, and the steps to it."""
    button = partial(person.page.get_by_role, "button", exact=True)
    settings = partial(person.press, "Settings")
    return {
        "Chat": (partial(person.press, "Chat"),),
        "Known Rooms": (partial(person.press, "Known Rooms"),),
        "Invite": (button(name="Invite").click,),
        "People": (button(name="People").click,),
        "Settings": (settings,),
        "Log": (settings, button(name="Log").click),
        "Keys": (settings, button(name="Keys").click),
    }


@pytest.mark.parametrize("theme", ["dark", pytest.param("light", marks=pytest.mark.slow)])
async def test_call_is_accessible(meet: Meet, theme: Theme) -> None:
    alice, bob = await meet("alice", "bob")
    await bob.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    for person in (alice, bob):
        await person.press("Camera")
        await person.press("Microphone")
    await bob.enable("alice", "Camera")
    await bob.expect_flowing("video")
    await bob.expect_flowing("audio")
    await bob.press("Chat")
    await alice.press("Chat")
    await say(alice, "Can you see me?")
    await say(bob, "Yes.")
    await expect(messages(bob).filter(has_text="Yes.")).to_be_visible()
    assert await violations(bob.page) == []
    await bob.press("Record")
    await expect(bob.page.get_by_role("button", name="Start recording")).to_be_visible()
    assert await violations(bob.page) == []


@pytest.mark.parametrize("theme", [pytest.param("dark", marks=pytest.mark.slow), "light"])
async def test_room_with_warnings_is_accessible(arrive: Arrive, server: Server, theme: Theme) -> None:
    alice = await arrive("alice", color_scheme=theme, reduced_motion="reduce")
    await alice.join(server.url, "weak")
    await expect(alice.page.get_by_role("alert")).to_be_visible()
    assert await violations(alice.page) == []


async def test_controls_work_without_a_mouse(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    controls = alice.page.get_by_role("toolbar", name="Controls")
    await controls.get_by_role("button", name="Microphone", exact=True).focus()
    await alice.page.keyboard.press("Enter")
    await bob.expect_flowing("audio")
