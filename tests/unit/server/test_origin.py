# SPDX-License-Identifier: AGPL-3.0-only
"""Which pages may connect."""

import pytest

from keks_meet.server.origin import is_allowed, is_own_name


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
    assert is_allowed(origin, host, ["https://friend.example"]) == allowed


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
