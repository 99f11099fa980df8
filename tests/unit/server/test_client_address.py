# SPDX-License-Identifier: AGPL-3.0-only
"""Which address a request counts for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keks_meet.server.client_address import ForwardedHeader, Proxies, read_network

TRUSTED = [read_network(text) for text in ("127.0.0.0/8", "::1", "10.0.0.0/8", "2001:db8:aaaa::/48")]


def counted(peer: str | None, *lines: str, header: ForwardedHeader = "X-Forwarded-For") -> str | None:
    return Proxies(TRUSTED, header).counted_address(peer, lines)


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("127.0.0.1", None),
        ("::ffff:127.0.0.1", None),
        (None, None),
    ],
)
def test_without_a_header(peer: str | None, address: str | None) -> None:
    """A trusted proxy that tells nothing stands for everybody."""
    assert counted(peer) == address


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("198.51.100.7, 192.0.2.1", "192.0.2.1"),
        ("198.51.100.7,192.0.2.1 , 10.0.0.1,127.0.0.1", "192.0.2.1"),
        ("192.0.2.1:4711", "192.0.2.1"),
        ("[2001:db8:1:2::3]:4711", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::3]", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::3", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("192.0.2.1,", "192.0.2.1"),
        ("192.0.2.1, nonsense", "127.0.0.1"),
        ("192.0.2.1, unknown, 10.0.0.1", "10.0.0.1"),
        ("10.0.0.2, 10.0.0.1", "10.0.0.2"),
        ("1.2.3.4.5", "127.0.0.1"),
        (" , ", None),
    ],
)
def test_x_forwarded_for(told: str, address: str | None) -> None:
    """The right-most address that is not of a trusted proxy counts; what cannot be read counts for who wrote it."""
    assert counted("127.0.0.1", told) == address


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("for=192.0.2.1", "192.0.2.1"),
        ("For=198.51.100.7;proto=http, for=192.0.2.1;by=10.0.0.1;host=example.org", "192.0.2.1"),
        ('for="192.0.2.1:4711"', "192.0.2.1"),
        ('for="[2001:db8:1:2::3]:4711"', "2001:db8:1:2::/64"),
        ('by=10.0.0.1 ; for="[2001:db8:1:2::3]"', "2001:db8:1:2::/64"),
        ('for="open, for=192.0.2.1', "192.0.2.1"),
        ("for=192.0.2.1, for=_hidden", "127.0.0.1"),
        ("for=192.0.2.1, for=unknown", "127.0.0.1"),
        ("for=192.0.2.1, for=10.0.0.1, by=10.0.0.3", "127.0.0.1"),
        ("for=192.0.2.1;for=198.51.100.7", "127.0.0.1"),
        ("192.0.2.1", "127.0.0.1"),
    ],
)
def test_forwarded(told: str, address: str) -> None:
    """As RFC 7239 writes it."""
    assert counted("127.0.0.1", told, header="Forwarded") == address


def test_several_lines_are_one_list() -> None:
    assert counted("10.1.1.1", "198.51.100.7, 192.0.2.1", "10.0.0.1") == "192.0.2.1"


def test_a_unix_socket_is_a_proxy() -> None:
    assert counted(None, "192.0.2.1") == "192.0.2.1"
    assert counted(None, "nonsense") == "a local socket"


@given(st.lists(st.text(max_size=60), max_size=4), st.sampled_from(["X-Forwarded-For", "Forwarded"]))
def test_whatever_a_stranger_writes_is_ignored(lines: list[str], header: ForwardedHeader) -> None:
    assert counted("192.0.2.1", *lines, header=header) == "192.0.2.1"


@given(st.text(max_size=200), st.sampled_from(["X-Forwarded-For", "Forwarded"]))
def test_whatever_a_client_writes_before_the_proxy_is_ignored(made_up: str, header: ForwardedHeader) -> None:
    told = "192.0.2.1" if header == "X-Forwarded-For" else 'for="192.0.2.1"'
    assert counted("127.0.0.1", f"{made_up}, {told}", header=header) == "192.0.2.1"
    assert counted("127.0.0.1", made_up, told, header=header) == "192.0.2.1"
