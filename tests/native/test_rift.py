# SPDX-License-Identifier: AGPL-3.0-only
"""`rift` as people and scripts use it: real processes, a real server, real files."""

import asyncio
import os
import resource
import signal
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

import pytest

from keks_meet.client.events import TransferStarted
from keks_meet.client.files.sources import StreamSource
from keks_meet.client.room import Room
from tests.e2e.harness.files import sha256
from tests.e2e.harness.server import Server, free_port
from tests.native.conftest import Join
from tests.native.original import Original
from tests.native.rift import COMMAND, Rift, Start, made_file
from tests.native.waiting import event_in, offer_in, peer_of

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


@pytest.mark.parametrize("size", [0, 1, 64 * MIB])
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


@pytest.mark.parametrize("killed", [pytest.param("sender", marks=pytest.mark.slow), "receiver"])
async def test_killed_in_the_middle_and_gone_on(rift: Start, tmp_path: Path, killed: str) -> None:
    path, target = made_file(tmp_path / "file", 192 * MIB), tmp_path / "out"
    async with rift("send", path) as sender, rift("receive", target, "--json") as receiver:
        await receiver.says("transfer-progress")
        (sender if killed == "sender" else receiver).process.kill()
        assert await receiver.ends() == (4 if killed == "sender" else -signal.SIGKILL)
    assert not target.exists()
    (part,) = [each for each in tmp_path.iterdir() if each.name.endswith(".rift-part")]
    kept = part.stat().st_size
    assert kept > 0
    async with rift("send", path), rift("receive", target, "--json") as receiver:
        assert await receiver.ends() == 0
        assert 0 < (await receiver.says("transfer-started"))["bytes"] <= kept
    assert sha256(target) == sha256(path)
    assert sorted(tmp_path.iterdir()) == [path, target]


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


async def test_cut_short_and_gone_on_while_it_is_offered(rift: Start, join: Join, tmp_path: Path) -> None:
    """As when a connection is lost for good and made anew: the peer is there all the time."""
    room = await join("alice")
    path = made_file(tmp_path / "file", 192 * MIB)
    await room.provide(path, "it")
    async with rift("receive", tmp_path / "out", "--json") as receiver:
        first = (await event_in(room, TransferStarted)).transfer
        await receiver.says("transfer-progress")
        first._channel.close()
        assert await receiver.ends() == 0
    assert (await event_in(room, TransferStarted)).transfer.began_at > 0
    assert sha256(tmp_path / "out") == sha256(path)


async def test_one_file_is_the_first_whole_one(rift: Start, join: Join, tmp_path: Path) -> None:
    """One that failed before is told, by the exit code, too."""
    room = await join("alice")
    (tmp_path / "out").mkdir()
    gone = made_file(tmp_path / "gone", 1000)
    for name in ("gone", "new"):
        await room.provide(gone if name == "gone" else made_file(tmp_path / name, 1000), name)
    gone.write_bytes(b"something else")
    async with rift("receive", tmp_path / "out", "--one-file") as receiver:
        assert await receiver.ends() == 4
        assert 'could not receive "gone"' in receiver.errors
    assert sha256(tmp_path / "out" / "new") == sha256(tmp_path / "new")


async def test_a_file_of_a_name_that_is_taken_gets_a_free_one(rift: Start, tmp_path: Path) -> None:
    """Two files of one name both arrive, and the very file that is there is not stored again."""
    one, two = tmp_path / "a" / "report.txt", tmp_path / "b" / "report.txt"
    for path, content in ((one, b"one"), (two, b"two")):
        path.parent.mkdir()
        path.write_bytes(content)
    target = tmp_path / "out"
    target.mkdir()
    async with rift("receive", target, "--json") as receiver:
        for _ in range(2):
            async with rift("send", one, two) as sender:
                await receiver.says("offered")
                await sender_is_done(receiver, 2)
                assert await sender.stop() == 0
            receiver._seen.clear()
            receiver.output = b""
        assert await receiver.stop() == 0
    assert sorted(path.name for path in target.iterdir()) == ["report (2).txt", "report.txt"]
    assert {path.read_bytes() for path in target.iterdir()} == {b"one", b"two"}


async def sender_is_done(receiver: Rift, count: int) -> None:
    """Wait until a receiver has so many files."""
    async with asyncio.timeout(30), receiver._changed:
        await receiver._changed.wait_for(
            lambda: sum(said["event"] == "transfer-done" for said in receiver._seen) >= count
        )


async def test_one_file_that_fails_among_others_fails_the_command(rift: Start, join: Join, tmp_path: Path) -> None:
    room = await join("alice")
    gone, good = made_file(tmp_path / "gone", 1000), made_file(tmp_path / "good", 1000)
    await room.provide(gone, "gone")
    gone.write_bytes(b"something else")
    await room.provide(good, "good")
    target = tmp_path / "out"
    target.mkdir()
    async with rift("receive", target, "--json") as receiver:
        await receiver.says("transfer-failed")
        await receiver.says("transfer-done", path=str(target / "good"))
        assert await receiver.stop() == 4


async def test_a_sender_whose_receiver_is_killed_has_not_sent(rift: Start, tmp_path: Path) -> None:
    path = made_file(tmp_path / "file", 192 * MIB)
    async with rift("send", path, "--json") as sender:
        async with rift("receive", tmp_path / "out", "--json") as receiver:
            await receiver.says("transfer-progress")
            receiver.process.kill()
            await receiver.ends()
        await sender.says("transfer-failed")
        assert await sender.stop() == 4


async def test_who_does_not_say_that_it_stored_a_file_is_no_success_in_words(
    rift: Start, server: Server, secret: str, tmp_path: Path
) -> None:
    path = made_file(tmp_path / "file", 1000)
    async with rift("send", path, "--one-file", "--json") as sender, Original(server.url, secret) as original:
        await original.until(lambda: any("provide" in inner for inner in original.heard))
        resource = next(inner["provide"] for inner in original.heard if "provide" in inner)
        await original.request(resource["id"])
        await original.until(lambda: original.texts.get(resource["id"]))
        for connection in original._connections.values():
            connection.close()
        assert await sender.ends() == 0
        await sender.says("transfer-unconfirmed", bytes=1000)


@pytest.mark.parametrize("how", ["deleted", "grown"])
async def test_a_file_that_cannot_be_sent_any_more_says_so_once(rift: Start, tmp_path: Path, how: str) -> None:
    path, target = made_file(tmp_path / "file", 1000), tmp_path / "out"
    async with rift("send", path, "--json") as sender:
        await sender.says("providing")
        if how == "deleted":
            path.unlink()
        else:
            path.write_bytes(bytes(2000))
        async with rift("receive", target) as receiver:
            assert await receiver.ends() == 4
            assert "is kept" not in receiver.errors
        said = await sender.says("transfer-failed")
        assert ("No such file" if how == "deleted" else "has changed since it was offered") in said["reason"]
        assert "no longer offering it" in (await sender.says("warning"))["text"]
        assert await sender.ends() == 4
    assert [each for each in tmp_path.iterdir() if each != path] == []


async def test_a_file_that_the_system_makes_is_sent_as_it_is_read(rift: Start, tmp_path: Path) -> None:
    async with rift("send", "/proc/version"), rift("receive", tmp_path / "out") as receiver:
        assert await receiver.ends() == 0
    assert (tmp_path / "out").read_text() == Path("/proc/version").read_text()


async def test_a_folder_that_is_not_there_is_made_when_it_is_written_as_one(rift: Start, tmp_path: Path) -> None:
    path = made_file(tmp_path / "file", 1000)
    async with rift("send", path), rift("receive", f"{tmp_path}/new/", "--one-file") as receiver:
        assert await receiver.ends() == 0
    assert sha256(tmp_path / "new" / "file") == sha256(path)
    async with rift("receive", f"{tmp_path}/file/", folder=tmp_path) as receiver:
        assert await receiver.ends() == 1
        assert "File exists" in receiver.errors


async def test_a_folder_that_cannot_be_written_to_is_told_before_anybody_comes(rift: Start, tmp_path: Path) -> None:
    """Of the kernel's own files, which not even root can add to."""
    async with rift("receive", "/proc/self", folder=tmp_path) as receiver:
        assert await receiver.ends() == 1
        assert "nothing can be written" in receiver.errors
        assert "Waiting" not in receiver.errors


async def test_reader_that_reads_nothing_holds_nothing_up(
    rift: Start, server: Server, secret: str, tmp_path: Path
) -> None:
    path = made_file(tmp_path / "file", 32 * MIB)
    mute, stdout = os.pipe()
    environment = os.environ | {
        "WRTC_ALLOW_LOOPBACK": "1",
        "KEKS_SIGNALING_URI": server.url,
        "KEKS_SECRET": secret,
    }
    async with rift("send", path, "--json") as sender:
        receiver = await asyncio.create_subprocess_exec(
            COMMAND, "receive", "-", stdout=stdout, stderr=PIPE, env=environment
        )
        os.close(stdout)
        try:
            await sender.says("transfer-progress")
            receiver.send_signal(signal.SIGTERM)
            async with asyncio.timeout(20):
                _, said = await receiver.communicate()
            assert receiver.returncode == 130
            assert b"Traceback" not in said
            assert b"Fatal" not in said
            await sender.says("peer-left")
        finally:
            if receiver.returncode is None:
                receiver.kill()
            os.close(mute)


async def test_who_sends_nothing_holds_up_nobody_else(rift: Start, join: Join, tmp_path: Path) -> None:
    silent, writer = os.pipe()
    target = tmp_path / "out"
    target.mkdir()
    path = made_file(tmp_path / "file", 1000)
    room = await join("silent")
    try:
        with os.fdopen(silent, "rb", buffering=0) as stream:
            await room.provide(StreamSource(stream, "stuck"), "stuck")
            async with rift("receive", target, "--json") as receiver:
                await event_in(room, TransferStarted)
                async with rift("send", path):
                    await receiver.says("transfer-done", path=str(target / "file"))
                assert await receiver.stop() == 130
            await room.leave()
    finally:
        os.close(writer)
    assert sha256(target / "file") == sha256(path)


async def test_two_receivers_at_once(rift: Start, tmp_path: Path) -> None:
    path = made_file(tmp_path / "file", 32 * MIB)
    async with rift("send", path), rift("receive", tmp_path / "a") as one, rift("receive", tmp_path / "b") as two:
        assert await asyncio.gather(one.ends(), two.ends()) == [0, 0]
    assert sha256(tmp_path / "a") == sha256(tmp_path / "b") == sha256(path)


async def test_a_restarted_server_interrupts_no_transfer(own_server: Server, tmp_path: Path) -> None:
    path = made_file(tmp_path / "file", 256 * MIB)
    options = {"server": own_server.url, "secret": "restarted"}
    async with Rift("send", path, **options), Rift("receive", tmp_path / "out", "--json", **options) as receiver:
        await receiver.says("transfer-progress")
        await own_server.kill()
        await own_server.start()
        assert await receiver.ends() == 0
    assert sha256(tmp_path / "out") == sha256(path)


async def test_a_full_disk_is_told_and_leaves_nothing_that_looks_whole(rift: Start, tmp_path: Path) -> None:
    path = made_file(tmp_path / "file", 16 * MIB)
    full = tmp_path / "full"
    full.mkdir()
    async with rift("send", path), rift("receive", full / "file") as receiver:
        resource.prlimit(receiver.process.pid, resource.RLIMIT_FSIZE, (4 * MIB, 4 * MIB))
        assert await receiver.ends() == 4
        assert 'could not receive "file"' in receiver.errors
        assert "File too large" in receiver.errors
    # Nor anything that takes the room that there is not.
    assert list(full.iterdir()) == []


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


async def test_names_of_peers_stay_in_the_folder(rift: Start, server: Server, secret: str, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    async with Original(server.url, secret) as original, rift("receive", target, "--json") as receiver:
        for number, label in enumerate(("../../evil", "/etc/worse", "..", "a\x1b[2Jb\u202e", "con.txt")):
            await original.provide(str(number), b"data", label=label)
            await receiver.says("transfer-done", transfer=number + 1)
        assert await receiver.stop() == 0
    names = sorted(each.name for each in target.iterdir())
    assert names == ["_con.txt", "a[2Jb", "evil", "file", "worse"]
    assert [each.name for each in tmp_path.iterdir()] == ["target"]


async def test_text_of_peers_does_not_reach_the_terminal(rift: Start, join: Join, tmp_path: Path) -> None:
    room = await join("\x1b]0;evil\x07name")
    path = made_file(tmp_path / "file", 1)
    await room.provide(path, "\x1b[31mid")
    async with rift("list", "--wait", "1") as lister, rift("send", path) as sender:
        await peer_of(room, next(iter(await offer_in(room))).username)
        room.send_chat("\x1b[2J\u202ehello")
        assert await lister.ends() == 0
        while "hello" not in sender.errors:
            await asyncio.sleep(0.01)
        await sender.stop()
        for text in (lister.errors, lister.output.decode(), sender.errors):
            assert "\x1b" not in text
            assert "\u202e" not in text


async def test_another_name_is_told_and_equal_ones_are_numbered(rift: Start, join: Join) -> None:
    async with rift("receive", "-", "--json", "-u", "me") as receiver:
        await receiver.says("joined")
        alice, other = await join("alice"), await join("bob")
        await receiver.says("peer-joined", peer={"key": "1", "username": "alice"})
        await receiver.says("peer-joined", peer={"key": "2", "username": "bob"})
        other.rename("\u0430lice")  # its first letter is Cyrillic
        await receiver.says("peer-renamed", before="bob", peer={"key": "2", "username": "\u0430lice", "number": 2})
        alice.rename("Me")
        await receiver.says("peer-renamed", before="alice", peer={"key": "1", "username": "Me", "number": 2})
        await receiver.stop()


async def test_list_download_and_chat(rift: Start, join: Join, tmp_path: Path) -> None:
    room = await join("alice")
    path = made_file(tmp_path / "file", 100)
    await room.provide(path, "it")
    async with rift("list", "--wait", "1", "--json") as lister:
        assert await lister.ends() == 0
        assert (await lister.says("resource"))["resource"]["id"] == "it"
    async with rift("download", "it", tmp_path / "out") as downloader:
        assert await downloader.ends() == 0
    assert sha256(tmp_path / "out") == sha256(path)
    async with rift("chat", "hello there") as chatter:
        assert await chatter.ends() == 0
    async for event in room:
        if getattr(event, "text", None) == "hello there":
            break


async def test_nobody_to_list_or_talk_to(rift: Start) -> None:
    async with rift("list", "--wait", "0.2") as lister:
        assert await lister.ends() == 5
    async with rift("download", "it") as downloader:
        while "Waiting" not in downloader.errors:
            await asyncio.sleep(0.01)
        assert await downloader.stop() == 5


async def test_expose_and_forward(rift: Start) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"you said " + await reader.read())
        writer.close()

    listener = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = str(listener.sockets[0].getsockname()[1])
    async with listener:
        async with rift("expose", port, "web") as refused:
            assert await refused.ends() == 2
            assert "--allow-all" in refused.errors
        async with rift("expose", port, "web", "--allow-all"), rift("forward", "web", "--json") as forwarder:
            at = await forwarder.says("listening")
            assert at["host"] == "127.0.0.1"
            reader, writer = await asyncio.open_connection("127.0.0.1", at["port"])
            writer.write(b"hello")
            writer.write_eof()
            async with asyncio.timeout(20):
                assert await reader.read() == b"you said hello"
            writer.close()
            assert await forwarder.stop() == 0


async def test_shell_takes_a_file_and_nothing_at_all(rift: Start, tmp_path: Path) -> None:
    commands = tmp_path / "commands"
    commands.write_text("provide commands\npeers\n")
    with commands.open("rb") as file:
        async with rift("shell", "--json", stdin=file.fileno(), folder=tmp_path) as shell:
            await shell.says("status", text="Nobody else is there.")
            assert await shell.ends() == 0
    async with rift("shell", stdin=DEVNULL) as shell:
        assert await shell.ends() == 0


async def test_shell_has_no_standard_output_for_files(rift: Start, join: Join, tmp_path: Path) -> None:
    room = await join("alice")
    await room.provide(made_file(tmp_path / "file", 100), "it")
    async with rift("shell", "--json", stdin=PIPE) as shell:
        await shell.says("offered")
        assert shell.process.stdin
        shell.process.stdin.write(b"download it -\n")
        await shell.says("error", text="Here is no standard output to write to: name a path.")
        shell.process.stdin.write(b"quit\n")
        assert await shell.ends() == 0


async def test_shell(rift: Start, join: Join, tmp_path: Path) -> None:
    room = await join("alice")
    path = made_file(tmp_path / "file", 100)
    await room.provide(path, "it")
    async with rift("shell", "--json", stdin=PIPE) as shell:
        stdin = shell.process.stdin
        assert stdin
        await shell.says("offered")
        stdin.write(b"list\n")
        await shell.says("resource")
        stdin.write(f"download it {tmp_path / 'out'}\nchat hello\nprovide {path} mine\nnonsense\n".encode())
        await shell.says("transfer-done", path=str(tmp_path / "out"))
        await shell.says("error")
        _, offered = await offer_in(room, "mine")
        assert offered.label == "file"
        stdin.write(b"stop mine\npeers\n")
        await shell.says("status", text='"alice": connected')
        await room.until(lambda: not any(p.resources for p in room.peers) or None)
        stdin.write(b"quit\n")
        assert await shell.ends() == 0
    assert sha256(tmp_path / "out") == sha256(path)


async def test_shell_offers_one_thing_under_one_id(rift: Start, join: Join, tmp_path: Path) -> None:
    """Who was told the id takes what was offered under it first."""
    room = await join("alice")
    for name in "ab":
        (tmp_path / name).write_text(name)
    async with rift("shell", "--json", stdin=PIPE, folder=tmp_path) as shell:
        stdin = shell.process.stdin
        assert stdin
        stdin.write(b"provide a it\nprovide b it\nexpose 8080 it\n")
        text = "it is offered from here already: stop it first, or name another id"
        await shell.says("error", text=text)
        _, offered = await offer_in(room, "it")
        stdin.write(b"stop it\nexpose 8080 it\n")
        assert offered.label == "a"
        await room.until(lambda: any(r.info.kind == "port" for p in room.peers for r in p.resources) or None)
        stdin.close()
        assert await shell.ends() == 0


async def test_the_secret_is_nowhere_to_be_seen(server: Server, tmp_path: Path) -> None:
    path = made_file(tmp_path / "file", 10)
    secret = "correct-horse-battery"
    (tmp_path / "secret").write_text(secret + "\n")
    (tmp_path / "secret").chmod(0o600)
    async with (
        Rift("send", path, "--verbose", "--secret-file", tmp_path / "secret", server=server.url) as sender,
        Room(secret, server=server.url) as room,
    ):
        await offer_in(room)
        shown = Path(f"/proc/{sender.process.pid}/cmdline").read_text()
        assert secret not in shown
        await sender.stop()
        assert secret not in sender.errors
        assert secret not in "".join(server.log)


async def test_shell_stops_what_is_named_as_it_is_completed(rift: Start, tmp_path: Path) -> None:
    """Blanks behind backslashes or between quotes, and a dash in front."""
    names = ["My file.pdf", "a 'quoted' one", "-v"]
    for name in names:
        (tmp_path / name).write_text(name)
    lines = [
        "provide My\\ file.pdf",
        "provide \"a 'quoted' one\"",
        "provide -- -v",
        "stop My\\ file.pdf",
        "stop \"a 'quoted' one\" -- -v",
        "stop 'without an end",
    ]
    async with rift("shell", "--json", stdin=PIPE, folder=tmp_path) as shell:
        assert shell.process.stdin
        shell.process.stdin.write("".join(f"{line}\n" for line in lines).encode())
        for name in names:
            await shell.says("status", text=f"No longer offering {name}.")
        await shell.says("error", text="No closing quotation")
        shell.process.stdin.close()
        assert await shell.ends() == 0


@pytest.mark.parametrize("words", [("chat", "caf\udce9"), ("-u", "caf\udce9", "chat", "x"), ("download", "caf\udce9")])
async def test_bytes_that_are_no_text_are_said_so(rift: Start, words: tuple[str, ...]) -> None:
    async with rift(*words) as process:
        assert await process.ends() == 2
    assert "is not valid text: expected UTF-8" in process.errors
    assert "Traceback" not in process.errors


async def test_bytes_that_are_no_text_are_said_so_in_the_shell(rift: Start, tmp_path: Path) -> None:
    """A path may have them."""
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    Path(os.fsdecode(path)).write_text("coffee")
    async with rift("shell", "--json", stdin=PIPE) as shell:
        assert shell.process.stdin
        shell.process.stdin.write(b"chat caf\xe9\nprovide " + path + b" coffee\n")
        await shell.says("error", text="an argument is not valid text: expected UTF-8")
        await shell.says("providing")
        shell.process.stdin.close()
        assert await shell.ends() == 0
