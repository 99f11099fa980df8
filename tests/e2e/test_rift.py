# SPDX-License-Identifier: AGPL-3.0-only
"""A browser and `rift` in one room: files and chat both ways, under their names."""

import asyncio
import os
import secrets
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.e2e.conftest import Arrive
from tests.e2e.harness.files import expect_whole, item, offer, sha256, start_download
from tests.e2e.harness.relay import Relay
from tests.e2e.harness.server import Server
from tests.native.rift import Rift

pytestmark = pytest.mark.programs
MIB = 1_048_576


def made_file(path: Path, size: int) -> Path:
    path.write_bytes(os.urandom(size))
    return path


@pytest.mark.parametrize("size", [4 * MIB, pytest.param(32 * MIB, marks=pytest.mark.slow)])
async def test_files_both_ways(arrive: Arrive, server: Server, tmp_path: Path, size: int) -> None:
    secret = secrets.token_hex(32)
    alice = await arrive("alice")
    await alice.join(server.url, secret)
    own, theirs = made_file(tmp_path / "from the page", size), made_file(tmp_path / "from rift", size)
    rift: dict[str, Any] = {"server": server.url, "secret": secret}
    async with Rift("send", theirs, "--one-file", "-u", "terminal", "--json", **rift) as sender:
        await expect_whole(await start_download(alice, "terminal", theirs.name), theirs)
        done = await sender.says("transfer-done")
        assert done["bytes"] == size
        assert await sender.ends() == 0
    await offer(alice, own)
    async with Rift("receive", tmp_path / "out", "--json", **rift) as receiver:
        assert (await receiver.says("offered"))["peer"]["username"] == "alice"
        assert await receiver.ends() == 0
    assert sha256(tmp_path / "out") == sha256(own)


async def test_code_of_rift_opens_in_a_browser(arrive: Arrive, server: Server, tmp_path: Path) -> None:
    path = made_file(tmp_path / "photo.jpg", MIB)
    async with Rift("send", path, "-u", "terminal", "--json", server=server.url) as sender:
        link = (await sender.says("code"))["link"]
        alice = await arrive("alice")
        await alice.page.goto(link)
        await expect_whole(await start_download(alice, "terminal", path.name), path)


@pytest.mark.slow
async def test_chat_both_ways(arrive: Arrive, server: Server) -> None:
    secret = secrets.token_hex(32)
    alice = await arrive("alice")
    await alice.join(server.url, secret)
    async with Rift("shell", "--json", "-u", "terminal", stdin=PIPE, server=server.url, secret=secret) as shell:
        await shell.says("peer-joined")
        assert shell.process.stdin
        shell.process.stdin.write(b'chat "hello from a terminal"\n')
        await alice.page.keyboard.press("Control+Enter")
        log = alice.page.get_by_role("region", name="Chat").get_by_role("log")
        await expect(log).to_contain_text("hello from a terminal")
        await expect(log).to_contain_text("terminal")
        await alice.page.get_by_role("region", name="Chat").get_by_role("textbox").fill("hello from a page")
        await alice.page.keyboard.press("Enter")
        said = await shell.says("chat")
        assert (said["text"], said["peer"]["username"]) == ("hello from a page", "alice")


@pytest.mark.slow
async def test_both_ask_at_once_over_a_slow_way(arrive: Arrive, server: Server, tmp_path: Path) -> None:
    """Their first offers collide."""
    own, theirs = made_file(tmp_path / "own", MIB), made_file(tmp_path / "theirs", MIB)
    async with Relay(server.port, delay=0.05) as slow:
        for turn in range(3):
            secret = secrets.token_hex(32)
            alice = await arrive(f"alice{turn}")
            await alice.join(slow.url, secret)
            await offer(alice, own)
            async with Rift("shell", "--json", "-u", "terminal", stdin=PIPE, server=slow.url, secret=secret) as shell:
                offered = (await shell.says("offered"))["resource"]["id"]
                assert shell.process.stdin
                shell.process.stdin.write(f"provide {theirs}\n".encode())
                await expect(item(alice.tile("terminal"), "theirs")).to_be_visible()
                shell.process.stdin.write(f"download {offered} {tmp_path / str(turn)}\n".encode())
                download, _ = await asyncio.gather(
                    start_download(alice, "terminal", "theirs"),
                    shell.says("transfer-done", path=str(tmp_path / str(turn))),
                )
                await expect_whole(download, theirs)
            assert sha256(tmp_path / str(turn)) == sha256(own)
            await alice.context.close()
