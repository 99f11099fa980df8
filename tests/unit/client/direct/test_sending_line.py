# SPDX-License-Identifier: AGPL-3.0-only
"""What a sender does when TCP is over: each byte goes over the channel, in messages that it takes [F16]."""

import asyncio
import json
import os

import pytest

from keks_meet.client.direct.sending_line import SendingLine
from keks_meet.client.direct.ways import DirectWays
from keks_meet.client.rate_limit import RateLimit
from keks_meet.client.tasks import Tasks
from keks_meet.errors import ChannelClosed
from keks_meet.session import limits
from tests.unit.client.files.fakes import FakeChannel, until

CONTENT = os.urandom(400_000)


def switched(channel: FakeChannel, limit: RateLimit | None = None) -> SendingLine:
    """Return a line of which 100 000 bytes went over the channel, and all else over TCP."""
    line = SendingLine(channel.channel, 1, DirectWays(Tasks(), lambda _: ""), limit)
    line._ways.give_to_channel(100_000)
    line._ways.switch()
    for at in range(100_000, len(CONTENT), 100_000):
        line._ways.give_to_tcp(memoryview(CONTENT)[at : at + 100_000])
    return line


@pytest.mark.parametrize("limit", [None, RateLimit(100_000_000)])
async def test_messages_are_as_the_channel_takes_them(limit: RateLimit | None) -> None:
    channel = FakeChannel()
    line = switched(channel, limit)
    line._heard('{"received": 150000}')
    line._heard('{"back": 260000}')
    await line.send(memoryview(b"end" * 100_000))
    sent = b"".join(each for each in channel.sent if isinstance(each, bytes))
    assert sent == CONTENT[260_000:] + b"end" * 100_000
    assert max(map(len, channel.sent)) <= channel.max_message
    assert not line.is_direct


async def test_a_receiver_that_does_not_say_what_has_come_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BACK_MS", 20)
    channel = FakeChannel()
    line = switched(channel)
    line._break()
    assert json.loads(str(channel.sent[-1])) == {"back": len(CONTENT)}
    # Nothing more is kept meanwhile.
    sending = asyncio.create_task(line.send(memoryview(CONTENT)))
    await until(lambda: not channel.is_open)
    channel.on_close()
    with pytest.raises(ChannelClosed):
        await sending
    assert not line._ways._kept


async def test_a_way_is_in_doubt_only_once_the_receiver_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """The word of the switch may wait behind bytes; what has gone over TCP waits as well, then."""
    monkeypatch.setattr(limits, "DIRECT_STALL_MS", 50)
    channel = FakeChannel()
    line = switched(channel)
    line._keep_watch()
    await asyncio.sleep(0.2)  # nothing is to happen
    assert not channel.sent
    line._heard('{"received": 100000}')
    await until(lambda: channel.sent)
    assert json.loads(str(channel.sent[-1])) == {"back": len(CONTENT)}
    line.close()


async def test_a_receiver_that_has_closed_is_no_error_where_everything_is_sent() -> None:
    """The original closes as soon as it has all that was announced: what remains to be said is said to nobody."""
    channel = FakeChannel()
    line = SendingLine(channel.channel, 1, None)
    await line.send(memoryview(CONTENT))
    channel.close()
    await line.drained()
