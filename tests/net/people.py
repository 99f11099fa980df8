# SPDX-License-Identifier: AGPL-3.0-only
"""People at browsers, each on a host of a network."""

import asyncio
import shlex
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import async_playwright

from tests.e2e.harness import browsers
from tests.e2e.harness.person import Person
from tests.net.namespaces import Namespace
from tests.net.servers import SERVER

END_SECONDS = 20


@asynccontextmanager
async def person_in_chromium(
    name: str, where: Namespace, folder: Path, flags: Sequence[str] = (), server: str = SERVER
) -> AsyncIterator[Person]:
    """A person on a host. The server has no certificate: it is trusted by its address, or its name."""
    command = folder / f"chromium-{name}"
    command.write_text(f'#!/bin/sh\nexec {shlex.join(map(str, where.command(browsers.WHOLE_CHROMIUM)))} "$@"\n')
    command.chmod(0o755)
    trust = [f"--unsafely-treat-insecure-origin-as-secure={server}", *flags]
    async with async_playwright() as playwright:
        browser = await browsers.launch(playwright, network=trust, executable=command)
        try:
            person = await Person.arrive(name, browser)
            yield person
        finally:
            async with asyncio.timeout(END_SECONDS):
                await browser.close()
        assert person.errors == []
