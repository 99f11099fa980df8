# SPDX-License-Identifier: AGPL-3.0-only
"""Proofs of peers that are back: `resumption.json`, which both languages replay [R3]."""

from typing import Any

import pytest

from keks_meet.crypto.encoding import encode_bytes
from keks_meet.crypto.resumption import decode_random, derive_resume_key, make_proof


@pytest.mark.vectors("resumption.json", "proofs")
def test_proofs(vector: dict[str, Any]) -> None:
    key = derive_resume_key(decode_random(vector["own_token"]), decode_random(vector["their_token"]))
    proof = make_proof(key, vector["prover"], vector["verifier"], decode_random(vector["nonce"]))
    assert encode_bytes(proof) == vector["mac"]
