# SPDX-License-Identifier: AGPL-3.0-only
"""Codes: made, typed and pasted."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keks_meet.client.signaling.addresses import ServerAddress
from keks_meet.crypto.strength import is_guessable
from keks_meet.errors import MalformedFragment
from keks_meet.rift.config import clean_code, linked_server, make_code, make_syllables, recognise

CODE = "lusab-babad-gutih-tugad"


def test_codes_are_strong_and_new() -> None:
    """[K5]: 16 consonants and 4 vowels are 16 bits for five letters."""
    code = make_code()
    assert re.fullmatch(r"[a-z]{5}(-[a-z]{5}){3}", code)
    assert not is_guessable(code)
    assert len({make_code() for _ in range(100)}) == 100


def test_every_letter_is_used() -> None:
    assert set("".join(make_syllables() for _ in range(1000))) == set("bdfghjklmnprstvzaiou")


@given(
    st.builds(make_code),
    st.sampled_from([str.lower, str.upper, str.title]),
    st.sampled_from(["-", " ", "_", "  ", " - ", "\u2013", "\u2011", "\u00a0"]),
    st.sampled_from(["", " ", "\n", "\t "]),
)
def test_codes_may_be_typed_in_many_ways(code: str, case: object, between: str, around: str) -> None:
    typed = around + case(code.replace("-", between)) + around  # type: ignore[operator]
    assert clean_code(typed) == code


@pytest.mark.parametrize(
    ("typed", "server"),
    [
        (f"{CODE}@meet.example.org", "meet.example.org"),
        (f" {CODE.upper().replace('-', ' ')} @ meet.example.org:8443/below\n", "meet.example.org:8443/below"),
        (f"{CODE}@http://127.0.0.1:1", "http://127.0.0.1:1"),
        # As it is printed, and as people write it.
        (f"Code: {CODE}@meet.example.org", "meet.example.org"),
        (f"Link: https://meet.example.org/room#{CODE}", "https://meet.example.org"),
        (f'"{CODE}@10.9.9.9:24400".', "10.9.9.9:24400"),
        (f"<{CODE}@[2001:db8::1]:24400>,", "[2001:db8::1]:24400"),
        (CODE, None),
        ("hunter2@meet.example.org", None),
        (f"{CODE}@", None),
        (f"{CODE}@a@b", None),
    ],
)
def test_a_code_may_name_its_server(typed: str, server: str | None) -> None:
    assert linked_server(typed) == server
    assert recognise(typed) == (CODE if server or typed == CODE else None)


@pytest.mark.parametrize(
    "secret", ["Hunter2", "Lusab Babad", f"{CODE}-x", "LUSABBABADGUTIHTUGAD", "a_b  c", "Team#00ff"]
)
def test_other_secrets_stay(secret: str) -> None:
    assert clean_code(f" {secret}\n") == secret
    assert recognise(secret) is None


@given(st.text(alphabet=st.characters(blacklist_characters="?", blacklist_categories=["Cs"]), min_size=1))
def test_links_stand_for_their_secret(secret: str) -> None:
    link = ServerAddress.parse("https://example.org/meet").room_link(secret)
    assert clean_code(f" {link}\n") == secret


def test_links_with_parameters_and_broken_ones() -> None:
    """[K1] [K4]."""
    assert clean_code("HTTP://127.0.0.1:24319/room#a%20b?username=x") == "a b"
    with pytest.raises(MalformedFragment):
        clean_code("https://example.org/room#50%")
    assert clean_code("https://example.org/#abc") == "https://example.org/#abc"


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    try:
        cleaned = clean_code(text)
        again = clean_code(cleaned)
    except MalformedFragment:
        return
    assert cleaned == again
