# SPDX-License-Identifier: AGPL-3.0-only
"""Firefox: a call with Chromium, each on a host behind a router of its own; and the page that tests a connection."""

import asyncio
import contextlib
import os
import re
import secrets
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.harness import chat, files
from tests.e2e.harness.films import expect_film
from tests.e2e.harness.person import room_address
from tests.net.namespaces import Namespace, end, made_network
from tests.net.people import person_in_chromium
from tests.net.servers import SERVER, start_coturn, start_server
from tools import node

BROWSERS = Path(__file__).parents[1] / "browsers"
FILE_BYTES = 3_000_001
END_SECONDS = 20
SEEN_BY_FIREFOX = ["video flowing", "two videos playing", "audio flowing", "chat: Hello, fox", "downloaded", "recorded"]


@asynccontextmanager
async def person_in_firefox(where: Namespace, *words: str | Path, does: str = "firefox.js") -> AsyncIterator[Process]:
    """A person on a host, who does what a script says until they are left alone, and tells what they see."""
    command = where.command(node.node(), BROWSERS / does, *words)
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    try:
        try:
            yield process
            await asyncio.wait_for(process.communicate(b""), END_SECONDS)
        finally:
            if process.returncode is None:
                process.terminate()  # takes its browser along
                # It may wait for a word of the browser that it has just ended.
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(process.communicate(), END_SECONDS)
    finally:
        await end(process)


async def lines(process: Process, count: int) -> list[str]:
    """So many lines of what a process says; fewer when it ends before."""
    assert process.stdout
    return [(await process.stdout.readline()).decode().strip() for _ in range(count)]


async def lines_until(process: Process, last: str) -> list[str]:
    """What a process says until a last line: all of it when it ends before."""
    assert process.stdout
    said: list[str] = []
    while said[-1:] != [last] and (line := await process.stdout.readline()):
        said.append(line.decode().strip())
    return said


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_firefox_and_chromium_meet(tmp_path: Path) -> None:
    room, received = secrets.token_hex(32), tmp_path / "received"
    received.mkdir()
    of_fox, of_chrome = tmp_path / "of-fox.bin", tmp_path / "of-chrome.bin"
    for path in (of_fox, of_chrome):
        path.write_bytes(os.urandom(FILE_BYTES))
    words = (room_address(SERVER, room, "fox"), received, of_fox, "chrome", "Hello, chrome")
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
            assert await lines_until(fox, SEEN_BY_FIREFOX[-1]) == SEEN_BY_FIREFOX
        await server.stop()
    assert files.sha256(received / of_chrome.name) == files.sha256(of_chrome)
    (recorded,) = received.glob("keks-meet *.webm")
    expect_film(recorded)


FOUND = {
    "unheard": ["Microphone works: You are heard.", "Speaker works: You hear it."],
    "none": [
        "Microphone not certain: This browser cannot measure it.+",
        "Speaker does not work: The browser plays no sound.+",
    ],
}
"""What is found with a speaker that nobody hears, and without any."""
WAYS = [
    r"Server works: It answers within \d+ ms: .+",
    r"Way out \(STUN\) works: It answers.+",
    r"Relay \(TURN, UDP\) works: A connection through it carries data.",
    r"Relay \(TURN, TCP\) works: A connection through it carries data.",
    # Nobody but itself has signed its certificate.
    r"Relay \(TURN, TLS\) does not work: It cannot be reached this way.+",
]


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("speaker", FOUND)
async def test_a_connection_is_tested_in_firefox(speaker: str, tmp_path: Path) -> None:
    expected = ["Camera works: Your picture is here.", *FOUND[speaker], *WAYS]
    async with AsyncExitStack() as stack:
        network = await stack.enter_async_context(made_network("port-preserving"))
        stack.push_async_callback((await start_coturn(network, tmp_path)).stop)
        stack.push_async_callback((await start_server(network, tmp_path, turn="secret")).stop)
        fox = person_in_firefox(network.hosts[0], f"{SERVER}/test", speaker, does="test-page.js")
        said = await lines(await stack.enter_async_context(fox), len(expected))
    assert [line for line, wanted in zip(said, expected, strict=True) if not re.fullmatch(wanted, line)] == []
