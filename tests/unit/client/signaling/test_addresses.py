# SPDX-License-Identifier: AGPL-3.0-only
"""Addresses of servers, as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keks_meet.client.signaling.addresses import ServerAddress
from keks_meet.crypto.room_keys import parse_fragment
from keks_meet.errors import UsageError


@pytest.mark.parametrize(
    ("typed", "signaling", "config"),
    [
        ("ws://127.0.0.1:24319", "ws://127.0.0.1:24319/signaling", "http://127.0.0.1:24319/config.json"),
        ("http://127.0.0.1:24319/", "ws://127.0.0.1:24319/signaling", "http://127.0.0.1:24319/config.json"),
        ("wss://example.org", "wss://example.org/signaling", "https://example.org/config.json"),
        (" HTTPS://example.org\n", "wss://example.org/signaling", "https://example.org/config.json"),
        ("wss://example.org/signaling", "wss://example.org/signaling", "https://example.org/config.json"),
        ("https://example.org/meet/", "wss://example.org/meet/signaling", "https://example.org/meet/config.json"),
        ("wss://a.org:4/x/meet/signaling/", "wss://a.org:4/x/meet/signaling", "https://a.org:4/x/meet/config.json"),
        ("ws://[::1]:24319", "ws://[::1]:24319/signaling", "http://[::1]:24319/config.json"),
        ("localhost:24319", "ws://localhost:24319/signaling", "http://localhost:24319/config.json"),
        ("[::1]:24319/meet", "ws://[::1]:24319/meet/signaling", "http://[::1]:24319/meet/config.json"),
        ("example.org", "wss://example.org/signaling", "https://example.org/config.json"),
        ("example.org:443", "wss://example.org:443/signaling", "https://example.org:443/config.json"),
        ("wss://bücher.example", "wss://bücher.example/signaling", "https://bücher.example/config.json"),
    ],
)
def test_what_people_type(typed: str, signaling: str, config: str) -> None:
    address = ServerAddress.parse(typed)
    assert (address.signaling, address.config) == (signaling, config)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "is empty"),
        ("ws://", "is empty"),
        ("http:///hunter2", "cannot be read"),
        ("-hunter2", "cannot be read"),
        ("ws://hunter2\r\n/x", "cannot be read"),
        ("ws://a\\hunter2", "cannot be read"),
        ("ws://a/\x1b[2Jhunter2", "cannot be read"),
        ("ftp://hunter2", "begins with something else"),
        ("ws://me:hunter2@example.org", "has a user name in it"),
        ("hunter2@example.org", "has a user name in it"),
        ("ws://example.org/?hunter2", "has a ? in it"),
        ("https://example.org/room#hunter2", "has a # in it"),
        ("ws://example.org:65536", "has a port that does not exist"),
        ("ws://example.org:0", "has a port that does not exist"),
        ("ws://[::1::2]", "not an IPv6 address"),
        ("ws://hunter2..example.org:1", "has a host name with an empty part"),
        (f"ws://hunter2.{'x' * 64}.org", "one that is too long"),
    ],
)
def test_what_is_refused_is_not_quoted(typed: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        ServerAddress.parse(typed)
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


@given(st.text())
def test_nothing_else_is_raised(typed: str) -> None:
    try:
        address = ServerAddress.parse(typed)
    except UsageError:
        return
    assert address.signaling.isprintable()
    assert ServerAddress.parse(address.signaling) == address


def test_links_are_written_as_browsers_write_them() -> None:
    """[K1]: what the browser client's writeFragment makes of the same secret."""
    link = ServerAddress.parse("wss://example.org/meet").room_link("Ä b#?/'~!*()")
    assert link == "https://example.org/meet/room#%C3%84%20b%23%3F%2F'~!*()"


@given(st.text(alphabet=st.characters(blacklist_characters="?", blacklist_categories=["Cs"])))
def test_a_link_leads_to_the_room(secret: str) -> None:
    link = ServerAddress.parse("localhost:1").room_link(secret)
    assert parse_fragment(link.partition("#")[2]).secret == secret


@pytest.mark.parametrize(
    ("typed", "spoken"),
    [
        ("ws://127.0.0.1:24319", ""),
        ("https://meet.example.org", "meet.example.org"),
        ("wss://meet.example.org/meet/signaling", "meet.example.org/meet"),
        ("http://192.0.2.7:24319", "192.0.2.7:24319"),
        ("https://meet.example.org:8443", "https://meet.example.org:8443"),
        ("http://meet.example.org", "http://meet.example.org"),
    ],
)
def test_the_shortest_words_for_an_address(typed: str, spoken: str) -> None:
    address = ServerAddress.parse(typed)
    assert address.spoken == spoken
    assert not spoken or ServerAddress.parse(spoken) == address
