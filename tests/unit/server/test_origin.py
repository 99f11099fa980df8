# SPDX-License-Identifier: AGPL-3.0-only
"""Which pages may connect."""

import pytest

from keks_meet.server.origin import is_allowed, is_name_of_metrics, is_own_name


@pytest.mark.parametrize(
    ("origin", "host", "allowed"),
    [
        (None, "example.org", True),
        (None, None, True),
        ("https://example.org", "example.org", True),
        ("https://example.org:443", "example.org", True),
        ("https://example.org", "example.org:443", True),
        ("http://example.org", "example.org:80", True),
        ("https://EXAMPLE.org", "example.ORG", True),
        ("http://[::1]:24319", "[::1]:24319", True),
        ("https://friend.example", "example.org", True),
        ("https://friend.example:443", "example.org", True),
        ("https://other.example", "example.org", True),
        ("https://other.example:8443", "example.org", False),
        ("http://friend.example", "example.org", False),
        ("https://example.org:8443", "example.org", False),
        ("https://evil.example", "example.org", False),
        ("https://example.org.evil.example", "example.org", False),
        ("https://example.org@evil.example", "example.org", False),
        ("file://example.org", "example.org", False),
        ("example.org", "example.org", False),
        ("null", "example.org", False),
        ("", "example.org", False),
        ("https://example.org", None, False),
        ("https://example.org", "", False),
    ],
)
def test_origin(origin: str | None, host: str | None, allowed: bool) -> None:
    assert is_allowed(origin, host, ["https://friend.example", "https://Other.example:443"]) == allowed


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("meet.example.org", True),
        ("Meet.Example.org:443", True),
        ("meet.example.org.", True),
        ("[2001:db8::1]:24319", True),
        ("192.0.2.1", True),
        ("evil.example", False),
        ("meet.example.org.evil.example", False),
        ("example.org", False),
        ("127.0.0.1", False),
        ("", False),
        (None, False),
    ],
)
def test_own_names(host: str | None, own: bool) -> None:
    assert is_own_name(host, ("meet.example.org", "192.0.2.1", "[2001:db8::1]")) == own
    assert is_own_name(host, ())


@pytest.mark.parametrize(
    ("host", "may"),
    [
        (None, True),
        ("127.0.0.1:9464", True),
        ("[::1]:9464", True),
        ("10.1.2.3", True),
        ("LOCALHOST.:9464", True),
        ("meet.example.org:9464", True),
        ("evil.example:9464", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
        ("127.0.0.1, evil.example", False),
    ],
)
def test_by_which_names_numbers_are_told(host: str | None, *, may: bool) -> None:
    """Also when the site itself may be asked by any name."""
    assert is_name_of_metrics(host, ("meet.example.org",)) == may
    assert is_name_of_metrics(host, ()) == (may and host != "meet.example.org:9464")
