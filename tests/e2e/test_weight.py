# SPDX-License-Identifier: AGPL-3.0-only
"""What opening a room loads, measured on the wire."""

from playwright.async_api import Request

from tests.e2e.conftest import Arrive
from tests.e2e.harness.server import Server
from tools.web_weight import ROOM_BUDGET_BYTES

WEIGHED = frozenset({"document", "script", "stylesheet", "fetch", "xhr", "other"})


async def _weight(request: Request) -> int:
    response = await request.response()
    assert response, f"no answer to {request.url}"
    assert response.ok, f"{request.url}: {response.status}"
    await response.finished()
    return int((await request.sizes())["responseBodySize"])


REFUSED = """async () => {
    const refused = new Promise((done) => addEventListener("securitypolicyviolation", done, { once: true }));
    const script = document.createElement("script");
    script.textContent = "globalThis.hasRun = true";
    document.head.append(script);
    const { blockedURI } = await refused;
    return [blockedURI, "hasRun" in globalThis];
}"""


async def test_room_is_light_and_asks_nobody_else(arrive: Arrive, server: Server, secret: str) -> None:
    alice = await arrive("alice")
    seen: list[Request] = []
    alice.context.on("request", lambda request: seen.append(request))  # noqa: PLW0108 (Playwright marks it)
    await alice.join(server.url, secret)
    await alice.page.wait_for_load_state("networkidle")
    weights = {request.url: await _weight(request) for request in seen if request.resource_type in WEIGHED}
    for url, size in weights.items():
        print(f"{size:>7} {url}")  # noqa: T201 (shown when the test fails)
    assert any("/assets/room" in url for url in weights)
    assert sum(weights.values()) <= ROOM_BUDGET_BYTES
    assert [url for url in weights if not url.startswith(f"{server.url}/")] == []


async def test_no_script_runs_that_somebody_puts_into_the_page(arrive: Arrive, server: Server, secret: str) -> None:
    alice = await arrive("alice")
    await alice.join(server.url, secret)
    assert await alice.page.evaluate(REFUSED) == ["inline", False]
    alice.errors.clear()
