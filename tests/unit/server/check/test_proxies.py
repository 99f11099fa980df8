# SPDX-License-Identifier: AGPL-3.0-only
"""What is said of reverse proxies, and of a site as it is reached through them."""

from typing import Any

import pytest

from keks_meet.server.check.findings import Finding, Level
from keks_meet.server.check.proxies import (
    Arrival,
    SiteAnswer,
    about_arrival,
    about_proxies,
    about_site,
    about_told_stun,
    forged,
)
from keks_meet.server.config import Config, Server

URL = "https://a.example"
FINE = {"peer": "127.0.0.1", "host": "a.example", "forwarded": ("203.0.113.77, 192.0.2.1",), "upgrade": "websocket"}


def arrival(**other: Any) -> Arrival:
    return Arrival(**(FINE | other))


def config(**server: Any) -> Config:
    return Config(server=Server(**server))


def only(found: list[Finding]) -> Finding:
    assert len(found) == 1, found
    return found[0]


def test_a_proxy_that_passes_on_what_matters() -> None:
    assert only(about_arrival(config(), URL, arrival())).level is Level.OK
    assert only(about_arrival(config(), URL, arrival(forwarded=("127.0.0.1",)))).level is Level.OK
    assert only(about_arrival(config(), f"{URL}:444", arrival(host="a.example:444"))).level is Level.OK


@pytest.mark.parametrize(
    ("server", "other", "level", "said"),
    [
        ({}, {"host": "127.0.0.1:24319"}, Level.PROBLEM, "pass on the Host header"),
        ({"origins": (URL,)}, {"host": "127.0.0.1:24319"}, Level.OK, ""),
        ({"names": ("b.example",)}, {}, Level.PROBLEM, "add that name there"),
        ({}, {"upgrade": ""}, Level.PROBLEM, "HTTP 1.1"),
        ({}, {"forwarded": ()}, Level.WARNING, "have it set X-Forwarded-For"),
        ({}, {"forwarded": ("203.0.113.77",)}, Level.PROBLEM, "have it set or extend"),
        ({}, {"peer": "10.0.0.9"}, Level.PROBLEM, 'add "10.0.0.9" to trusted_proxies'),
        ({"trusted_proxies": ("10.0.0.0/8",)}, {"peer": "10.0.0.9"}, Level.OK, ""),
        (
            {"forwarded_header": "Forwarded"},
            {"forwarded": (forged("Forwarded"),)},
            Level.PROBLEM,
            "have it set or extend Forwarded",
        ),
        ({"tls_cert": "a", "tls_key": "b"}, {"peer": "10.0.0.9", "forwarded": ()}, Level.OK, ""),
    ],
)
def test_what_a_proxy_gets_wrong(server: dict[str, Any], other: dict[str, Any], level: Level, said: str) -> None:
    found = only(about_arrival(config(**server), URL, arrival(**other)))
    assert found.level is level
    assert said in found.advice


@pytest.mark.parametrize(
    ("server", "levels"),
    [
        ({}, []),
        ({"trusted_proxies": ("0.0.0.0/0",)}, [Level.PROBLEM]),
        ({"trusted_proxies": ()}, [Level.WARNING]),
        ({"trusted_proxies": ("10.0.0.0/8",)}, [Level.WARNING]),
        ({"trusted_proxies": (), "bind": "0.0.0.0:24319"}, []),
        ({"trusted_proxies": ("127.0.0.1",), "bind": "[::1]:24319"}, [Level.WARNING]),
    ],
)
def test_whom_the_configuration_believes(server: dict[str, Any], levels: list[Level]) -> None:
    assert [finding.level for finding in about_proxies(config(**server))] == levels


@pytest.mark.parametrize(
    ("answer", "level", "said"),
    [
        (SiteAnswer(status=200, is_ours=True, websocket=101), Level.OK, ""),
        (SiteAnswer(error="no such name"), Level.PROBLEM, "the name leads here"),
        (SiteAnswer(status=502), Level.PROBLEM, "where the proxy leads to"),
        (SiteAnswer(status=421), Level.PROBLEM, "server.names"),
        (SiteAnswer(status=200, is_ours=True, websocket=403), Level.PROBLEM, "Host header"),
        (SiteAnswer(status=200, is_ours=True, websocket=400), Level.PROBLEM, "Upgrade"),
    ],
)
def test_a_site(answer: SiteAnswer, level: Level, said: str) -> None:
    found = only(about_site(URL, answer))
    assert found.level is level
    assert said in found.advice


@pytest.mark.parametrize(
    ("stun", "answers", "level"),
    [(None, False, Level.WARNING), ("stun:a:1", False, Level.WARNING), ("stun:a:1", True, Level.OK)],
)
def test_the_stun_server_that_pages_are_told_of(stun: str | None, answers: bool, level: Level) -> None:
    assert about_told_stun(URL, stun, answers=answers).level is level
