# SPDX-License-Identifier: AGPL-3.0-only
"""What is said of addresses, STUN, metrics and open files."""

import pytest

from keks_meet.protocol.limits import Limits
from keks_meet.server.addresses import Address
from keks_meet.server.check.findings import Level
from keks_meet.server.check.ports import (
    Port,
    about_all_metrics,
    about_metrics,
    about_open_files,
    about_port,
    about_stun,
    clash,
)
from keks_meet.server.config import Config, WebRtc

HERE, EVERYWHERE = Address("127.0.0.1", 24319), Address("::", 24319)


@pytest.mark.parametrize(
    ("found", "level"),
    [
        (Port.FREE, Level.OK),
        (Port.OURS, Level.OK),
        (Port.TAKEN, Level.PROBLEM),
        ("cannot listen on x: that needs more rights", Level.PROBLEM),
    ],
)
def test_a_port(found: Port | str, level: Level) -> None:
    said = about_port("HTTP", HERE, found, "server.bind")
    assert said.level is level
    assert ("server.bind" in said.advice) == (level is Level.PROBLEM)


@pytest.mark.parametrize(
    ("address", "stun", "levels"),
    [
        (EVERYWHERE, None, []),
        (HERE, None, [Level.WARNING]),
        (None, None, [Level.WARNING]),
        (HERE, "stun:a:1", [Level.OK]),
        (None, "stun:a:1", [Level.OK]),
    ],
)
def test_stun(address: Address | None, stun: str | None, levels: list[Level]) -> None:
    found = about_stun(Config(webrtc=WebRtc(stun=stun)), address)
    assert [finding.level for finding in found] == levels


def test_metrics_that_others_reach_are_noted() -> None:
    assert about_metrics(HERE) == []
    assert [finding.level for finding in about_metrics(EVERYWHERE)] == [Level.NOTE]


@pytest.mark.parametrize(
    ("metrics", "server", "is_one"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "0.0.0.0", True),
        ("::", "127.0.0.1", True),
        ("localhost", "127.0.0.1", True),
        ("127.0.0.1", "192.0.2.1", False),
        ("0.0.0.0", "::1", False),
    ],
)
def test_metrics_in_the_place_of_http(metrics: str, server: str, is_one: bool) -> None:
    assert (clash(Address(metrics, 80), Address(server, 80)) is not None) == is_one
    assert clash(Address(metrics, 81), Address(server, 80)) is None
    assert clash(Address(metrics, 0), Address(server, 0)) is None, "the system draws two"


def test_metrics_of_all_workers_are_one_finding_while_they_are_right() -> None:
    free, taken = (about_port("metrics", HERE, found, "metrics.bind") for found in (Port.FREE, Port.TAKEN))
    assert about_all_metrics([free]) == [free]
    (said,) = about_all_metrics([free, free, free])
    assert said.level is Level.OK
    assert "the 2 ports after it" in said.what
    assert about_all_metrics([free, taken, free]) == [taken]


@pytest.mark.parametrize(
    ("allowed", "level"), [(None, Level.OK), (6120, Level.OK), (6119, Level.WARNING), (1024, Level.WARNING)]
)
def test_open_files(allowed: int | None, level: Level) -> None:
    found = about_open_files(Limits(), allowed)
    assert found.level is level
    assert ("LimitNOFILE=6120" in found.advice) == (level is Level.WARNING)
