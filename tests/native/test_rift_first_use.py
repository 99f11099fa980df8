# SPDX-License-Identifier: AGPL-3.0-only
"""`rift` for somebody who is new to it: what goes wrong says what to do, and exit codes are as the guide has them."""

import asyncio
import os
import shutil
import socket
from asyncio.subprocess import PIPE
from collections import Counter
from pathlib import Path

import pytest

from keks_meet.client.events import ChatReceived
from keks_meet.client.rate_limit import RateLimit
from tests.e2e.harness.server import Server
from tests.native.conftest import Join
from tests.native.rift import PATIENCE, Start, made_file
from tests.native.test_rift_terminal import terminal
from tests.native.waiting import event_in, offer_in


async def test_several_words_of_chat_are_one_line(rift: Start, join: Join) -> None:
    room = await join("alice")
    async with rift("chat", "the", "file - is", "ready") as chatter:
        assert await chatter.ends() == 0
    assert (await event_in(room, ChatReceived)).text == "the file - is ready"


async def test_a_shell_that_does_nothing_is_stopped_well(
    rift: Start, server: Server, secret: str, tmp_path: Path
) -> None:
    async with rift("shell", "--json", stdin=PIPE) as shell:
        await shell.says("status", text="Type help for the commands.")
        assert await shell.stop() == 0
    async with terminal(server=server, home=tmp_path, secret=secret) as typed:
        await typed.shows("rift>")
        typed.type("\x03")
        async with asyncio.timeout(PATIENCE):
            assert await typed.process.wait() == 0


@pytest.mark.slow
async def test_a_shell_that_is_stopped_in_a_transfer_was_interrupted(rift: Start, join: Join, tmp_path: Path) -> None:
    room = await join("alice")
    await room.provide(made_file(tmp_path / "file", 96 * 1_048_576), "it", limit=RateLimit(48 * 1_048_576))
    async with rift("shell", "--json", stdin=PIPE, folder=tmp_path) as shell:
        await shell.says("offered")
        assert shell.process.stdin
        shell.process.stdin.write(b"download it out\n")
        await shell.says("transfer-progress")
        assert await shell.stop() == 130


@pytest.mark.parametrize("company", [True, False])
async def test_a_port_that_nobody_offers_is_said_so_at_the_end(rift: Start, join: Join, company: bool) -> None:
    if company:
        await join("alice")
    async with rift("forward", "nosuch", "--json") as forwarder:
        await forwarder.says("status", text="Waiting for port nosuch.")
        if company:
            await forwarder.says("peer-joined")
        assert await forwarder.stop() == 5
        why = "it was offered" if company else "anybody came"
        await forwarder.says("warning", text=f"Stopped before {why}.")


async def test_errors_of_the_system_say_where(rift: Start, join: Join, tmp_path: Path) -> None:
    async with rift("send", "/proc/self/mem") as sender:
        assert await sender.ends() == 1
        assert sender.errors == "Error: /proc/self/mem: Input/output error\n"
    room = await join("alice")
    room.provide_port(9, "web")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with rift("forward", "web", str(port)) as forwarder:
            assert await forwarder.ends() == 1
            assert f"Error: 127.0.0.1, port {port}: Address already in use\n" in forwarder.errors


async def test_what_is_there_is_told_with_what_would_replace_it(rift: Start, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("precious")
    async with rift("receive", tmp_path / "out") as receiver:
        assert await receiver.ends() == 1
        assert receiver.errors == f"Error: {tmp_path}/out exists already; --overwrite replaces it\n"


async def test_the_shell_lists_its_own_commands(rift: Start) -> None:
    async with rift("shell", "--json", stdin=PIPE) as shell:
        assert shell.process.stdin
        shell.process.stdin.write(b"nonsense\nsend file\nhelp\nhelp nonsense\n")
        known = (
            "chat, code, differ, download, expose, forward, hand, help, list, match, peers, provide, quit, react, stop"
        )
        await shell.says("error", text=f"Unknown command. There are {known}.", code="usage")
        await shell.says("error", text=f'Unknown command "send". Did you mean "provide"? There are {known}.')
        await shell.says("status", text="peers                   Show who is in the room, and how the connections do.")
        await shell.says("status", text="yes NUMBER, no NUMBER   Answer a question.")
        await shell.says("error", text="no such command: nonsense")
        shell.process.stdin.write(b"exit\n")
        assert await shell.ends() == 0


async def test_a_peer_that_nothing_was_asked_of_is_idle(rift: Start, join: Join) -> None:
    await join("alice")
    async with rift("shell", "--json", stdin=PIPE) as shell:
        await shell.says("peer-joined")
        assert shell.process.stdin
        shell.process.stdin.write(b"peers\n")
        await shell.says("status", text='"alice": idle')
        shell.process.stdin.close()
        assert await shell.ends() == 0


async def test_list_tells_each_offer_once(rift: Start, join: Join, tmp_path: Path) -> None:
    room = await join("alice")
    for name in ("one", "two"):
        await room.provide(made_file(tmp_path / name, 200), name)
    async with rift("list", "--wait", "2", "--json") as lister:
        assert await lister.ends() == 0
        said = Counter(each["resource"]["id"] for each in lister._seen if "resource" in each)
        assert said == {"one": 1, "two": 1}


async def test_who_is_not_let_in_is_told(rift: Start, server: Server, secret: str, tmp_path: Path) -> None:
    """And whose answer is none is told what would be one."""
    guest = rift("forward", "web", "--json", "-u", "guest")
    async with (
        terminal("expose", "9", "web", "-u", "owner", server=server, home=tmp_path, secret=secret) as owner,
        guest,
    ):
        at = await guest.says("listening")
        _, writer = await asyncio.open_connection("127.0.0.1", at["port"])
        await owner.shows("Question 1")
        # What is typed while it is said counts, since it names the question.
        owner.type("perhaps\rno 1\r")
        await owner.shows("That answers no question that is asked now")
        await guest.says(
            "warning",
            text='"owner" closed a connection to port "web" before anything came: '
            "perhaps you were not let in, or nothing answers there.",
        )
        writer.close()
        assert await owner.stop() == 0


async def test_a_file_that_does_not_fit_names_the_peer(rift: Start, join: Join, tmp_path: Path) -> None:
    room = await join("alice")
    path = tmp_path / "huge"
    with path.open("wb") as file:
        os.truncate(file.fileno(), shutil.disk_usage(tmp_path).free + 2**30)
    await room.provide(path, "huge")
    async with rift("receive", tmp_path / "out") as receiver:
        assert await receiver.ends() == 4
        assert 'could not receive "huge" from "alice"' in receiver.errors
        assert "are free" in receiver.errors


async def test_one_byte_is_one(rift: Start, join: Join, tmp_path: Path) -> None:
    room = await join("alice")
    await room.provide(made_file(tmp_path / "file", 1), "it")
    await offer_in(await join("bob"), "it")
    async with rift("receive", tmp_path / "out") as receiver:
        assert await receiver.ends() == 0
        assert "(1 byte)" in receiver.errors
