# SPDX-License-Identifier: AGPL-3.0-only
"""A server below a path of another site, behind nginx as deploy/ has it: everything asks by relative addresses."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.deploy.proxies import nginx_locations, running_nginx
from tests.e2e.conftest import Arrive
from tests.e2e.harness.chat import messages
from tests.e2e.harness.server import Server, free_port

RIFT = Path(sys.executable).with_name("rift")


@pytest_asyncio.fixture(loop_scope="session")
async def site(server: Server, tmp_path: Path) -> AsyncIterator[str]:
    """Where keks-meet is: on a site whose other paths lead nowhere."""
    port = free_port()
    locations = nginx_locations(tmp_path, server.port)
    with running_nginx(tmp_path, port, f"server {{\nlisten 127.0.0.1:{port};\n{locations}}}\n"):
        yield f"http://127.0.0.1:{port}/meet"


async def test_pages_signaling_and_calls(arrive: Arrive, site: str) -> None:
    """From the start page on; nothing is asked for beside the path."""
    alice, bob = await arrive("alice"), await arrive("bob")
    await alice.page.goto(f"{site}/")
    await alice.page.get_by_role("button", name="Join room").click()
    await alice.page.wait_for_url(re.compile(rf"^{re.escape(site)}/room#"))
    await alice.page.get_by_role("button", name="Invite").click()
    link = await alice.page.get_by_role("textbox", name="Link").input_value()
    assert link.startswith(f"{site}/room#")
    await bob.page.goto(f"{link}?username=bob")
    await expect(alice.page.get_by_role("article", name="bob")).to_be_visible()
    for name in ("Microphone", "Settings", "Chat"):
        await alice.press(name)
    await bob.expect_flowing("audio")
    for person in (alice, bob):
        asked = [urlsplit(request.url).path for request in person.requests if request.url.startswith("http")]
        assert [path for path in asked if not path.startswith("/meet/")] == []
    stun = await alice.page.evaluate("fetch('config.json').then((answer) => answer.json())")
    assert stun["webrtc"]["stun"].startswith("stun:127.0.0.1:")


async def test_the_test_of_a_connection(arrive: Arrive, site: str) -> None:
    alice = await arrive("alice")
    await alice.page.goto(f"{site}/")
    await alice.page.get_by_role("link", name="Test my connection").click()
    await alice.page.wait_for_url(f"{site}/test")
    await alice.page.get_by_role("button", name="Server", exact=True).click()
    await expect(alice.page.get_by_role("listitem").get_by_text("It answers within")).to_be_visible()


async def test_downloads_come_through_the_worker(arrive: Arrive, site: str, secret: str, tmp_path: Path) -> None:
    alice, bob = await arrive("alice"), await arrive("bob")
    for person in (alice, bob):
        await person.join(site, secret)
    file = tmp_path / "numbers.bin"
    file.write_bytes(bytes(range(256)) * 4096)
    await alice.page.locator("input[type=file]").first.set_input_files(file)
    async with bob.page.expect_download() as download:
        await bob.tile("alice").get_by_role("button", name="Download").click()
    assert (await (await download.value).path()).read_bytes() == file.read_bytes()
    assert urlsplit((await download.value).url).path.startswith("/meet/download/")
    scopes = "navigator.serviceWorker.getRegistrations().then((all) => all.map(({ scope }) => scope))"
    assert await bob.page.evaluate(scopes) == [f"{site}/"]


async def test_old_links_footer_and_guide(arrive: Arrive, site: str, secret: str) -> None:
    alice = await arrive("alice")
    await alice.page.goto(f"{site}/room/{quote(secret, safe='')}")
    await alice.page.wait_for_url(re.compile(rf"^{re.escape(site)}/room#"))
    await alice.expect_notice(re.compile("told the server"))
    for name in ("License", "Source code", "Documentation"):
        address = await alice.page.get_by_role("contentinfo").get_by_role("link", name=name).evaluate("(a) => a.href")
        assert address.startswith(f"{site}/")
        assert (await alice.context.request.get(address)).ok
    await alice.page.get_by_role("link", name="Documentation").click()
    await alice.page.get_by_role("contentinfo").get_by_role("link").click()
    await alice.page.wait_for_url(f"{site}/")


@pytest.mark.programs
async def test_rift_goes_where_a_link_leads(arrive: Arrive, site: str, secret: str) -> None:
    alice = await arrive("alice")
    await alice.join(site, secret)
    await alice.press("Chat")
    link = f"{site}/room#{quote(secret, safe='')}"
    rift = await asyncio.create_subprocess_exec(RIFT, "-s", link, "-u", "rift", "chat", "from the terminal")
    await expect(messages(alice).filter(has_text="from the terminal")).to_have_count(1)
    assert await asyncio.wait_for(rift.wait(), 20) == 0
