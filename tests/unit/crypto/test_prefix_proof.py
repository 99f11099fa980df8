# SPDX-License-Identifier: AGPL-3.0-only
"""Proofs of the beginning of a file [F9]."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from keks_meet.crypto.prefix_proof import PrefixProof


def proof(salt: str, *pieces: bytes) -> tuple[str, str]:
    made = PrefixProof(salt)
    for piece in pieces:
        made.update(piece)
    return made.receiver, made.sender


def test_as_it_is_written() -> None:
    common = hmac.digest(bytes(32), b"beginning", "sha256")
    assert proof("00" * 32, b"begin", b"ning") == (
        hmac.digest(common, b"receiver", "sha256").hex(),
        hmac.digest(common, b"sender", "sha256").hex(),
    )


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_other_bytes_or_salts_prove_nothing(one: bytes, other: bytes) -> None:
    assert (proof("01" * 32, one) == proof("01" * 32, other)) is (one == other)
    assert not set(proof("01" * 32, one)) & set(proof("02" * 32, one))
    assert len(set(proof("01" * 32, one))) == 2
