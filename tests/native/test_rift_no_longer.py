# SPDX-License-Identifier: AGPL-3.0-only
"""What cannot go on is said, and waited for no longer: deleted files, disks without room, peers that died."""

import shutil
from pathlib import Path

import pytest

from keks_meet.client.events import ResourceSpoilt, ResourceWithdrawn
from tests.native.conftest import Join
from tests.native.rift import SLOWED, Start, made_file
from tests.native.waiting import event_in, offer_in


@pytest.mark.slow
async def test_a_file_that_is_deleted_is_offered_no_longer(join: Join, tmp_path: Path) -> None:
    """Nobody has to ask for it; what is still there stays on offer."""
    alice, bob = await join("alice"), await join("bob")
    folder = tmp_path / "folder"
    folder.mkdir()
    path = made_file(tmp_path / "file", 1000)
    await alice.provide(path, "file")
    await alice.provide(folder, "folder")
    kept = await alice.provide(made_file(tmp_path / "kept", 1000), "kept")
    await offer_in(bob, "kept")
    path.unlink()
    assert (await event_in(alice, ResourceSpoilt)).is_gone
    assert (await event_in(bob, ResourceWithdrawn)).resource.id == "file"
    folder.rmdir()
    assert (await event_in(alice, ResourceSpoilt)).resource.id == "folder"
    assert alice.resources == (kept,)


@pytest.mark.slow
async def test_a_sender_without_anything_left_ends(rift: Start, tmp_path: Path) -> None:
    path = made_file(tmp_path / "file", 1000)
    async with rift("send", path, "--json") as sender:
        await sender.says("providing")
        path.unlink()
        await sender.says("warning", text='"file" is not there any more: no longer offering it.')
        assert await sender.ends() == 1


async def test_one_file_that_is_too_large_is_not_the_end(rift: Start, join: Join, tmp_path: Path) -> None:
    """Anybody can offer one: what others offer is still taken."""
    room = await join("alice")
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(shutil.disk_usage(tmp_path).total + 1)
    await room.provide(large, "large")
    target = tmp_path / "out"
    target.mkdir()
    async with rift("receive", target, "--one-file", "--json") as receiver:
        await receiver.says("transfer-failed")
        await room.provide(made_file(tmp_path / "small", 1000), "small")
        assert await receiver.ends() == 4
    assert [path.name for path in target.iterdir()] == ["small"]


async def test_a_peer_that_dies_in_a_transfer_is_told_of_at_once(rift: Start, tmp_path: Path) -> None:
    """Long before its connection counts as lost."""
    async with (
        rift("send", made_file(tmp_path / "file", 96 * 1_048_576), "--json", *SLOWED) as sender,
        rift("receive", tmp_path / "out", "-u", "bob", "--json") as receiver,
    ):
        await receiver.says("transfer-progress")
        receiver.process.kill()
        await sender.says("status", text='"bob" does not answer; waiting for it to come back.')
        assert not [said for said in sender._seen if said["event"] == "transfer-failed"]
