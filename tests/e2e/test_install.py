# SPDX-License-Identifier: AGPL-3.0-only
"""The pages as an app that a browser installs."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, CDPSession, Error, Page, Playwright, expect

from tests.e2e.conftest import Arrive, MakeServer
from tests.e2e.harness import browsers
from tests.e2e.harness.server import Server

SIZE_OF_IMAGE = """async (address) => {
    const image = new Image();
    image.src = address;
    await image.decode();
    return `${image.naturalWidth}x${image.naturalHeight}`;
}"""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def profile(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BrowserContext]:
    """An ordinary profile: browsers install nothing out of those that they forget."""
    context = await playwright.chromium.launch_persistent_context(
        tmp_path_factory.mktemp("profile"), executable_path=browsers.WHOLE_CHROMIUM, headless=True, args=browsers.QUIET
    )
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def profile_page(profile: BrowserContext) -> AsyncIterator[Page]:
    """A page of it."""
    page = await profile.new_page()
    yield page
    await page.close()


async def manifest_of(devtools: CDPSession) -> dict[str, Any]:
    answer = await devtools.send("Page.getAppManifest")
    assert answer["errors"] == []
    manifest: dict[str, Any] = json.loads(answer["data"])
    return manifest


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/", "/room#Kitchen#" + "0123456789abcdef" * 4])
async def test_browser_would_install_it(profile_page: Page, server: Server, path: str) -> None:
    await profile_page.goto(server.url + path)
    await expect(profile_page.get_by_role("contentinfo")).to_be_visible()
    devtools = await profile_page.context.new_cdp_session(profile_page)
    assert (await devtools.send("Page.getInstallabilityErrors"))["installabilityErrors"] == []
    manifest = await manifest_of(devtools)
    assert (manifest["start_url"], manifest["scope"]) == ("./", "./"), "the app opens on no room, so it keeps no secret"


async def test_icons_are_as_large_as_they_say(profile_page: Page, server: Server) -> None:
    await profile_page.goto(server.url)
    manifest = await manifest_of(await profile_page.context.new_cdp_session(profile_page))
    drawn = [icon for icon in manifest["icons"] if icon["type"] == "image/png"]
    assert {icon.get("purpose", "any") for icon in drawn} == {"any", "maskable"}
    for icon in drawn:
        assert await profile_page.evaluate(SIZE_OF_IMAGE, icon["src"]) == icon["sizes"]
    touch = await profile_page.locator("link[rel=apple-touch-icon]").get_attribute("href")
    assert await profile_page.evaluate(SIZE_OF_IMAGE, touch) == "180x180"


async def test_app_has_the_configured_colour(profile_page: Page, make_server: MakeServer) -> None:
    server = await make_server(appearance={"background_dark": "#001018"})
    await profile_page.goto(server.url)
    manifest = await manifest_of(await profile_page.context.new_cdp_session(profile_page))
    assert manifest["background_color"] == manifest["theme_color"] == "#001018"


@pytest.mark.slow
async def test_no_page_outlives_its_server(arrive: Arrive, make_server: MakeServer, secret: str) -> None:
    """Without the server there is what browsers show for that, and never a page of yesterday."""
    server = await make_server()
    alice, bob = await arrive("alice"), await arrive("bob")
    for person in (alice, bob):
        await person.join(server.url, secret)
    await alice.page.evaluate("navigator.serviceWorker.ready")
    await server.stop()
    with pytest.raises(Error, match="ERR_CONNECTION_REFUSED"):
        await alice.page.goto(server.url)
    # The navigation has failed before the browser's page about it is there, and that would interrupt the next one.
    await alice.page.wait_for_url("chrome-error://chromewebdata/")
    await server.start()
    await alice.join(server.url, secret)
