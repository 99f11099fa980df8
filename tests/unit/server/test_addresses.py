# SPDX-License-Identifier: AGPL-3.0-only
"""Addresses to listen on and host names."""

import pytest

from keks_meet.server.addresses import Address, HostHeader, is_loopback


@pytest.mark.parametrize("text", ["127.0.0.1:24319", "[::1]:24319", "[::]:0", "localhost:80", "meet.example.org:65535"])
def test_addresses_come_back(text: str) -> None:
    assert str(Address.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "127.0.0.1", ":80", "::1:80", "[::1]", "a:65536", "a b:1", "[x]:1", "[:::]:1", "a:-1"]
)
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"address|At least|expected|permitted|colons"):
        Address.parse(text)


def test_an_address_to_open() -> None:
    assert str(Address.parse("0.0.0.0:80").to_open()) == "127.0.0.1:80"
    assert str(Address.parse("[::]:80").to_open()) == "[::1]:80"
    assert str(Address.parse("192.0.2.1:80").to_open()) == "192.0.2.1:80"


@pytest.mark.parametrize("text", ["", "a/b", "a b", "user@host", "a:b", "[::1", "a\n", "a:123456", "x" * 300])
def test_what_is_no_host(text: str) -> None:
    assert HostHeader.parse(text) is None


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("meet.localhost", True),
        ("127.8.9.1", True),
        ("[::1]", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("example.org", False),
        ("127.0.0.1.example.org", False),
    ],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) == loopback
