# SPDX-License-Identifier: AGPL-3.0-only
"""The examples, as the processes that their users start: with rooms of this process, and with a browser's camera."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import av
import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from keks_meet.client import ChatReceived, FileSource, TransferEnded
from tests.e2e.harness import browsers
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server, free_port
from tests.native.conftest import Join
from tests.native.waiting import PATIENCE, event_in, peer_of

EXAMPLES = Path(__file__).parents[2] / "examples"
Start = Callable[..., Awaitable["Program"]]


class Program:
    """One example that runs."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def line(self) -> str:
        """The next line that it prints."""
        assert self._process.stdout
        async with asyncio.timeout(PATIENCE):
            return (await self._process.stdout.readline()).decode().rstrip("\n")

    async def end(self, *, interrupt: bool = False) -> tuple[int | None, str]:
        """Wait for its end, after Ctrl+C if wanted. Returns its exit code and what it said on stderr."""
        if interrupt:
            self._process.send_signal(signal.SIGINT)
        async with asyncio.timeout(PATIENCE):
            _, said = await self._process.communicate()
        return self._process.returncode, said.decode()

    async def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
            await self._process.communicate()


@pytest_asyncio.fixture(loop_scope="session")
async def start(server: Server, secret: str) -> AsyncIterator[Start]:
    """Start an example in the test's room; what still runs ends with the test."""
    started: list[Program] = []
    environment = os.environ | {"KEKS_SECRET": secret, "WRTC_ALLOW_LOOPBACK": "1", "PYTHONWARNINGS": "error"}

    async def run(name: str, *arguments: str | Path, url: str = server.url) -> Program:
        # Whoever runs the tests may have Ctrl+C ignored.
        command = ["env", "--default-signal=INT", sys.executable, EXAMPLES / name, f"--server={url}", *arguments]
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE, env=environment)
        started.append(Program(process))
        return started[-1]

    yield run
    for program in started:
        await program.kill()


# The greeter


async def test_greeter_greets_who_is_there_and_who_comes(join: Join, start: Start) -> None:
    alice = await join("alice")
    greeter = await start("greeter.py")
    said = await event_in(alice, ChatReceived)
    assert (said.peer.username, said.text) == ("greeter", "Welcome, alice!")
    bob = await join("bob")
    for room in (alice, bob):
        assert (await event_in(room, ChatReceived)).text == "Welcome, bob!"
    assert await greeter.end(interrupt=True) == (130, "")


async def test_a_server_that_is_not_there_is_told_in_a_sentence(start: Start) -> None:
    greeter = await start("greeter.py", url=f"ws://127.0.0.1:{free_port()}")
    code, said = await greeter.end()
    assert code == 1
    assert said.count("\n") == 1
    assert "cannot be reached" in said


# The collector


async def test_collector_saves_files_and_folders_and_overwrites_nothing(
    join: Join, start: Start, tmp_path: Path
) -> None:
    source, collected = tmp_path / "source", tmp_path / "collected"
    (source / "album" / "inner").mkdir(parents=True)
    (source / "album" / "inner" / "song").write_bytes(b"la")
    (source / "notes.txt").write_bytes(b"first")
    collected.mkdir()
    (collected / "notes.txt").write_bytes(b"mine")
    alice = await join("alice")
    await alice.provide(source / "notes.txt")
    collector = await start("collector.py", "--folder", collected)
    assert await collector.line() == f"saved {collected / 'notes (2).txt'}"
    await alice.provide(source / "album")
    assert await collector.line() == f"saved {collected / 'album'}"
    bob = await join("bob")
    (source / "notes.txt").write_bytes(b"second")
    await bob.provide(source / "notes.txt")
    assert await collector.line() == f"saved {collected / 'notes (3).txt'}"
    assert await collector.end(interrupt=True) == (130, "")
    files = {str(path.relative_to(collected)): path.read_bytes() for path in collected.rglob("*") if path.is_file()}
    assert files == {
        "notes.txt": b"mine",
        "notes (2).txt": b"first",
        "notes (3).txt": b"second",
        "album/inner/song": b"la",
    }


async def test_collector_survives_files_that_fail_and_names_that_reach_outside(
    join: Join, start: Start, tmp_path: Path
) -> None:
    alice = await join("alice")
    broken, good = tmp_path / "broken", tmp_path / "good"
    broken.write_bytes(b"as offered")
    good.write_bytes(b"good")
    await alice.provide(broken)
    broken.write_bytes(b"something else by now")
    collected = tmp_path / "collected"
    collector = await start("collector.py", "--folder", collected)
    await peer_of(alice, "collector")
    await event_in(alice, TransferEnded)
    await alice.provide(FileSource(good, "../../\x1b[2Jgood"))
    assert await collector.line() == f"saved {collected / '[2Jgood'}"
    _, said = await collector.end(interrupt=True)
    assert said == "broken: the transfer was cut short\n"
    assert [path.name for path in collected.iterdir()] == ["[2Jgood"]


# The recorder


SEND_FRAMES = "(number) => probe.growing('outbound-rtp', 'video', 'framesSent', number, 1, 20000)"


@pytest.mark.slow
@pytest.mark.parametrize("how", ["interrupted", "left", "withdrawn"])
async def test_recorder_records_a_camera(start: Start, server: Server, secret: str, tmp_path: Path, how: str) -> None:
    file = tmp_path / "camera.webm"
    async with async_playwright() as playwright:
        browser = await browsers.launch(playwright)
        person = await Person.arrive("alice", browser)
        await person.join(server.url, secret)
        recorder = await start("recorder.py", "--file", file)
        await person.press("Camera")
        assert await recorder.line() == f"recording to {file}"
        assert await person.page.evaluate(SEND_FRAMES, 60)
        if how == "withdrawn":
            await person.stop_sharing("Camera")
        elif how == "left":
            await person.page.close()
        code, said = await recorder.end(interrupt=how == "interrupted")
        await browser.close()
    assert (code, said) == (130 if how == "interrupted" else 0, "")
    frames, seconds = decoded(file)
    assert seconds > 1
    assert len(set(frames)) > 1


async def test_recorder_replaces_no_file(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "precious.webm"
    file.write_bytes(b"precious")
    recorder = await start("recorder.py", "--file", file)
    assert await recorder.end() == (1, f"{file} exists already\n")
    assert file.read_bytes() == b"precious"


def decoded(path: Path) -> tuple[list[bytes], float]:
    """All pictures of a file by their brightness, and the time of the last one."""
    with av.open(path) as container:
        frames = list(container.decode(video=0)) if container.streams.video else []
    return [bytes(frame.planes[0]) for frame in frames], frames[-1].time if frames else 0
