# SPDX-License-Identifier: AGPL-3.0-only
"""What moves when something comes or goes, and that nothing does for who wants none of it."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import Arrive
from tests.e2e.harness.server import Server

RECORD_MOTION = """
    globalThis.moved = [];
    for (const kind of ["animationstart", "transitionrun"]) {
        addEventListener(kind, ({ target, animationName, propertyName }) =>
            moved.push(`${target.className.split(" ")[0]} ${animationName ?? propertyName}`), true);
    }
"""


async def see_people_come_and_go(arrive: Arrive, server: Server, **options: Any) -> Page:
    """A page that others came to, one of whom left, with a warning and a panel that opened."""
    alice = await arrive("alice", **options)
    await alice.context.add_init_script(RECORD_MOTION)
    await alice.join(server.url, "weak")
    bob, carol = await arrive("bob"), await arrive("carol")
    await bob.join(server.url, "weak")
    await alice.expect_people("bob")
    await carol.join(server.url, "weak")
    await alice.expect_people("bob", "carol")
    await alice.press("Chat")
    await expect(alice.page.get_by_role("region", name="Chat")).to_be_visible()
    await bob.press("Leave")
    await alice.expect_people("carol")
    return alice.page


@pytest.mark.slow
async def test_what_comes_and_who_makes_way_moves(arrive: Arrive, server: Server) -> None:
    page = await see_people_come_and_go(arrive, server, reduced_motion="no-preference")
    wanted = ["tile arrive", "notice appear", "panel slide", "tile width"]
    await page.wait_for_function("(wanted) => wanted.every((each) => moved.includes(each))", arg=wanted)


@pytest.mark.slow
async def test_nothing_moves_for_who_wants_no_motion(arrive: Arrive, server: Server) -> None:
    page = await see_people_come_and_go(arrive, server, reduced_motion="reduce")
    assert await page.evaluate("moved") == []
    assert await page.evaluate("document.getAnimations().length") == 0
