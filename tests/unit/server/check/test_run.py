# SPDX-License-Identifier: AGPL-3.0-only
"""The public address that a check is given, and the program that workers need."""

import pytest

from keks_meet.errors import UsageError
from keks_meet.server.check import run
from keks_meet.server.check.findings import Level
from keks_meet.server.check.run import read_url
from keks_meet.server.config import Config, Server


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://meet.example.org", "https://meet.example.org"),
        ("https://example.org/meet/", "https://example.org/meet"),
        ("http://[::1]:24319/", "http://[::1]:24319"),
    ],
)
def test_an_address(text: str, url: str) -> None:
    assert read_url(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "meet.example.org",
        "ftp://meet.example.org",
        "https://",
        "https://[::1",
        "https://a:99999",
        "https://ann:secret@a.example",
        "https://a.example/room#secret",
        "https://a.example/?x",
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(UsageError, match="expected an address such as https://meet"):
        read_url(text)


@pytest.mark.parametrize(("workers", "program", "is_missing"), [(2, None, True), (1, None, False), (2, "/x", False)])
async def test_workers_need_a_program(
    monkeypatch: pytest.MonkeyPatch, workers: int, program: str | None, is_missing: bool
) -> None:
    monkeypatch.setattr(run, "find_program", lambda: program)
    config = Config(server=Server(bind="127.0.0.1:0", stun_bind=""))
    found = [each for each in await run.look(config, None, None, workers) if each.about == "workers"]
    assert [each.level for each in found] == [Level.PROBLEM] * is_missing
    assert all("no program nats-server" in each.what and "install it" in each.advice for each in found)
