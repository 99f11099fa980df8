# SPDX-License-Identifier: AGPL-3.0-only
"""The bus when NATS fails; `tests/integration` has it with a real one."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from keks_meet.errors import ConfigError
from keks_meet.server.cluster import bus
from keks_meet.server.cluster.bus import Bus, try_nats
from keks_meet.server.cluster.troubles import NoTls
from keks_meet.server.config import Cluster


class Nats:
    """Stands for the library's clients; the first ones fail as they are told to."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.clients: list[Any] = []

    def __call__(self) -> "Client":
        self.clients.append(Client(self.failures.pop(0) if self.failures else None))
        return self.clients[-1]


class Client:
    max_payload = 1 << 20
    is_connected = True

    def __init__(self, failure: Exception | None) -> None:
        self.failure = failure
        self.is_closed = False
        self.hears: list[Any] = []

    async def connect(self, *_servers: Any, **_options: Any) -> None:
        pass

    async def subscribe(self, _subject: str, cb: Any) -> None:
        self.hears.append(cb)
        if self.failure is not None:
            raise self.failure

    async def flush(self) -> None:
        pass

    async def close(self) -> None:
        self.is_closed = True


async def test_there_is_one_client_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that has failed would go on by itself, and bring everything twice."""
    monkeypatch.setattr(bus, "_Client", nats := Nats(OSError()))
    monkeypatch.setattr(bus, "_AGAIN_SECONDS", 0)
    heard: list[bytes] = []
    over = Bus(Cluster(nats="nats://127.0.0.1:1"), 1, 1, heard.append, heard.append)
    assert not await over.start(5)
    async with asyncio.timeout(5):
        while len(nats.clients) < 2 or len(nats.clients[1].hears) < 2:  # noqa: ASYNC110 - it is only a few turns
            await asyncio.sleep(0)
    first, second = nats.clients
    assert first.is_closed
    assert not second.is_closed
    await first.hears[0](SimpleNamespace(data=b"late"))
    await second.hears[0](SimpleNamespace(data=b"now"))
    assert heard == [b"now"]
    await over.stop()


async def test_an_authority_that_is_not_there_is_told() -> None:
    """It will not come to be by waiting."""
    config = Cluster(nats="tls://127.0.0.1:1", tls_ca="/nonexistent")
    over = Bus(config, 1, 1, lambda _: None, lambda _: None)
    with pytest.raises(ConfigError, match="tls_ca"):
        await over.start(5)
    await over.stop()


async def test_a_failure_is_told_in_words_and_once(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    monkeypatch.setattr(bus, "_Client", nats := Nats(NoTls(), NoTls()))
    monkeypatch.setattr(bus, "_AGAIN_SECONDS", 0)
    over = Bus(Cluster(nats="tls://127.0.0.1:1"), 1, 1, lambda _: None, lambda _: None)
    await over.start(5)
    async with asyncio.timeout(5):
        while len(nats.clients) < 3:  # noqa: ASYNC110 - it is only a few turns
            await asyncio.sleep(0)
    await over.stop()
    assert [line for line in caplog.messages if "speaks no TLS, and tls:// wants that; give" in line] == [
        line for line in caplog.messages if line.startswith("NATS fails: ")
    ]
    assert caplog.text.count("NATS fails: ") == 1


async def test_a_trial_ends_at_the_first_failure_and_with_another_program() -> None:
    """The library itself would go on."""

    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0\r\n")
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as other:
        url = f"nats://127.0.0.1:{other.sockets[0].getsockname()[1]}"
        trouble = await try_nats(Cluster(nats=url), url, 1)
    assert trouble is not None
    assert trouble.what == "it does not answer as NATS does"
