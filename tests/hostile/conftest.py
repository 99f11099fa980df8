# SPDX-License-Identifier: AGPL-3.0-only
"""Rooms whose server, or one of whose members, cheats."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from keks_meet.client.room import Room
from keks_meet.session import limits
from tests.e2e.harness.server import Server
from tests.hostile.proxy import HostileServer
from tests.native import conftest as native
from tests.native.conftest import Join

HERE = Path(__file__).parent
# The honest server behind the one that cheats, and a room of each test's own.
server, secret = native.server, native.secret


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(loop_scope="session")
async def hostile(server: Server, secret: str) -> AsyncIterator[HostileServer]:
    """A server that cheats as the test says."""
    async with HostileServer(server.url, secret).running() as made:
        yield made


@pytest.fixture
def short_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let new keys be asked for soon, so that no test waits for five seconds."""
    monkeypatch.setattr(limits, "GAP_MS", 200)


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let rosters be said soon and often, so that no test waits for minutes."""
    monkeypatch.setattr(limits, "ROSTER_CHANGE_MS", 100)
    monkeypatch.setattr(limits, "ROSTER_MS", 100)
    monkeypatch.setattr(limits, "ROSTER_MEMBER_MS", 1)


@pytest_asyncio.fixture(loop_scope="session")
async def join(hostile: HostileServer, secret: str) -> AsyncIterator[Join]:
    """Join the test's room through the server that cheats; everybody leaves when the test ends."""
    async with AsyncExitStack() as stack:

        async def enter(username: str) -> Room:
            return await stack.enter_async_context(Room(secret, server=hostile.url, username=username))

        yield enter
