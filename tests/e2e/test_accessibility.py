# SPDX-License-Identifier: AGPL-3.0-only
"""The pages as axe-core sees them, and as somebody without a mouse does."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Arrive, Meet
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"


async def _violations(person: Person) -> list[str]:
    """What axe calls serious or critical."""
    await person.page.evaluate(AXE.read_text())
    result: dict[str, Any] = await person.page.evaluate("axe.run()")
    found = [v for v in result["violations"] if v["impact"] in {"serious", "critical"}]
    return [f"{v['id']}: {v['help']}: {[node['html'] for node in v['nodes']]}" for v in found]


@pytest.mark.parametrize("path", ["/", "/documentation"])
async def test_page_is_accessible(arrive: Arrive, server: Server, path: str) -> None:
    alice = await arrive("alice")
    await alice.page.goto(server.url + path)
    await expect(alice.page.get_by_role("contentinfo")).to_be_visible()
    assert await _violations(alice) == []


async def test_call_is_accessible(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    for person in (alice, bob):
        await person.press("Camera")
        await person.press("Microphone")
    await bob.enable("alice", "Camera")
    await bob.expect_flowing("video")
    await bob.expect_flowing("audio")
    assert await _violations(bob) == []


async def test_room_with_warnings_is_accessible(arrive: Arrive, server: Server) -> None:
    alice = await arrive("alice")
    await alice.join(server.url, "weak")
    await expect(alice.page.get_by_role("alert")).to_be_visible()
    assert await _violations(alice) == []


async def test_controls_work_without_a_mouse(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    controls = alice.page.get_by_role("toolbar", name="Controls")
    await controls.get_by_role("button", name="Microphone", exact=True).focus()
    await alice.page.keyboard.press("Enter")
    await bob.expect_flowing("audio")
