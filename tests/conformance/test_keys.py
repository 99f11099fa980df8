# SPDX-License-Identifier: AGPL-3.0-only
"""[K1] to [K6]: addresses, keys, room hashes, strength, whole and cut secrets."""

from typing import Any

import pytest

from keks_meet.crypto.room_keys import derive_keys, parse_fragment
from keks_meet.crypto.strength import is_guessable
from keks_meet.errors import MalformedFragment


@pytest.mark.vectors("keys.json", "keys")
def test_keys(vector: dict[str, Any]) -> None:
    keys = derive_keys(vector["secret"])
    assert keys.message_key.hex() == vector["key"]
    assert keys.room_hash == vector["room_hash"]


@pytest.mark.vectors("keys.json", "fragments")
def test_fragment(vector: dict[str, Any]) -> None:
    address = parse_fragment(vector["fragment"])
    assert address.secret == vector["secret"]
    assert address.parameters == vector["parameters"]


@pytest.mark.vectors("keys.json", "malformed_fragments")
def test_malformed_fragment(vector: str) -> None:
    with pytest.raises(MalformedFragment):
        parse_fragment(vector)


@pytest.mark.vectors("keys.json", "strength")
def test_strength(vector: dict[str, Any]) -> None:
    assert is_guessable(vector["secret"]) == vector["guessable"]


@pytest.mark.vectors("keys.json", "whole")
def test_whole(vector: dict[str, Any]) -> None:
    address = parse_fragment(vector["fragment"])
    assert (address.secret, address.is_cut) == (vector["secret"], vector["cut"])
