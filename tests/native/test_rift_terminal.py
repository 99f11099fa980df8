# SPDX-License-Identifier: AGPL-3.0-only
"""`rift` on a terminal: questions, the prompt, codes, progress."""

import asyncio
import os
import pty
import re
import signal
import termios
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.e2e.harness.server import Server
from tests.native.rift import COMMAND, PATIENCE, SLOWED, Rift

STYLE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


class Terminal:
    """A process whose input and output are a terminal."""

    def __init__(self, process: Process, fd: int) -> None:
        self.process = process
        self.seen = ""
        self._raw = b""
        self._known = 0
        self._fd = fd
        self._changed = asyncio.Event()
        asyncio.get_running_loop().add_reader(fd, self._read)

    def type(self, text: str) -> None:
        os.write(self._fd, text.encode())

    async def shows(self, pattern: str) -> str:
        """Wait until something is to be seen, and forget what stood before its end."""
        async with asyncio.timeout(PATIENCE):
            while (found := re.search(pattern, self.seen)) is None:
                self._changed.clear()
                await self._changed.wait()
        self.seen = self.seen[found.end() :]
        return found[0]

    async def close(self) -> None:
        """Close it, and tell of that again and again, as shell and kernel do, until the process has ended."""
        asyncio.get_running_loop().remove_reader(self._fd)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, self._fd)
        os.close(null)
        async with asyncio.timeout(PATIENCE):
            while self.process.returncode is None:
                with suppress(ProcessLookupError):
                    self.process.send_signal(signal.SIGHUP)
                await asyncio.sleep(0.001)

    async def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    def _read(self) -> None:
        try:
            data = os.read(self._fd, 65_536)
        except OSError:  # the other end is closed
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._fd)
        self._raw += data
        plain = STYLE.sub("", self._raw.decode(errors="replace"))
        self.seen, self._known = self.seen + plain[self._known :], len(plain)
        self._changed.set()


@asynccontextmanager
async def terminal(
    *words: str | Path, server: Server | None, home: Path, secret: str | None = None
) -> AsyncIterator[Terminal]:
    own, others = pty.openpty()
    termios.tcsetwinsize(own, (30, 100))
    environment = os.environ | {
        "WRTC_ALLOW_LOOPBACK": "1",
        "KEKS_SIGNALING_URI": server.url if server else "",
        "HOME": str(home),
        "TERM": "xterm",
        "PROMPT_TOOLKIT_NO_CPR": "1",
    }
    environment.pop("KEKS_SECRET", None)
    if secret:
        environment["KEKS_SECRET"] = secret
    process = await asyncio.create_subprocess_exec(
        COMMAND, *words, stdin=others, stdout=others, stderr=others, env=environment, start_new_session=True, cwd=home
    )
    os.close(others)
    try:
        yield Terminal(process, own)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        asyncio.get_running_loop().remove_reader(own)
        os.close(own)


async def test_code_qr_and_progress(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(os.urandom(40_000_000))
    async with terminal("send", path, *SLOWED, server=server, home=tmp_path) as sender:
        code = (await sender.shows(r"Code: \S+")).removeprefix("Code: ")
        spoken, at, place = code.partition("@")
        assert f"http://{place}" == server.url
        await sender.shows(re.escape(f"{server.url}/room#{spoken}"))
        await sender.shows("█▀")
        # The code is all that the other end needs.
        async with terminal("receive", "out", server=None, home=tmp_path) as receiver:
            await receiver.shows("Code: ")
            receiver.type(f" {spoken.upper()}{at}{place}\r")
            await receiver.shows(r"photo.jpg.*/40.0 MB")
            await receiver.shows(r'Received "photo.jpg" .*saved as out')
            async with asyncio.timeout(PATIENCE):
                assert await receiver.process.wait() == 0
        assert await sender.stop() == 0
    assert (tmp_path / "out").read_bytes() == path.read_bytes()


async def test_a_closed_terminal_leaves_nothing_behind(server: Server, secret: str, tmp_path: Path) -> None:
    folder, received = tmp_path / "photos", tmp_path / "received"
    folder.mkdir()
    received.mkdir()
    (folder / "photo.jpg").write_bytes(os.urandom(96_000_000))
    async with (
        terminal("receive", received, server=server, home=tmp_path, secret=secret) as receiver,
        Rift("send", folder, *SLOWED, server=server.url, secret=secret),
    ):
        await receiver.shows(r"photos.*MB/s")
        assert list(received.iterdir())
        await receiver.close()
        assert not list(received.iterdir())


async def test_expose_asks_about_a_new_peer(server: Server, secret: str, tmp_path: Path) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"echo " + await reader.read(10))
        writer.close()

    listener = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = str(listener.sockets[0].getsockname()[1])
    guest = Rift("forward", "web", "--json", "-u", "guest", server=server.url, secret=secret)
    async with listener, terminal("expose", port, "web", server=server, home=tmp_path, secret=secret) as owner, guest:
        at = await guest.says("listening")
        for number in range(2):
            reader, writer = await asyncio.open_connection("127.0.0.1", at["port"])
            writer.write(b"hi")
            if number == 0:
                await owner.shows(rf'Question 1: Let "guest" connect to port {port}\? Type yes 1 or no 1\.')
                for wrong in ("y", "yes", "yes 2"):
                    owner.type(f"{wrong}\r")
                    await owner.shows("That answers no question that is asked now")
                    await owner.shows(r"Question 1: .* no 1\.")
                owner.type("yes 1\r")
            async with asyncio.timeout(PATIENCE):
                assert await reader.read() == b"echo hi"
            writer.close()
        assert await owner.stop() == 0


async def test_ctrl_c_at_a_question_ends_cleanly(server: Server, secret: str, tmp_path: Path) -> None:
    guest = Rift("forward", "web", "--json", "-u", "guest", server=server.url, secret=secret)
    async with terminal("expose", "9", "web", server=server, home=tmp_path, secret=secret) as owner, guest:
        at = await guest.says("listening")
        _, writer = await asyncio.open_connection("127.0.0.1", at["port"])
        await owner.shows(r'Let "guest" connect to port 9\?')
        owner.type("\x03")
        async with asyncio.timeout(PATIENCE):
            assert await owner.process.wait() == 0
        writer.close()
        assert "Traceback" not in owner.seen


async def test_what_was_typed_before_a_question_answers_nothing(server: Server, secret: str, tmp_path: Path) -> None:
    """Who has gone asks nothing, and a hasty answer lets in nobody, whatever it says."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"in")
        writer.close()

    listener = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = str(listener.sockets[0].getsockname()[1])
    guest = Rift("forward", "web", "--json", "-u", "guest", server=server.url, secret=secret)
    async with listener, terminal("expose", port, "web", server=server, home=tmp_path, secret=secret) as owner, guest:
        at = await guest.says("listening")
        await owner.shows(r'"guest" \(new\) joined')
        owner.type("yes 1\r")
        await owner.shows("yes 1")  # the terminal has it, and nobody has asked
        reader, writer = await asyncio.open_connection("127.0.0.1", at["port"])
        await owner.shows(r"Question 1: Let")
        owner.type("no 1\r")
        with suppress(ConnectionResetError):
            async with asyncio.timeout(PATIENCE):
                assert await reader.read() == b""
        writer.close()
        assert await owner.stop() == 0


async def test_shell_asks_one_question_at_a_time(server: Server, secret: str, tmp_path: Path) -> None:
    """Whose question is not the one to be seen is not let in by its answer, and who has gone asks nothing."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"in")
        writer.close()

    listener = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = str(listener.sockets[0].getsockname()[1])

    def guest(name: str) -> Rift:
        return Rift("forward", "web", "--json", "-u", name, server=server.url, secret=secret)

    async with listener, terminal(server=server, home=tmp_path, secret=secret) as owner:
        await owner.shows("Type help")
        owner.type(f"expose {port} web\r")
        async with guest("mallory") as mallory, guest("alice") as alice:
            at = await mallory.says("listening")
            _, mallorys = await asyncio.open_connection("127.0.0.1", at["port"])
            await owner.shows(r'Question 1: Let "mallory" connect')
            at = await alice.says("listening")
            reader, alices = await asyncio.open_connection("127.0.0.1", at["port"])
            # What is typed for the one who goes does not let in the one who is asked about then.
            await mallory.stop()
            await owner.shows(r'Question 2: Let "alice" connect')
            for wrong in ("yes", "yes 1"):
                owner.type(f"{wrong}\r")
                await owner.shows("That answers no question that is asked now")
                await owner.shows("Question 2")
            owner.type("yes 2\r")
            async with asyncio.timeout(PATIENCE):
                assert await reader.read() == b"in"
            alices.close()
            mallorys.close()
        owner.type("quit\r")
        async with asyncio.timeout(PATIENCE):
            assert await owner.process.wait() == 0


async def test_prompt_completes_and_carries_out(server: Server, secret: str, tmp_path: Path) -> None:
    path = tmp_path / "a-file"
    path.write_text("content")
    giver = Rift("provide", path, "thing", "-u", "giver", server=server.url, secret=secret)
    async with giver, terminal(server=server, home=tmp_path, secret=secret) as shell:
        await shell.shows('"giver" offers')
        # Completion takes a moment; what is typed meanwhile would be taken for it.
        shell.type("dow\t")
        await shell.shows("download")
        shell.type(" thi\t")
        await shell.shows("thing")
        shell.type(" out\r")
        await shell.shows("saved as out")
        shell.type("peers\r")
        await shell.shows(r'"giver": connected')
        shell.type("quit\r")
        async with asyncio.timeout(PATIENCE):
            assert await shell.process.wait() == 0
    assert (tmp_path / "out").read_text() == "content"


@pytest.mark.parametrize("answer", ["no", "yes"])
async def test_whether_to_replace_a_file_is_asked(server: Server, secret: str, tmp_path: Path, answer: str) -> None:
    (tmp_path / "out").write_bytes(b"older")
    (tmp_path / "new").write_bytes(b"newer")
    sender = Rift("send", tmp_path / "new", "--json", server=server.url, secret=secret)
    async with sender, terminal("receive", "out", server=server, home=tmp_path, secret=secret) as receiver:
        await receiver.shows(r"out exists already\. Replace it\? Type yes or no\.")
        receiver.type("perhaps\r")
        await receiver.shows("Please type yes or no")
        receiver.type(f"{answer[0]}\r")
        async with asyncio.timeout(PATIENCE):
            assert await receiver.process.wait() == (0 if answer == "yes" else 1)
    assert (tmp_path / "out").read_bytes() == (b"newer" if answer == "yes" else b"older")
