# SPDX-License-Identifier: AGPL-3.0-only
"""TURN credentials that end are made anew before a connection needs them."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from keks_meet.client.ice_servers import IceConfig, IceServer, IceServers
from keks_meet.client.tasks import Tasks

Fetch = Callable[[], Awaitable[IceConfig | None]]


def config(user: str, valid_seconds: float | None = 3600) -> IceConfig:
    return IceConfig((IceServer("turn:t:1", user, "credential"),), valid_seconds)


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


class Answers:
    """What a server answers, one after the other."""

    def __init__(self, *answers: IceConfig | None) -> None:
        self.left = list(answers)
        self.asked = 0

    async def __call__(self) -> IceConfig | None:
        self.asked += 1
        await asyncio.sleep(0)
        return self.left.pop(0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_those_that_last_are_used_as_they_are(clock: Clock) -> None:
    servers = IceServers(config("first"), Answers(), Tasks(), clock)
    clock.now += 3600 - 601
    assert servers.renewal() is None
    assert servers.servers[0].username == "first"


async def test_those_that_end_within_ten_minutes_are_made_anew_once_for_all_who_need_them(clock: Clock) -> None:
    answers = Answers(config("second"), config("third"))
    servers = IceServers(config("first"), answers, Tasks(), clock)
    clock.now += 3600 - 600
    one, other = servers.renewal(), servers.renewal()
    assert one is not None
    assert one is other
    await one
    assert (answers.asked, servers.servers[0].username) == (1, "second")
    assert servers.renewal() is None
    clock.now += 3001
    again = servers.renewal()
    assert again is not None
    await again
    assert servers.servers[0].username == "third"


@pytest.mark.parametrize("answer", [None, IceConfig()])
async def test_without_an_answer_the_old_ones_are_tried_and_the_next_one_asks_again(
    clock: Clock, answer: IceConfig | None
) -> None:
    answers = Answers(answer, config("second"))
    servers = IceServers(config("first"), answers, Tasks(), clock)
    clock.now += 4000
    for expected in ("first", "second"):
        renewal = servers.renewal()
        assert renewal is not None
        await renewal
        assert servers.servers[0].username == expected


async def test_a_server_that_does_not_answer_is_not_waited_for_long(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keks_meet.client.ice_servers._PATIENCE_SECONDS", 0.01)

    async def never() -> IceConfig | None:
        await asyncio.Event().wait()
        return None

    servers = IceServers(config("first"), never, Tasks(), clock)
    clock.now += 4000
    renewal = servers.renewal()
    assert renewal is not None
    await renewal
    assert servers.servers[0].username == "first"


async def test_fixed_credentials_are_never_asked_for_again(clock: Clock) -> None:
    """As those of the original's server."""
    servers = IceServers(config("fixed", valid_seconds=None), Answers(), Tasks(), clock)
    clock.now += 1e9
    assert servers.renewal() is None
