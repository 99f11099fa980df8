# SPDX-License-Identifier: AGPL-3.0-only
"""Two sides that prove themselves to each other, and those who cannot [R1] to [R4]."""

import pytest

from keks_meet.client.signaling.proofs import ResumptionKeys
from keks_meet.protocol.relay_messages import ResumeProof


@pytest.fixture
def sides() -> tuple[ResumptionKeys, ResumptionKeys]:
    """Alice, to whom bob is peer 1, and bob, to whom alice is peer 2."""
    alice, bob = ResumptionKeys(), ResumptionKeys()
    alice.keep(1, bob.issue(2).token)
    bob.keep(2, alice.issue(1).token)
    return alice, bob


def proof_of(bob: ResumptionKeys, alice: ResumptionKeys, *, bob_id: int = 7, alice_id: int = 5) -> ResumeProof:
    nonce = alice.challenge(bob_id).nonce
    found = bob.prove((2,), bob_id, alice_id, nonce)
    assert found is not None
    return found


def test_who_has_both_tokens_proves_itself(sides: tuple[ResumptionKeys, ResumptionKeys]) -> None:
    alice, bob = sides
    assert alice.verify((1,), 5, 7, proof_of(bob, alice).macs) == 1


def test_a_proof_is_for_one_challenge(sides: tuple[ResumptionKeys, ResumptionKeys]) -> None:
    alice, bob = sides
    proof = proof_of(bob, alice)
    assert alice.verify((1,), 5, 7, proof.macs)
    assert not alice.verify((1,), 5, 7, proof.macs)
    alice.challenge(7)
    assert not alice.verify((1,), 5, 7, proof.macs)


def test_a_proof_is_for_these_ids_and_this_direction(sides: tuple[ResumptionKeys, ResumptionKeys]) -> None:
    alice, bob = sides
    for ids in ({"bob_id": 8}, {"alice_id": 6}):
        nonce = alice.challenge(7).nonce
        proof = bob.prove((2,), ids.get("bob_id", 7), ids.get("alice_id", 5), nonce)
        assert proof is not None
        assert not alice.verify((1,), 5, 7, proof.macs)
    # Whoever sends a challenge back gets an answer that proves somebody else.
    nonce = alice.challenge(7).nonce
    reflected = alice.prove((1,), 5, 7, nonce)
    assert reflected is not None
    assert not alice.verify((1,), 5, 7, reflected.macs)


def test_one_token_proves_nothing(sides: tuple[ResumptionKeys, ResumptionKeys]) -> None:
    alice, _ = sides
    mallory = ResumptionKeys()
    mallory.issue(2)
    assert mallory.prove((2,), 7, 5, alice.challenge(7).nonce) is None
    echo = ResumptionKeys()
    echo.keep(3, echo.issue(3).token)
    assert echo.prove((3,), 7, 5, alice.challenge(7).nonce) is None


def test_what_is_forgotten_proves_nothing(sides: tuple[ResumptionKeys, ResumptionKeys]) -> None:
    alice, bob = sides
    proof = proof_of(bob, alice)
    alice.forget_challenges()
    assert not alice.verify((1,), 5, 7, proof.macs)
    bob.forget(2)
    assert bob.prove((2,), 7, 5, alice.challenge(7).nonce) is None


def test_of_several_who_say_to_be_the_same_the_right_one_is_found(sides: tuple[ResumptionKeys, ResumptionKeys]) -> None:
    """Somebody else with the same instance, and tokens of its own, on both sides."""
    alice, bob = sides
    mallory = ResumptionKeys()
    for side, peer in ((alice, 9), (bob, 8)):
        side.keep(peer, mallory.issue(peer).token)
        mallory.keep(peer, side.issue(peer).token)
    found = bob.prove((8, 2), 7, 5, alice.challenge(7).nonce)
    assert found is not None
    assert len(found.macs) == 2
    assert alice.verify((9, 1), 5, 7, found.macs) == 1


def test_challenges_that_nobody_answers_are_forgotten(sides: tuple[ResumptionKeys, ResumptionKeys]) -> None:
    alice, _ = sides
    for client in range(2000):
        alice.challenge(client)
    assert len(alice._nonces) == 512
