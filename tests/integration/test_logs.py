# SPDX-License-Identifier: AGPL-3.0-only
"""Nothing of a secret reaches a log: neither a path, nor a query, nor more of a room hash than its beginning."""

import datetime
import json
from typing import Any

import aiohttp
import pytest

SECRET = "sesame-open-wide"  # noqa: S105 - what must not be found
HASH = "0123456789abcdef" * 4


async def test_no_secret_in_the_log(command: Any, session: aiohttp.ClientSession, connect: Any, dial: Any) -> None:
    server = command.start("", "--verbose")
    for path in (f"/room/{SECRET}", f"/{SECRET}", f"/room?{SECRET}", f"/assets/{SECRET}", f"/signaling?{SECRET}"):
        async with session.get(server.url + path, allow_redirects=False) as answer:
            assert answer.status in {200, 301, 400, 404}
    client = await connect(server)
    await client.join(HASH)
    await client.socket.close()
    log = await _ended(server)
    assert SECRET not in log
    assert HASH[:8] in log
    assert HASH[:9] not in log
    assert "/room/… answered 301" in log


@pytest.mark.parametrize("fixture", ["server", "silent_server"])
@pytest.mark.parametrize(
    "request_",
    [
        b"GET /room/%s HTTP/9\r\n\r\n",
        b"GET /room/%s\r\n\r\n",
        b"GET /room/%s HTTP/1.1\r\nbroken header %s\r\n\r\n",
        b"GET /room/%s HTTP/1.1\r\nContent-Length: %s\r\n\r\n",
        b"%s",
        b"GET http://[/room/%s HTTP/1.1\r\n\r\n",
        b"GET /room/" + b"%s" * 1000 + b" HTTP/1.1\r\n\r\n",
        b"BREW /room/%s HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /room/%s\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /room/%s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%s\r\n",
        b"GET /signaling?%s HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\nOrigin: %s\r\n\r\n",
        b"GET /signaling HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Protocol: %s\r\n\r\n",
    ],
)
async def test_no_secret_in_the_log_of_broken_http(
    request: pytest.FixtureRequest, dial: Any, request_: bytes, fixture: str
) -> None:
    server = request.getfixturevalue(fixture)
    reader, writer = await dial(server)
    writer.write(request_.replace(b"%s", SECRET.encode()))
    writer.write_eof()
    await reader.read()
    async with aiohttp.ClientSession() as session, session.get(f"{server.url}/version") as answer:
        assert answer.status == 200, "the server goes on"
    assert SECRET not in server.log()


async def test_json_logs(command: Any, session: aiohttp.ClientSession, connect: Any) -> None:
    """Each line is an object with the same words, on standard output too; and they tell no more secrets than others."""
    server = command.start("", "--json-logs", "--verbose")
    async with session.get(f"{server.url}/room/{SECRET}", allow_redirects=False):
        pass
    client = await connect(server)
    await client.join(HASH)
    await client.socket.close()
    log = await _ended(server)
    lines = [json.loads(line) for line in log.splitlines()]
    assert all(set(line) == {"time", "level", "logger", "message"} for line in lines)
    said = {line["message"]: line for line in lines}
    assert said["/room/… answered 301"]["level"] == "debug"
    assert said["told to end"]["logger"] == "keks_meet.server.command"
    ended = datetime.datetime.fromisoformat(said["told to end"]["time"])
    assert abs(datetime.datetime.now(datetime.UTC) - ended) < datetime.timedelta(minutes=5)
    assert server.announcement["message"] == f"keks-meet 0.1.0 is ready: open {server.url}"
    assert SECRET not in log
    assert HASH[:9] not in log


def test_mistakes_of_the_configuration_in_json(command: Any) -> None:
    code, output = command.fail("[sever]", "--json-logs")
    assert code == 2
    assert json.loads(output)["level"] == "error"


async def _ended(server: Any) -> str:
    assert server.stop() == 0
    log: str = server.log()
    return log
