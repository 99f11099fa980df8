# SPDX-License-Identifier: AGPL-3.0-only
"""What people do with files at a page, and what they see of them."""

import asyncio
import hashlib
import re
from pathlib import Path

from playwright.async_api import Download, Locator, expect

from tests.e2e.harness.person import Person


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def offer(person: Person, *paths: Path) -> None:
    """Press File and choose."""
    async with person.page.expect_file_chooser() as chooser:
        await person.press("File")
    await (await chooser.value).set_files(paths)
    for path in paths:
        await expect(item(person.own_tile, path.name)).to_be_visible()


def item(tile: Locator, name: str) -> Locator:
    return tile.get_by_role("listitem").filter(has_text=name)


async def start_download(person: Person, owner: str, name: str) -> Download:
    async with person.page.expect_download() as started:
        await item(person.tile(owner), name).get_by_role("button", name="Download").click()
    return await started.value


async def expect_whole(download: Download, path: Path, patience: float = 300) -> None:
    """Wait until a download has ended, for as long as a slow machine may need, and compare it."""
    async with asyncio.timeout(patience):
        assert await download.failure() is None
    assert sha256(await download.path()) == sha256(path)


async def expect_underway(person: Person, owner: str, name: str) -> None:
    """See bytes arrive."""
    await expect(item(person.tile(owner), name)).to_contain_text(re.compile(r"[1-9]\S* \S+ / "))
