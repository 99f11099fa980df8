# SPDX-License-Identifier: AGPL-3.0-only
"""How transfers of `rift` end: whole, cut short, refused by a disk, or without a word of the other side."""

import asyncio
import os
import resource
import signal
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from keks_meet.client.events import TransferStarted
from keks_meet.client.files.sources import StreamSource
from keks_meet.client.rate_limit import RateLimit
from tests.e2e.harness.files import sha256
from tests.e2e.harness.server import Server
from tests.native.conftest import Join
from tests.native.original import Original
from tests.native.rift import COMMAND, SLOWED, Rift, Start, made_file
from tests.native.waiting import event_in, until

MIB = 1_048_576


@pytest.mark.parametrize("killed", [pytest.param("sender", marks=pytest.mark.slow), "receiver"])
async def test_killed_in_the_middle_and_gone_on(rift: Start, tmp_path: Path, killed: str) -> None:
    path, target = made_file(tmp_path / "file", 96 * MIB), tmp_path / "out"
    async with rift("send", path, *SLOWED) as sender, rift("receive", target, "--json") as receiver:
        await receiver.says("transfer-progress")
        (sender if killed == "sender" else receiver).process.kill()
        # Who vanishes may come back, and is waited for half a minute.
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


async def test_stopped_in_the_middle_says_that_what_has_arrived_is_kept(rift: Start, tmp_path: Path) -> None:
    path, target = made_file(tmp_path / "file", 96 * MIB), tmp_path / "out"
    async with rift("send", path, *SLOWED), rift("receive", target, "--json") as receiver:
        await receiver.says("transfer-progress")
        assert await receiver.stop() == 130
        failed = await receiver.says("transfer-failed")
    assert failed["reason"] == "it was ended; what has arrived is kept, and the next try goes on with it"


async def test_who_stays_and_is_stopped_in_the_middle_was_interrupted(rift: Start, tmp_path: Path) -> None:
    path, folder = made_file(tmp_path / "file", 96 * MIB), tmp_path / "received"
    folder.mkdir()
    async with rift("send", path, *SLOWED), rift("receive", folder, "--serve", "--json") as receiver:
        await receiver.says("transfer-progress")
        assert await receiver.stop() == 130


async def test_a_sender_stopped_in_the_middle_says_what_did_not_arrive(rift: Start, tmp_path: Path) -> None:
    path, target = made_file(tmp_path / "file", 96 * MIB), tmp_path / "out"
    async with rift("receive", target), rift("send", path, *SLOWED, "--json") as sender:
        await sender.says("transfer-progress")
        assert await sender.stop() == 130
        await sender.says("transfer-failed")
        summary = await sender.says("summary")
    assert summary["failed"] == 1
    assert summary["bytes"] > 0
    assert summary["seconds"] > 0


async def test_another_sender_makes_up_for_one_that_left(rift: Start, tmp_path: Path) -> None:
    """And for the receiver, whoever goes on later: nothing has failed in the end."""
    path, target = made_file(tmp_path / "file", 96 * MIB), tmp_path / "out"
    target.mkdir()
    async with rift("receive", target, "--json") as receiver:
        async with rift("send", path, *SLOWED) as sender:
            await receiver.says("transfer-progress")
            assert await sender.stop() == 130
        await receiver.says("transfer-failed")
        async with rift("send", path):
            done = await receiver.says("transfer-done")
            assert await receiver.stop() == 0
        assert "failed" not in await receiver.says("summary")
    assert Path(done["path"]).read_bytes() == path.read_bytes()


@pytest.mark.slow
async def test_cut_short_and_gone_on_while_it_is_offered(rift: Start, join: Join, tmp_path: Path) -> None:
    """As when a connection is lost for good and made anew: the peer is there all the time."""
    room = await join("alice")
    path = made_file(tmp_path / "file", 96 * MIB)
    await room.provide(path, "it", limit=RateLimit(48 * MIB))
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


@pytest.mark.slow
async def test_a_sender_whose_receiver_is_killed_has_not_sent(rift: Start, tmp_path: Path) -> None:
    path = made_file(tmp_path / "file", 96 * MIB)
    async with rift("send", path, "--json", *SLOWED) as sender:
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


@pytest.mark.parametrize("how", [pytest.param("deleted", marks=pytest.mark.slow), "grown"])
async def test_a_file_that_cannot_be_sent_any_more_says_so_once(rift: Start, tmp_path: Path, how: str) -> None:
    path, target = made_file(tmp_path / "file", 1000), tmp_path / "out"
    async with rift("receive", target) as receiver:
        await until(lambda: "Waiting" in receiver.errors)
        # It stands still rather than starts meanwhile: the sender looks every few seconds whether its file is there.
        receiver.process.send_signal(signal.SIGSTOP)
        async with rift("send", path, "--json") as sender:
            await sender.says("providing")
            if how == "deleted":
                path.unlink()
            else:
                path.write_bytes(bytes(2000))
            receiver.process.send_signal(signal.SIGCONT)
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


@pytest.mark.slow
async def test_a_restarted_server_interrupts_no_transfer(own_server: Server, tmp_path: Path) -> None:
    path = made_file(tmp_path / "file", 192 * MIB)
    options = {"server": own_server.url, "secret": "restarted"}
    async with (
        Rift("send", path, *SLOWED, **options),
        Rift("receive", tmp_path / "out", "--json", **options) as receiver,
    ):
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
