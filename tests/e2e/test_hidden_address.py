# SPDX-License-Identifier: AGPL-3.0-only
"""What the page says of a hidden address. What goes over the net is shown in `tests/net/test_hidden_address.py`."""

from playwright.async_api import expect

from tests.e2e.conftest import Arrive, Meet
from tests.e2e.harness.person import room_address
from tests.e2e.harness.server import Server

NO_RELAY = "this server has no relay"


async def test_a_hidden_address_without_a_relay_is_told(meet: Meet) -> None:
    """In the settings, as a warning and at the tile; and there is no connection until it is hidden no more."""
    alice, bob = await meet("alice", "bob")
    await alice.press("Settings")
    switch = alice.page.get_by_role("checkbox", name="Hide my address")
    await switch.check()
    await expect(alice.page.locator(".setting").filter(has=switch)).to_contain_text(NO_RELAY)
    await alice.expect_notice(NO_RELAY)
    await alice.press("Microphone")
    await expect(alice.tile("bob")).to_contain_text(NO_RELAY)
    await switch.uncheck()
    await bob.expect_flowing("audio")
    await expect(alice.page.get_by_text(NO_RELAY)).to_have_count(0)


async def test_no_link_shows_a_hidden_address(arrive: Arrive, server: Server, secret: str) -> None:
    alice = await arrive("alice")
    await alice.page.goto(server.url)
    await alice.page.evaluate("localStorage.setItem('hide_address', 'true')")
    await alice.page.goto(f"{room_address(server.url, secret, 'alice')}&hide_address=false")
    await alice.expect_joined()
    await alice.expect_notice(NO_RELAY)
