# SPDX-License-Identifier: AGPL-3.0-only
"""What is said of TURN servers."""

import pytest

from keks_meet.server.check.findings import Level
from keks_meet.server.check.relay import TurnAnswer, TurnWay, about_credentials, about_way
from keks_meet.server.config import WebRtc

SECRET = WebRtc(turn="turn:a:1", turn_secret="a long secret, drawn by chance")
FIXED = WebRtc(turn="turn:a:1", turn_user="ann", turn_cred="x")


@pytest.mark.parametrize(
    ("url", "way"),
    [
        ("turn:a.example", TurnWay("a.example", 3478, "udp", is_tls=False)),
        ("turn:a.example:80?transport=tcp", TurnWay("a.example", 80, "tcp", is_tls=False)),
        ("turns:a.example", TurnWay("a.example", 5349, "tcp", is_tls=True)),
        ("turns:a.example:443?transport=udp", TurnWay("a.example", 443, "udp", is_tls=True)),
        ("turn:[2001:db8::1]:3478", TurnWay("2001:db8::1", 3478, "udp", is_tls=False)),
        ("turn:a:b:c", None),
    ],
)
def test_ways(url: str, way: TurnWay | None) -> None:
    assert TurnWay.parse(url) == way


@pytest.mark.parametrize(
    ("webrtc", "levels"),
    [
        (WebRtc(), [Level.NOTE]),
        (SECRET, []),
        (FIXED, []),
        (WebRtc(turn="turn:a:1"), [Level.PROBLEM]),
        (WebRtc(turn="turn:a:1", turn_user="ann"), [Level.PROBLEM]),
        (WebRtc(turn="turn:a:1", turn_secret="short"), [Level.WARNING]),
    ],
)
def test_credentials(webrtc: WebRtc, levels: list[Level]) -> None:
    assert [finding.level for finding in about_credentials(webrtc)] == levels


@pytest.mark.parametrize(
    ("answer", "webrtc", "level", "advice"),
    [
        (TurnAnswer(relayed="8.8.8.8"), SECRET, Level.OK, ""),
        (TurnAnswer(relayed="10.0.0.1"), SECRET, Level.NOTE, "external-ip"),
        (TurnAnswer(relayed="127.0.0.1"), SECRET, Level.PROBLEM, "external-ip"),
        (TurnAnswer(relayed="::1"), SECRET, Level.PROBLEM, "external-ip"),
        (TurnAnswer(code=401, error="Unauthorized"), SECRET, Level.PROBLEM, "static-auth-secret"),
        (TurnAnswer(code=401, error="Unauthorized"), FIXED, Level.PROBLEM, "lt-cred-mech"),
        (TurnAnswer(code=486, error="Quota"), SECRET, Level.WARNING, "user-quota"),
        (TurnAnswer(code=508, error="Capacity"), SECRET, Level.PROBLEM, "log"),
        (TurnAnswer(error="there is no answer"), SECRET, Level.PROBLEM, "firewall"),
    ],
)
def test_a_way(answer: TurnAnswer, webrtc: WebRtc, level: Level, advice: str) -> None:
    found = about_way("turn:a:1", answer, webrtc)
    assert found.level is level
    assert advice in found.advice
    assert webrtc.turn_secret is None or webrtc.turn_secret not in found.what + found.advice
