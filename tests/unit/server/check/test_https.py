# SPDX-License-Identifier: AGPL-3.0-only
"""What is said of certificates and their names."""

import pytest

from keks_meet.server.addresses import Address
from keks_meet.server.check.findings import Finding, Level
from keks_meet.server.check.https import about_certificate, about_key, about_plain_http
from keks_meet.server.x509 import CertificateFacts

DAY = 86_400
NOW = 1_800_000_000.0


def facts(
    *names: str, begin: float = NOW - DAY, end: float = NOW + 60.5 * DAY, chain: int = 2, self_signed: bool = False
) -> CertificateFacts:
    return CertificateFacts(names, begin, end, self_signed, chain)


def only(found: list[Finding]) -> Finding:
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (("a.example", "b.example"), ["b.example", "a.example"]),
        (("*.example",), ["a.example"]),
        (("2001:db8::1",), ["[2001:db8:0::1]"]),
        (("a.example",), []),
    ],
)
def test_a_good_certificate(names: tuple[str, ...], wanted: list[str]) -> None:
    found = only(about_certificate(facts(*names), wanted, NOW))
    assert found.level is Level.OK
    assert "60 days" in found.what


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (("a.example",), "b.example"),
        (("*.example",), "a.b.example"),
        (("*.example",), "example"),
        (("192.0.2.1",), "192.0.2.2"),
    ],
)
def test_a_certificate_for_another_name(names: tuple[str, ...], wanted: str) -> None:
    found = only(about_certificate(facts(*names), [wanted], NOW))
    assert found.level is Level.PROBLEM
    assert found.what.endswith(f"and not for {wanted}")


@pytest.mark.parametrize(
    ("given", "level", "said"),
    [
        (facts("a", end=NOW - 1), Level.PROBLEM, "has ended on 2027-01-15"),
        (facts("a", begin=NOW + 1), Level.PROBLEM, "not yet"),
        (facts("a", end=NOW + 13 * DAY), Level.WARNING, "ends on 2027-01-28"),
        (facts("a", self_signed=True, chain=1), Level.WARNING, "signed by itself"),
        (facts("a", chain=1), Level.WARNING, "one certificate alone"),
        (facts(), Level.PROBLEM, "for no name"),
    ],
)
def test_what_is_wrong_with_a_certificate(given: CertificateFacts, level: Level, said: str) -> None:
    found = only(about_certificate(given, [], NOW))
    assert found.level is level
    assert said in found.what
    assert found.advice


def test_a_key_that_everybody_can_read() -> None:
    assert about_key("/key.pem", 0o100640) == []
    assert only(about_key("/key.pem", 0o100644)).level is Level.WARNING


@pytest.mark.parametrize(
    ("host", "level"), [("127.0.0.1", Level.NOTE), ("::1", Level.NOTE), ("0.0.0.0", Level.WARNING)]
)
def test_no_certificate(host: str, level: Level) -> None:
    assert about_plain_http(Address(host, 80)).level is level
