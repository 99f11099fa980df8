# SPDX-License-Identifier: AGPL-3.0-only
"""[E1] to [E3]: sealing, opening, and what is dropped."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from keks_meet.crypto.envelope import open_envelope, seal_envelope
from keks_meet.errors import UnopenableEnvelope


@pytest.fixture
def key(vector_file: Callable[[str], Any]) -> bytes:
    return bytes.fromhex(vector_file("envelopes.json")["key"])


@pytest.mark.vectors("envelopes.json", "sealed")
def test_sealed(vector: dict[str, Any], key: bytes) -> None:
    plaintext = json.loads(vector["plaintext"])
    inner = json.dumps(plaintext["inner"], separators=(",", ":"), ensure_ascii=False)
    sealed = seal_envelope(key, plaintext["sender"], inner.encode(), bytes.fromhex(vector["nonce"]))
    assert sealed == vector["sealed"]
    assert open_envelope(key, sealed, plaintext["sender"]) == inner


@pytest.mark.vectors("envelopes.json", "unopenable")
def test_unopenable(vector: dict[str, Any], key: bytes) -> None:
    with pytest.raises(UnopenableEnvelope):
        open_envelope(key, vector["sealed"], 5)


@pytest.mark.vectors("envelopes.json", "dropped")
def test_dropped(vector: dict[str, Any], key: bytes) -> None:
    with pytest.raises(UnopenableEnvelope):
        open_envelope(key, vector["sealed"], vector["claimed_sender"])


@pytest.mark.vectors("envelopes.json", "opened")
def test_opened(vector: dict[str, Any], key: bytes) -> None:
    """What others may write in another way."""
    assert open_envelope(key, vector["sealed"], vector["claimed_sender"]) == vector["inner"]
