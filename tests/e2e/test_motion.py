# SPDX-License-Identifier: AGPL-3.0-only
"""What moves when something comes or goes, and that nothing does for who wants none of it."""

from typing import Any

from playwright.async_api import expect

from tests.e2e.conftest import Arrive
from tests.e2e.harness.server import Server

RECORD_MOTION = """
    globalThis.moved = [];
    for (const kind of ["animationstart", "transitionrun"]) {
        addEventListener(kind, ({ target, animationName, propertyName }) =>
            moved.push(`${target.className.split(" ")[0]} ${animationName ?? propertyName}`), true);
    }
"""


async def moved_while_people_come_and_go(arrive: Arrive, server: Server, **options: Any) -> set[str]:
    """What moves on a page as others come, warnings and panels open, and somebody goes."""
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
    await alice.page.evaluate("Promise.all(document.getAnimations().map(({ finished }) => finished))")
    return set(await alice.page.evaluate("moved"))


async def test_what_comes_and_who_makes_way_moves(arrive: Arrive, server: Server) -> None:
    moved = await moved_while_people_come_and_go(arrive, server)
    assert {"tile arrive", "notice appear", "panel slide", "tile width"} <= moved


async def test_nothing_moves_for_who_wants_no_motion(arrive: Arrive, server: Server) -> None:
    assert await moved_while_people_come_and_go(arrive, server, reduced_motion="reduce") == set()
