# SPDX-License-Identifier: AGPL-3.0-only
"""Code that is loaded when it is needed: each file crosses the wire once, and one that did not come comes later."""

import re

from playwright.async_api import Route

from tests.e2e.conftest import Arrive, Meet
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server

COMPANY = re.compile(r"/assets/company-[^/]+\.js$")
TRANSFERS = """() => performance.getEntriesByType("resource")
    .filter(({ name }) => name.endsWith(".js"))
    .map(({ name, initiatorType, transferSize }) => [name, initiatorType, transferSize])"""


async def test_each_file_of_code_crosses_the_wire_once(meet: Meet) -> None:
    alice, _ = await meet("alice", "bob")
    await alice.press("Microphone")
    await alice.press("Chat")
    await alice.page.get_by_role("textbox", name="Message").wait_for()
    await alice.page.wait_for_load_state("networkidle")
    transfers = await alice.page.evaluate(TRANSFERS)
    crossed = [name for name, _, size in transfers if size > 0]
    assert any(COMPANY.search(name) for name in crossed)
    assert len(crossed) == len(set(crossed)), transfers
    # What no page has by itself is fetched, and all that is imported of it comes out of the cache.
    fetched = {name for name, kind, _ in transfers if kind == "fetch"}
    assert fetched == {name for name in crossed if "/room-" not in name}, transfers


def ways(person: Person) -> list[str]:
    """How the page has asked for the code of a company, one after the other."""
    return [request.resource_type for request in person.requests if COMPANY.search(request.url)]


async def test_code_that_did_not_come_is_fetched_again_and_not_imported_before(
    arrive: Arrive, server: Server, secret: str
) -> None:
    alice, bob = await arrive("alice"), await arrive("bob")
    failures = iter(("a connection that breaks", "a proxy that finds no server"))

    async def fail(route: Route) -> None:
        match next(failures, None):
            case None:
                await route.continue_()
            case "a connection that breaks":
                await route.abort()
            case _:
                await route.fulfill(status=502, body="Bad gateway")

    await alice.context.route(COMPANY, fail)
    await bob.join(server.url, secret)
    await alice.open_room(server.url, secret)
    await alice.expect_people("bob")
    # Engines that keep what could not be imported would never ask for it again.
    assert ways(alice)[:3] == ["fetch"] * 3
    assert "script" in ways(alice)
