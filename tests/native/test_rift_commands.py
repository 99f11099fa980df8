# SPDX-License-Identifier: AGPL-3.0-only
"""Commands of `rift` beside sending and receiving, its shell, and what it makes of names and text of peers."""

import asyncio
import os
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

import pytest

from keks_meet.client.room import Room
from tests.e2e.harness.files import sha256
from tests.e2e.harness.server import Server
from tests.native.conftest import Join
from tests.native.original import Original
from tests.native.rift import Rift, Start, made_file
from tests.native.waiting import offer_in, peer_of

MIB = 1_048_576


async def test_a_shell_goes_on_behind_lines_that_are_too_long(rift: Start) -> None:
    async with rift("shell", "--json", stdin=PIPE) as shell:
        assert shell.process.stdin
        shell.process.stdin.write(b"x" * 100_000 + b"\n" + b"y" * 3_000_000 + b"\nhelp nothing\n")
        shell.process.stdin.close()
        await shell.says("error", text="a line of more than 1048576 bytes was left out")
        await shell.says("error", text="no such command: nothing")
        assert await shell.ends() == 0


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


def named(key: str, room: Room) -> dict[str, object]:
    """Return how rift names somebody whom it has not met before."""
    fingerprint = room._visitor.keys.signing_key("").credential.fingerprint.hex()
    return {"key": key, "username": room.username, "mark": "new", "fingerprint": fingerprint}


async def test_gestures_are_told(rift: Start, join: Join) -> None:
    async with rift("receive", "-", "--json", "-u", "me") as receiver:
        await receiver.says("joined")
        alice = await join("alice")
        peer = named("1", alice)
        await receiver.says("peer-joined", peer=peer)
        await peer_of(alice, "me")
        alice.set_hand(up=True)
        await receiver.says("hand", peer=peer, state="up")
        alice.react("applause")
        await receiver.says("reaction", peer=peer, name="applause")
        alice.set_hand(up=False)
        await receiver.says("hand", peer=peer, state="down")


async def test_recording_is_told(rift: Start, join: Join) -> None:
    alice = await join("alice")
    alice.set_recording(on=True)
    async with rift("receive", "-", "--json", "-u", "me") as receiver:
        peer = named("1", alice)
        # It began before anybody was there.
        await receiver.says("recording", peer=peer, state="on")
        alice.set_recording(on=False)
        await receiver.says("recording", peer=peer, state="off")


async def test_another_name_is_told_and_equal_ones_are_numbered(rift: Start, join: Join) -> None:
    async with rift("receive", "-", "--json", "-u", "me") as receiver:
        await receiver.says("joined")
        alice = await join("alice")
        first = named("1", alice)
        await receiver.says("peer-joined", peer=first)
        other = await join("bob")
        second = named("2", other)
        await receiver.says("peer-joined", peer=second)
        other.rename("\u0430lice")  # its first letter is Cyrillic
        await receiver.says("peer-renamed", before="bob", peer=second | {"username": "\u0430lice", "number": 2})
        alice.rename("Me")
        await receiver.says("peer-renamed", before="alice", peer=first | {"username": "Me", "number": 2})
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
        await shell.says("status", text='"alice": connected directly')
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
    words = ("send", path, "--verbose", "--secret-file", tmp_path / "secret")
    async with (
        Rift(*words, server=server.url, is_forked=False) as sender,
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


async def test_a_hidden_address_without_a_relay_leaves_nobody_to_connect_to(
    rift: Start, join: Join, tmp_path: Path
) -> None:
    """Also in one network; rift says why, and the other side is told no address."""
    room = await join("bob")
    await room.provide(made_file(tmp_path / "file", 1), "it")
    async with rift("receive", tmp_path / "target", "--hide-address", "--json") as receiver:
        assert "no TURN server is known" in (await receiver.says("warning"))["text"]
        await room.until(lambda: any(peer.status == "connecting" for peer in room.peers) or None)
        (connection,) = room._runtime._connections._open.values()
        engine = connection._connection
        while engine.remote_description is None:
            await asyncio.sleep(0.01)
        assert "a=candidate" not in engine.remote_description.sdp
        assert "c=IN IP4 0.0.0.0" in engine.remote_description.sdp
    assert not (tmp_path / "target").exists()
