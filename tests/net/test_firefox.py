# SPDX-License-Identifier: AGPL-3.0-only
"""A call between Firefox and Chromium, each on a host behind a router of its own."""

import os
import secrets
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.harness import chat, files
from tests.e2e.harness.person import room_address
from tests.net.namespaces import made_network
from tests.net.people import lines, person_in_chromium, person_in_firefox
from tests.net.servers import SERVER, start_server

FILE_BYTES = 3_000_001
SEEN_BY_FIREFOX = ["video flowing", "two videos playing", "audio flowing", "chat: Hello, fox", "downloaded"]


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_firefox_and_chromium_meet(tmp_path: Path) -> None:
    room, received = secrets.token_hex(32), tmp_path / "received"
    received.mkdir()
    of_fox, of_chrome = tmp_path / "of-fox.bin", tmp_path / "of-chrome.bin"
    for path in (of_fox, of_chrome):
        path.write_bytes(os.urandom(FILE_BYTES))
    words = (room_address(SERVER, room, "fox"), "chrome", received, of_fox, "Hello, chrome")
    async with made_network("port-preserving") as network:
        server = await start_server(network, tmp_path)
        async with (
            person_in_chromium("chrome", network.hosts[0], tmp_path) as chrome,
            person_in_firefox(network.hosts[1], *words) as fox,
        ):
            await chrome.join(SERVER, room)
            for control in ("Camera", "Microphone", "Chat"):
                await chrome.press(control)
            await files.offer(chrome, of_chrome)
            await chrome.expect_people("fox")
            await chrome.enable("fox", "Camera")
            await chrome.expect_flowing("video")
            await chrome.expect_flowing("audio")
            await expect(chat.messages(chrome).filter(has_text="Hello, chrome")).to_be_visible()
            await chat.say(chrome, "Hello, fox")
            await files.expect_whole(await files.start_download(chrome, "fox", of_fox.name), of_fox)
            assert await lines(fox, len(SEEN_BY_FIREFOX)) == SEEN_BY_FIREFOX
        await server.stop()
    assert files.sha256(received / of_chrome.name) == files.sha256(of_chrome)
