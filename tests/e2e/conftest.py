# SPDX-License-Identifier: AGPL-3.0-only
"""Servers, browsers and people for end-to-end tests. All of these tests share one event loop and one browser."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Playwright, async_playwright

from tests.e2e.harness import browsers
from tests.e2e.harness.person import Person
from tests.e2e.harness.server import Server

HERE = Path(__file__).parent
CLOSE_SECONDS = 20

Arrive = Callable[..., Awaitable[Person]]
Meet = Callable[..., Awaitable[list[Person]]]
MakeServer = Callable[..., Awaitable[Server]]
LaunchBrowser = Callable[..., Awaitable[Browser]]
MakeFile = Callable[..., Path]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def playwright() -> AsyncIterator[Playwright]:
    async with async_playwright() as started:
        yield started


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(playwright: Playwright) -> AsyncIterator[Browser]:
    launched = await browsers.launch(playwright)
    yield launched
    await launched.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser_with(playwright: Playwright) -> AsyncIterator[LaunchBrowser]:
    """A browser with other devices or another network, which tests share that want the same."""
    launched: dict[str, Browser] = {}

    async def share(**differences: Any) -> Browser:
        kind = repr(sorted(differences.items()))
        if kind not in launched:
            launched[kind] = await browsers.launch(playwright, **differences)
        return launched[kind]

    yield share
    await close_all(each.close for each in launched.values())


@pytest_asyncio.fixture(loop_scope="session")
async def launch(playwright: Playwright) -> AsyncIterator[LaunchBrowser]:
    """Start a browser of the test's own."""
    launched: list[Browser] = []

    async def start(**differences: Any) -> Browser:
        launched.append(await browsers.launch(playwright, **differences))
        return launched[-1]

    yield start
    await close_all(each.close for each in launched)


async def close_all(closings: Iterable[Callable[[], Awaitable[None]]]) -> None:
    """Close all of them, even if one fails, or a browser does not answer any more."""
    async with AsyncExitStack() as stack:
        for close in closings:
            stack.push_async_callback(_close, close)


async def _close(close: Callable[[], Awaitable[None]]) -> None:
    async with asyncio.timeout(CLOSE_SECONDS):
        await close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """The server that tests share which do nothing to it."""
    started = Server(tmp_path_factory.mktemp("server"))
    await started.start()
    yield started
    await started.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def make_server(tmp_path: Path) -> AsyncIterator[MakeServer]:
    """Start a server of the test's own; keyword arguments are sections of its configuration."""
    made: list[Server] = []

    async def make(**settings: dict[str, Any]) -> Server:
        made.append(Server(tmp_path, settings))
        await made[-1].start()
        return made[-1]

    yield make
    await close_all(each.stop for each in made)


@pytest.fixture
def secret() -> str:
    """A room's secret as the start page makes them."""
    return f"Test room#{secrets.token_hex(32)}"


@pytest_asyncio.fixture(loop_scope="session")
async def arrive(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Arrive]:
    """A person with an empty page. No page may have an uncaught error, or load what its policy forbids."""
    people: list[Person] = []
    quick_keys = request.node.get_closest_marker("programs") is None

    async def come(name: str, where: Browser = browser, **options: Any) -> Person:
        people.append(await Person.arrive(name, where, quick_keys=quick_keys, **options))
        return people[-1]

    yield come
    errors = [error for person in people for error in person.errors]
    await close_all(person.context.close for person in people)
    assert not errors


@pytest.fixture
def meet(arrive: Arrive, server: Server, secret: str) -> Meet:
    """People who have joined the same room, and see each other."""

    async def come(*names: str, origin: str = server.url) -> list[Person]:
        people = [await arrive(name) for name in names]
        for person in people:
            await person.join(origin, secret)
        for person in people:
            await person.expect_people(*(name for name in names if name != person.name))
        return people

    return come


@pytest.fixture
def make_file(tmp_path: Path) -> MakeFile:
    """Make a file of random bytes, or a sparse one that is too large to arrive soon."""

    def make(name: str, size: int, *, is_sparse: bool = False) -> Path:
        path = tmp_path / name
        if is_sparse:
            with path.open("wb") as file:
                file.truncate(size)
        else:
            path.write_bytes(os.urandom(size))
        return path

    return make
