# SPDX-License-Identifier: AGPL-3.0-only
"""Tasks that nobody waits for."""

import asyncio
import logging

import pytest

from keks_meet.server import tasks


async def failing() -> None:
    raise ValueError("a secret")


async def test_a_task_that_fails_says_so_without_words_of_others(caplog: pytest.LogCaptureFixture) -> None:
    await asyncio.wait([tasks.start(failing())])
    await asyncio.sleep(0)
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage().startswith("failing has failed: ValueError ")
    assert "secret" not in record.getMessage()


async def test_one_that_ends_or_is_cancelled_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    for task in (tasks.start(asyncio.sleep(0)), tasks.start(asyncio.sleep(60))):
        await asyncio.wait([task], timeout=0)
        task.cancel()
        await asyncio.wait([task])
    await asyncio.sleep(0)
    assert not caplog.records
