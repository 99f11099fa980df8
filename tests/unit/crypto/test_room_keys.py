# SPDX-License-Identifier: AGPL-3.0-only
"""Secrets, beyond the vectors."""

import re
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from keks_meet.crypto.made_secrets import made_secret
from keks_meet.crypto.room_keys import parse_fragment
from keks_meet.crypto.strength import is_guessable


def test_made_secrets_are_strong_and_new() -> None:
    """[K5]."""
    assert re.fullmatch(r"Amber Otter#[0-9a-f]{64}", made_secret("Amber Otter"))
    assert not is_guessable(made_secret(""))
    assert made_secret("a") != made_secret("a")


@given(st.text(alphabet=st.characters(blacklist_characters="?", blacklist_categories=["Cs"])))
def test_an_escaped_secret_comes_back(secret: str) -> None:
    """[K1]."""
    assert parse_fragment(quote(secret)).secret == secret
