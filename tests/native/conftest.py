# SPDX-License-Identifier: AGPL-3.0-only
"""Real servers, rooms joined from this process, and files. Runs where there is but a loopback interface."""

import functools
import os
import secrets
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import webrtc

from keks_meet.client.direct.meeting import Meeting
from keks_meet.client.direct.sending_line import SendingLine
from keks_meet.client.direct.ways import DirectWays
from keks_meet.client.room import Room
from keks_meet.crypto import room_keys
from keks_meet.protocol.fields import SocketAddress
from tests.e2e.harness.relay import Relay
from tests.e2e.harness.server import Server
from tests.native.rift import Rift, Start

HERE = Path(__file__).parent
webrtc.allow_loopback()
# Tests started in the background may have it ignored, which the programs that they start would inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)
# Those who meet in this process derive the same keys, which takes its time on purpose: once for each room is enough.
room_keys._stretch = functools.cache(room_keys._stretch)

Join = Callable[..., Awaitable[Room]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """The server that tests share which do nothing to it."""
    made = Server(tmp_path_factory.mktemp("server"))
    await made.start()
    yield made
    await made.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def own_server(tmp_path: Path) -> AsyncIterator[Server]:
    """A server that a test may kill."""
    made = Server(tmp_path)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def secret() -> str:
    """A room of the test's own, that nobody is warned of."""
    return secrets.token_hex(32)


@pytest.fixture
def rift(server: Server, secret: str) -> Start:
    """Make processes of `rift` in the test's room."""

    def make(*words: str | os.PathLike[str], **options: Any) -> Rift:
        return Rift(*words, **{"server": server.url, "secret": secret, **options})

    return make


@pytest_asyncio.fixture(loop_scope="session")
async def join(server: Server, secret: str) -> AsyncIterator[Join]:
    """Join the test's room under a name; everybody leaves when the test ends."""
    async with AsyncExitStack() as stack:

        async def enter(username: str, **options: Any) -> Room:
            room = Room(secret, username=username, **{"server": server.url, **options})
            return await stack.enter_async_context(room)

        yield enter


@pytest_asyncio.fixture(loop_scope="session")
async def alice(join: Join) -> Room:
    """Who usually has something to offer."""
    return await join("alice")


@pytest_asyncio.fixture(loop_scope="session")
async def bob(join: Join) -> Room:
    """Who usually wants it."""
    return await join("bob")


@pytest_asyncio.fixture(loop_scope="session")
async def relays(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[Relay]]:
    """All direct connections go through these."""
    made: list[Relay] = []
    async with AsyncExitStack() as stack:
        listen = DirectWays.meeting

        async def behind_relay(*args: object) -> Meeting:
            meeting = await listen(*args)  # type: ignore[arg-type]
            for number, address in enumerate(meeting._seen):
                made.append(await stack.enter_async_context(Relay(address.port)))
                meeting._seen[number] = SocketAddress("127.0.0.1", made[-1].port)
            return meeting

        monkeypatch.setattr(DirectWays, "meeting", behind_relay)
        yield made


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[SendingLine]:
    """All lines of senders."""
    made: list[SendingLine] = []
    begin = SendingLine.__init__

    def noted(self: SendingLine, *args: Any, **more: Any) -> None:
        begin(self, *args, **more)
        made.append(self)

    monkeypatch.setattr(SendingLine, "__init__", noted)
    return made
