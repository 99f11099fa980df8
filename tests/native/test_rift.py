# SPDX-License-Identifier: AGPL-3.0-only
"""`rift` as people and scripts use it: real processes, a real server, real files."""

import asyncio
import os
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from tests.e2e.harness.files import sha256
from tests.e2e.harness.server import Server, free_port
from tests.native.original import Original
from tests.native.rift import Rift, Start, made_file

MIB = 1_048_576


async def test_as_the_readme_has_it(server: Server, tmp_path: Path) -> None:
    path = made_file(tmp_path / "file", MIB)
    async with (
        Rift("--secret", "hunter2", "send", path, server=server.url) as sender,
        Rift("--secret", "hunter2", "receive", tmp_path / "output", server=server.url) as receiver,
    ):
        assert await receiver.ends() == 0
        assert sha256(tmp_path / "output") == sha256(path)
        # It goes on for others.
        async with Rift("receive", tmp_path / "again", "-s", "hunter2", server=server.url) as other:
            assert await other.ends() == 0
        assert await sender.stop() == 0


@pytest.mark.parametrize(
    "size", [0, pytest.param(1, marks=pytest.mark.slow), 8 * MIB, pytest.param(64 * MIB, marks=pytest.mark.slow)]
)
async def test_files_arrive_whole(rift: Start, tmp_path: Path, size: int) -> None:
    path = made_file(tmp_path / "file", size)
    async with rift("send", path, "--one-file", "--json") as sender, rift("receive", tmp_path / "out") as receiver:
        assert await receiver.ends() == 0
        assert await sender.ends() == 0
        assert (await sender.says("transfer-done"))["bytes"] == size
    assert sha256(tmp_path / "out") == sha256(path)


async def test_several_files_and_a_folder_into_a_folder(rift: Start, tmp_path: Path) -> None:
    one, two = made_file(tmp_path / "one", MIB), made_file(tmp_path / "two", 5)
    folder = tmp_path / "folder"
    (folder / "deep" / "er").mkdir(parents=True)
    for name in ("-rf", "two words", "naïve ☃", "x" * 255):
        made_file(folder / "deep" / name, 1000)
    (folder / os.fsdecode(b"not \xff utf-8")).write_text("bytes")
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    (folder / "link").symlink_to("deep/-rf")
    target = tmp_path / "target"
    target.mkdir()
    async with rift("send", one, two, folder) as sender, rift("receive", target, "--json") as receiver:
        for name in ("one", "two", "folder"):
            await receiver.says("transfer-done", path=str(target / name))
        assert await receiver.stop() == 0
        assert await sender.stop() == 0
    assert sha256(target / "one") == sha256(one)
    assert sha256(target / "two") == sha256(two)
    for path in sorted(folder.rglob("*")):
        copy = target / "folder" / path.relative_to(folder)
        assert copy.is_symlink() == path.is_symlink()
        if path.is_file():
            assert copy.read_bytes() == path.read_bytes()
    assert os.access(target / "folder" / "run.sh", os.X_OK)
    assert not [path for path in target.iterdir() if path.name.startswith(".")]


async def test_a_folder_does_not_bring_what_runs_by_itself(rift: Start, tmp_path: Path) -> None:
    """Neither hooks of Git, unless they are asked for, nor names that a terminal obeys."""
    hook = tmp_path / "project" / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(parents=True)
    hook.write_text("#!/bin/sh\n")
    (tmp_path / "project" / "a\x1b[31m\nred").touch()
    targets = [tmp_path / "plain", tmp_path / "trusting"]
    async with rift("send", tmp_path / "project") as sender:
        async with rift("receive", targets[0], "--json") as receiver:
            assert "project/.git/hooks" in (await receiver.says("warning"))["text"]
            assert await receiver.ends() == 0
        async with rift("receive", targets[1], "--keep-hooks") as receiver:
            assert await receiver.ends() == 0
        assert await sender.stop() == 0
    assert not (targets[0] / ".git" / "hooks").exists()
    assert (targets[1] / ".git" / "hooks" / "post-checkout").is_file()
    assert all((target / "a[31mred").is_file() for target in targets)


async def test_stdin_to_stdout(rift: Start) -> None:
    data = os.urandom(3 * MIB)
    async with rift("send", "-", stdin=PIPE) as sender, rift("receive", "-", "--json") as receiver:
        assert sender.process.stdin
        sender.process.stdin.write(data)
        sender.process.stdin.close()
        assert await receiver.ends() == 0
        assert await sender.ends() == 0
        assert receiver.output == data
        await receiver.says("transfer-done", path=None)


async def test_a_code_is_made_and_typed(server: Server, tmp_path: Path) -> None:
    path = made_file(tmp_path / "file", 1000)
    async with Rift("send", path, "--json", server=server.url) as sender:
        said = await sender.says("code")
        assert said["link"] == f"{server.url}/room#{said['code']}"
        for number, way in enumerate((said["code"].upper().replace("-", " "), said["link"])):
            target = tmp_path / str(number)
            async with Rift("receive", target, server=server.url, secret=way) as receiver:
                assert await receiver.ends() == 0, receiver.errors
            assert sha256(target) == sha256(path)


async def test_a_wrong_secret_receives_nothing(rift: Start, tmp_path: Path) -> None:
    path = made_file(tmp_path / "file", 1000)
    async with (
        rift("send", path) as sender,
        rift("receive", tmp_path / "out", secret="another", folder=tmp_path) as other,
    ):
        async with rift("receive", tmp_path / "right") as receiver:
            assert await receiver.ends() == 0
        assert await other.stop() == 5
        assert "before anybody came" in other.errors
        assert not (tmp_path / "out").exists()
        assert await sender.stop() == 0


async def test_a_sender_stopped_before_anybody_came_says_so(rift: Start, tmp_path: Path) -> None:
    async with rift("send", made_file(tmp_path / "file", 10), "--json") as sender:
        await sender.says("providing")
        assert await sender.stop() == 5
        assert "before anybody came" in (await sender.says("warning"))["text"]


async def test_ctrl_c_while_stdin_is_waited_for(rift: Start) -> None:
    async with rift("send", "-", "--json", stdin=PIPE) as sender, rift("receive", "-", "--json") as receiver:
        await sender.says("peer-joined")
        await receiver.says("offered")
        assert await sender.stop() in {4, 5, 130}
        assert await receiver.ends() == 4


async def test_nothing_is_overwritten_unless_told(rift: Start, tmp_path: Path) -> None:
    path = made_file(tmp_path / "file", 1000)
    (tmp_path / "out").write_text("precious")
    async with rift("send", path):
        async with rift("receive", tmp_path / "out") as receiver:
            assert await receiver.ends() == 1
            assert "exists already" in receiver.errors
        assert (tmp_path / "out").read_text() == "precious"
        async with rift("receive", tmp_path / "out", "--overwrite") as receiver:
            assert await receiver.ends() == 0
        assert sha256(tmp_path / "out") == sha256(path)


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_three_gigabytes(rift: Start, tmp_path: Path) -> None:
    """A sparse file, beyond what 32 bits count."""
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(3 * 1024 * MIB)
        file.seek(-5, os.SEEK_END)
        file.write(b"tail!")
    async with rift("send", path, "--one-file"), rift("receive", tmp_path / "out") as receiver:
        async with asyncio.timeout(280):
            assert await receiver.process.wait() == 0
    assert sha256(tmp_path / "out") == sha256(path)


@pytest.mark.slow
async def test_two_receivers_at_once(rift: Start, tmp_path: Path) -> None:
    path = made_file(tmp_path / "file", 32 * MIB)
    async with rift("send", path), rift("receive", tmp_path / "a") as one, rift("receive", tmp_path / "b") as two:
        assert await asyncio.gather(one.ends(), two.ends()) == [0, 0]
    assert sha256(tmp_path / "a") == sha256(tmp_path / "b") == sha256(path)


async def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    path = made_file(tmp_path / "file", 1)
    async with Rift("send", path, server=f"ws://127.0.0.1:{free_port()}", secret="it") as sender:
        assert await sender.ends() == 3
        assert "Connection refused" in sender.errors
        assert "Traceback" not in sender.errors


@pytest.mark.parametrize("ends", ["end", None])
async def test_the_original_sends_to_rift(rift: Start, server: Server, secret: str, tmp_path: Path, ends: str) -> None:
    data = os.urandom(2 * MIB)
    async with Original(server.url, secret, ends=ends) as original:
        await original.provide("the-file", data)
        async with rift("receive", tmp_path / "out") as receiver:
            assert await receiver.ends() == 0, receiver.errors
    assert (tmp_path / "out").read_bytes() == data


async def test_rift_sends_to_the_original(rift: Start, server: Server, secret: str, tmp_path: Path) -> None:
    path = made_file(tmp_path / "file", 2 * MIB)
    async with rift("provide", path, "the-file"), Original(server.url, secret) as original:
        await original.until(lambda: any("provide" in inner for inner in original.heard))
        await original.request("the-file")
        await original.until(lambda: original.texts.get("the-file"))
        assert bytes(original.received["the-file"]) == path.read_bytes()
