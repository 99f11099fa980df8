# SPDX-License-Identifier: AGPL-3.0-only
"""What a phone covers of the screen's edges, by its camera, round corners and the bar below, hides nothing."""

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Arrive, Meet
from tests.e2e.harness.server import Server

Insets = dict[str, int]

UPRIGHT: Insets = {"top": 47, "bottom": 34}
SIDEWAYS: Insets = {"left": 47, "right": 47, "bottom": 21}
OUTSIDE = """([left, right, bottom]) => [...document.querySelectorAll("main h1, article, .controls button, .panel > *")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }))
    .filter((element) => {
        const box = element.getBoundingClientRect();
        const over = [left - box.left, box.right + right - innerWidth, box.bottom + bottom - innerHeight];
        return over.some((pixels) => pixels > 0.5);
    })
    .map(({ outerHTML }) => outerHTML.slice(0, 80))"""


@pytest.mark.parametrize(
    ("width", "height", "insets"), [(390, 844, UPRIGHT), (844, 390, SIDEWAYS)], ids=["upright", "sideways"]
)
async def test_nothing_is_below_what_a_phone_covers(
    arrive: Arrive, meet: Meet, server: Server, secret: str, width: int, height: int, insets: Insets
) -> None:
    await meet("bob")
    phone = {"viewport": {"width": width, "height": height}, "is_mobile": True, "has_touch": True}
    alice = await arrive("alice", **phone)
    protocol = await alice.context.new_cdp_session(alice.page)
    await protocol.send("Emulation.setSafeAreaInsetsOverride", {"insets": insets})
    await alice.join(server.url, secret)
    await alice.expect_people("bob")
    edges = [insets.get(edge, 0) for edge in ("left", "right", "bottom")]
    assert await alice.page.evaluate(OUTSIDE, edges) == []
    # Only the footer is below the screen.
    assert await alice.page.locator("main").evaluate("(main) => main.scrollHeight <= main.clientHeight")
    await alice.press("Chat")
    await expect(alice.page.get_by_role("textbox", name="Message")).to_be_visible()
    assert await alice.page.evaluate(OUTSIDE, edges) == []
