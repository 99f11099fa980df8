# SPDX-License-Identifier: AGPL-3.0-only
"""What makes sending and receiving with `rift` comfortable, as real processes."""

import os
from asyncio.subprocess import PIPE
from pathlib import Path

from keks_meet.client.events import HandChanged, Reacted
from tests.e2e.harness.files import sha256
from tests.e2e.harness.server import Server
from tests.native.conftest import Join
from tests.native.rift import Rift, Start, made_file
from tests.native.waiting import event_in, peer_of


async def test_a_summary_at_the_end(rift: Start, tmp_path: Path) -> None:
    for name in ("one", "two"):
        made_file(tmp_path / name, 1_048_576)
    target = tmp_path / "target"
    target.mkdir()
    sent = ("send", tmp_path / "one", tmp_path / "two", "--json")
    async with rift(*sent) as sender, rift("receive", target) as receiver:
        for number in (1, 2):
            await sender.says("transfer-done", transfer=number)
        assert await receiver.stop() == 0
        assert await sender.stop() == 0
        said = await sender.says("summary", direction="sending", files=2, bytes=2_097_152, ways=["direct"])
        assert said["seconds"] > 0
        assert "Received 2 files in all: 2.1 MB in " in receiver.errors
        assert "/s, directly.\n" in receiver.errors


async def test_what_is_excluded_stays_and_is_counted(rift: Start, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    for name in ("a.c", "a.o", "sub/b.o", "node_modules/x/y"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    patterns = ("--exclude", "*.o", "--exclude", "node_modules/")
    async with rift("send", folder, "--one-file", "--json", *patterns) as sender:
        async with rift("receive", tmp_path / "out") as receiver:
            assert await receiver.ends() == 0
        assert await sender.ends() == 0
        await sender.says("summary", files=1, excluded=3)
    assert sorted(str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*")) == ["a.c", "sub"]


async def test_a_text_is_printed_and_not_obeyed(rift: Start, tmp_path: Path) -> None:
    text = "https://a.example/?b=c\nEvil:\x1b[2J\u202e☃"
    async with rift("send", "--text", "-", "--json", stdin=PIPE) as sender:
        assert sender.process.stdin
        sender.process.stdin.write(text.encode())
        sender.process.stdin.close()
        await sender.says("providing")
        for folder, json in ((tmp_path / "a", ()), (tmp_path / "b", ("--json",))):
            async with rift("receive", f"{folder}/", "--one-file", *json) as receiver:
                assert await receiver.ends() == 0
            assert not list(folder.iterdir())
            if json:
                assert (await receiver.says("text"))["text"] == text
            else:
                assert receiver.output.decode() == "https://a.example/?b=c\nEvil:[2J☃\n"
        # Whoever knows nothing of it, or names a file, gets one.
        async with rift("receive", tmp_path / "out") as receiver:
            assert await receiver.ends() == 0
        assert (tmp_path / "out").read_text() == text
        assert await sender.stop() == 0


async def test_a_rate_limit_slows_down_what_is_sent(rift: Start, tmp_path: Path) -> None:
    path = made_file(tmp_path / "file", 1_048_576)
    async with rift("send", path, "--one-file", "--json", "--limit-rate", "1M") as sender:
        async with rift("receive", tmp_path / "out") as receiver:
            assert await receiver.ends() == 0
        assert await sender.ends() == 0
        # A quarter of a second's worth may leave at once. Whatever else is slow only makes it longer.
        assert (await sender.says("summary"))["seconds"] >= 0.7
    assert sha256(tmp_path / "out") == sha256(path)


async def test_a_receiver_that_serves_outlives_what_fails(rift: Start, join: Join, tmp_path: Path) -> None:
    room = await join("alice")
    changed = made_file(tmp_path / "changed", 1000)
    await room.provide(changed, "changed")
    changed.write_bytes(b"something else")
    folder = tmp_path / "folder"
    async with rift("receive", f"{folder}/", "--serve", "--json") as receiver:
        await receiver.says("transfer-failed")
        for name in ("one", "two"):
            path = made_file(tmp_path / name, 1000)
            await room.provide(path, "one id")
            await receiver.says("transfer-done", path=str(folder / name))
            room.stop("one id")
        assert await receiver.stop() == 0
        await receiver.says("summary", direction="receiving", files=2, failed=1)


async def test_a_receiver_that_serves_needs_a_folder_and_tells_of_no_files(rift: Start, tmp_path: Path) -> None:
    for target in ("-", tmp_path / "out", made_file(tmp_path / "file", 1)):
        async with rift("receive", target, "--serve") as receiver:
            assert await receiver.ends() == 2
            assert "--serve takes a folder" in receiver.errors
    async with rift("receive", "--serve", "--json", folder=tmp_path) as receiver:
        await receiver.says("joined")
        assert await receiver.stop() == 0
        await receiver.says("summary", files=0)


async def test_an_old_script_goes_on(server: Server, secret: str, tmp_path: Path) -> None:
    path = made_file(tmp_path / "file", 1000)
    async with Rift(secret, "send", path, "--one-file", server=server.url) as sender:
        async with Rift(
            "--signaling-uri", server.url, secret, "receive", tmp_path / "out", server="ws://a"
        ) as receiver:
            assert await receiver.ends() == 0, receiver.errors
        assert await sender.ends() == 0
    assert sha256(tmp_path / "out") == sha256(path)


async def test_the_shell_raises_a_hand_and_reacts(rift: Start, join: Join) -> None:
    alice = await join("alice")
    async with rift("shell", "--json", "-u", "me", stdin=PIPE) as shell:
        assert shell.process.stdin
        await shell.says("peer-joined")
        await peer_of(alice, "me")
        shell.process.stdin.write(b"hand\nreact heart\nhand down\nreact dance\n")
        assert (await event_in(alice, HandChanged)).is_up
        assert (await event_in(alice, Reacted)).name == "heart"
        assert not (await event_in(alice, HandChanged)).is_up
        assert "applause" in (await shell.says("error"))["text"]
        shell.process.stdin.close()
        assert await shell.ends() == 0


async def test_the_desktop_shows_the_end_without_names(rift: Start, tmp_path: Path) -> None:
    for name in ("sender", "receiver"):
        (tmp_path / name).mkdir()
        program = tmp_path / name / "notify-send"
        program.write_text(f'#!/bin/sh\necho "$*" >> {tmp_path / name / "shown"}\n')
        program.chmod(0o755)
    path = made_file(tmp_path / "private name", 1000)

    def with_desktop(name: str) -> dict[str, str]:
        return {"PATH": f"{tmp_path / name}:{os.environ['PATH']}"}

    async with rift("send", path, "--one-file", "--notify", **with_desktop("sender")) as sender:
        async with rift("receive", tmp_path / "out", "--notify", **with_desktop("receiver")) as receiver:
            assert await receiver.ends() == 0
        assert await sender.ends() == 0
    assert (tmp_path / "sender" / "shown").read_text() == "--app-name=rift -- rift Sent 1 file.\n"
    assert (tmp_path / "receiver" / "shown").read_text() == "--app-name=rift -- rift Received 1 file.\n"
