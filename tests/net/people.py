# SPDX-License-Identifier: AGPL-3.0-only
"""People at browsers, each on a host of a network."""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import async_playwright

from tests.e2e.harness import browsers
from tests.e2e.harness.person import Person
from tests.net.namespaces import Namespace
from tests.net.servers import SERVER
from tools import node

FIREFOX = Path(__file__).parents[1] / "browsers/firefox.js"
END_SECONDS = 20


@asynccontextmanager
async def person_in_chromium(
    name: str, where: Namespace, folder: Path, flags: Sequence[str] = ()
) -> AsyncIterator[Person]:
    """A person on a host. The server has no certificate: it is trusted by its address."""
    command = folder / f"chromium-{name}"
    command.write_text(f'#!/bin/sh\nexec {" ".join(map(str, where.command(browsers.WHOLE_CHROMIUM)))} "$@"\n')
    command.chmod(0o755)
    trust = [f"--unsafely-treat-insecure-origin-as-secure={SERVER}", *flags]
    async with async_playwright() as playwright:
        browser = await browsers.launch(playwright, network=trust, executable=command)
        person = await Person.arrive(name, browser)
        yield person
        await browser.close()
        assert person.errors == []


@asynccontextmanager
async def person_in_firefox(where: Namespace, *words: str | Path) -> AsyncIterator[Process]:
    """A person on a host, who does what `firefox.js` says until they are left alone, and tells what they see."""
    command = where.command(node.node(), FIREFOX, *words)
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    try:
        yield process
        await asyncio.wait_for(process.communicate(b""), END_SECONDS)
    finally:
        if process.returncode is None:
            process.terminate()  # takes its browser along
            await process.wait()


async def lines(process: Process, count: int) -> list[str]:
    """So many lines of what a process says; fewer when it ends before."""
    assert process.stdout
    return [(await process.stdout.readline()).decode().strip() for _ in range(count)]
