# SPDX-License-Identifier: AGPL-3.0-only
"""Envelopes, beyond the vectors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keks_meet.crypto.envelope import draw_nonce, open_envelope, seal_envelope
from keks_meet.errors import UnopenableEnvelope

KEY = bytes(range(32))


def test_nonces_are_new() -> None:
    """[E1]."""
    assert len({draw_nonce() for _ in range(1000)}) == 1000
    assert len(draw_nonce()) == 12


def test_another_key_does_not_open() -> None:
    sealed = seal_envelope(KEY, 5, b'{"chat":{"text":"x"}}', draw_nonce())
    with pytest.raises(UnopenableEnvelope) as caught:
        open_envelope(bytes(32), sealed, 5)
    assert caught.value.__cause__ is None


@given(st.text() | st.binary().map(lambda blob: blob.decode("latin-1")))
def test_nothing_but_one_error(sealed: str) -> None:
    """[E3]."""
    with pytest.raises(UnopenableEnvelope):
        open_envelope(KEY, sealed, 5)


@given(st.binary(max_size=64))
def test_a_plaintext_of_another_form_is_dropped(plaintext: bytes) -> None:
    """[E2] [E3]: also from somebody who has the key."""
    sealed = seal_envelope(KEY, 5, plaintext + b',"chat":', draw_nonce())
    with pytest.raises(UnopenableEnvelope):
        open_envelope(KEY, sealed, 5)
