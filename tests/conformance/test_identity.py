# SPDX-License-Identifier: AGPL-3.0-only
"""Who people are to each other: `identity.json`, which both languages replay [Y1] to [Y9]."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from keks_meet.crypto.credential import Credential, Kind, SigningKey
from keks_meet.crypto.encoding import decode_bytes, encode_bytes, encode_parts
from keks_meet.crypto.pair import EphemeralKeys, Hello, Opener, PairKeys, Sealer, derive_pair
from keks_meet.crypto.spoken import spoken
from keks_meet.crypto.statements import CodeRun, NameStatement, RosterEntry, roster_hash, safety_number

KINDS: list[Kind] = ["ed25519", "p256"]


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def credential(text: str) -> Credential:
    found = Credential.parse(text)
    assert found
    return found


@pytest.mark.vectors("identity.json", "encodings")
def test_encodings(vector: dict[str, Any]) -> None:
    parts = [bytes.fromhex(part["bytes"]) if isinstance(part, dict) else part for part in vector["parts"]]
    assert encode_parts(vector["label"], *parts).hex() == vector["bytes"]


@pytest.mark.vectors("identity.json", "credentials")
def test_credentials(vector: dict[str, Any]) -> None:
    found = credential(vector["credential"])
    assert found.verifies(raw(vector["signature"]), vector["message"].encode()) == vector["verifies"]
    assert found.fingerprint.hex() == vector["fingerprint"]


@pytest.mark.vectors("identity.json", "no_credentials")
def test_what_is_no_credential(vector: dict[str, Any]) -> None:
    assert Credential.parse(vector["text"]) is None


def keys_of(vector: dict[str, Any]) -> PairKeys | None:
    hellos = [
        Hello(said["instance"], raw(said["nonce"]), raw(said["p256"]), raw(said["x25519"]), tuple(said["features"]))
        for said in (vector["own"], vector["theirs"])
    ]
    private = vector["own_private"]
    x25519 = X25519PrivateKey.from_private_bytes(raw(private["x25519"])) if "x25519" in private else None
    p256 = derive_private_key(int.from_bytes(raw(private["p256"])), SECP256R1())
    keys = EphemeralKeys(x25519, p256)
    return derive_pair(raw(vector["message_key"]), vector["room_hash"], keys, *hellos)


@pytest.mark.vectors("identity.json", "pairs")
def test_pairs(vector: dict[str, Any]) -> None:
    keys = keys_of(vector)
    assert keys
    assert encode_bytes(keys.transcript) == vector["transcript"]
    assert keys.is_proven(credential(vector["credential"]), raw(vector["signature"]))
    opener = Opener(keys.opening, vector["room_hash"], vector["theirs"]["instance"], vector["own"]["instance"], 0)
    for message in vector["messages"]:
        assert opener.open(message["number"], raw(message["ciphertext"])) == message["plaintext"].encode()


@pytest.mark.vectors("identity.json", "no_pairs")
def test_what_is_no_pair(vector: dict[str, Any]) -> None:
    assert keys_of(vector) is None


@pytest.mark.vectors("identity.json", "names")
def test_names(vector: dict[str, Any]) -> None:
    assert NameStatement(**vector["statement"]).is_signed(raw(vector["signature"])) == vector["is_signed"]


def entry(said: dict[str, Any]) -> RosterEntry:
    return RosterEntry(said["credential"], said["instance"], said["number"], raw(said["statement_hash"]))


@pytest.mark.vectors("identity.json", "rosters")
def test_rosters(vector: dict[str, Any]) -> None:
    assert encode_bytes(roster_hash(vector["room_hash"], map(entry, vector["entries"]))) == vector["hash"]


@pytest.mark.vectors("identity.json", "codes")
def test_codes(vector: dict[str, Any]) -> None:
    members, nonces = [*map(entry, vector["members"])], [*map(raw, vector["nonces"])]
    run = CodeRun(vector["room_hash"], raw(vector["run"]), tuple(members))
    commitments = [run.commitment(member, nonce) for member, nonce in zip(members, nonces, strict=True)]
    assert [*map(encode_bytes, commitments)] == vector["commitments"]
    assert run.code(nonces).hex() == vector["code"]
    assert spoken(run.code(nonces)) == vector["spoken"]


@pytest.mark.vectors("identity.json", "safety_numbers")
def test_safety_numbers(vector: dict[str, Any]) -> None:
    assert safety_number(credential(vector["one"]), credential(vector["other"])) == vector["number"]


# What vectors cannot show: keys that are drawn, and whatever else may be sent.

PARTS = st.lists(st.one_of(st.binary(max_size=9), st.text(max_size=5), st.integers(0, 2**53 - 1)), max_size=4)


def of_bytes(parts: list[bytes | str | int]) -> list[bytes]:
    return [
        part if isinstance(part, bytes) else part.encode() if isinstance(part, str) else part.to_bytes(8)
        for part in parts
    ]


@given(one=PARTS, other=PARTS)
def test_other_parts_have_other_bytes(one: list[bytes | str | int], other: list[bytes | str | int]) -> None:
    assert (encode_parts("a", *one) == encode_parts("a", *other)) == (of_bytes(one) == of_bytes(other))


@given(data=st.binary(max_size=40))
def test_bytes_have_one_text(data: bytes) -> None:
    text, length = encode_bytes(data), len(data)
    assert decode_bytes(text, length, length) == decode_bytes(text, 0, 99) == data
    assert decode_bytes(text, length + 1, 99) is None
    assert decode_bytes(text, 0, length - 1) is None


@pytest.mark.parametrize("part", [-1, 2**53, "half \ud83d"])
def test_what_has_no_bytes_of_its_own_is_refused(part: int | str) -> None:
    with pytest.raises(ValueError, match="encod"):
        encode_parts("a", part)


def test_a_code_is_of_members_that_are_there_once_with_all_their_nonces() -> None:
    ann, bob = RosterEntry("ann", "a", 0, b"1"), RosterEntry("bob", "b", 0, b"2")
    again = RosterEntry("ann", "a", 1, b"3")
    with pytest.raises(ValueError, match="twice"):
        CodeRun("room", b"run", (ann, bob, again)).code([b"1", b"2", b"3"])
    with pytest.raises(ValueError, match="shorter"):
        CodeRun("room", b"run", (ann, bob)).code([b"1"])


def test_nobody_has_a_safety_number_with_themselves() -> None:
    key = SigningKey.draw()
    with pytest.raises(ValueError, match="themselves"):
        safety_number(key.credential, key.credential)


@pytest.mark.parametrize("kind", KINDS)
def test_a_drawn_key_signs_and_outlives_its_file(kind: Kind) -> None:
    key = SigningKey.draw(kind)
    again = SigningKey.load(key.save())
    assert again
    assert again.credential == key.credential
    assert key.credential.text.startswith(f"{kind}:")
    assert credential(key.credential.text).verifies(again.sign(b"said"), b"said")
    assert SigningKey.load(b"no key") is None


class Pair:
    """Two clients that have just met."""

    def __init__(self) -> None:
        one, other = EphemeralKeys.draw(), EphemeralKeys.draw()
        hello = one.hello("1" * 22, b"1" * 32, ("sealed-1",)), other.hello("2" * 22, b"2" * 32, ())
        here = derive_pair(b"k" * 32, "room", one, *hello)
        there = derive_pair(b"k" * 32, "room", other, hello[1], hello[0])
        assert here
        assert there
        self.here, self.there = here, there
        self.sealer = Sealer(here.sealing, "room", "1" * 22, "2" * 22, 0)
        self.opener = Opener(there.opening, "room", "1" * 22, "2" * 22, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_credential_is_proven_to_its_pair_alone(kind: Kind) -> None:
    pair, another, key = Pair(), Pair(), SigningKey.draw(kind)
    signature = pair.here.prove(key)
    assert pair.there.is_proven(key.credential, signature)
    assert not pair.here.is_proven(key.credential, signature), "it does not come back as somebody else's"
    assert not another.there.is_proven(key.credential, signature)
    assert not pair.there.is_proven(SigningKey.draw(kind).credential, signature)


def test_a_member_that_stands_between_two_gets_other_keys() -> None:
    """Whatever it says of itself: both ends have another transcript, so no credential can be passed on."""
    ann, mallory, mallory_again, bob = (EphemeralKeys.draw() for _ in range(4))
    of_ann, of_bob = ann.hello("1" * 22, b"1" * 32, ()), bob.hello("2" * 22, b"2" * 32, ())
    as_bob, as_ann = mallory.hello("2" * 22, b"2" * 32, ()), mallory_again.hello("1" * 22, b"1" * 32, ())
    fooled = derive_pair(b"k" * 32, "room", ann, of_ann, as_bob)
    truth = derive_pair(b"k" * 32, "room", bob, of_bob, as_ann)
    assert fooled
    assert truth
    key = SigningKey.draw()
    assert not fooled.is_proven(key.credential, truth.prove(key))


def test_less_than_was_said_is_another_pair() -> None:
    """Somebody on the way who takes a feature off a hello makes two that do not understand each other."""
    ann, bob = EphemeralKeys.draw(), EphemeralKeys.draw()
    said, of_bob = ann.hello("1" * 22, b"1" * 32, ("sealed-1",)), bob.hello("2" * 22, b"2" * 32, ())
    heard = ann.hello("1" * 22, b"1" * 32, ())
    here = derive_pair(b"k" * 32, "room", ann, said, of_bob)
    there = derive_pair(b"k" * 32, "room", bob, of_bob, heard)
    assert here
    assert there
    assert here.sealing != there.opening


def test_keys_make_one_pair() -> None:
    """A hello that is said again would have the same keys, and the same nonces, for other messages."""
    ann, bob = EphemeralKeys.draw(), EphemeralKeys.draw()
    of_ann, of_bob = ann.hello("1" * 22, b"1" * 32, ()), bob.hello("2" * 22, b"2" * 32, ())
    assert derive_pair(b"k" * 32, "room", ann, of_ann, of_bob)
    with pytest.raises(ValueError, match="already"):
        derive_pair(b"k" * 32, "room", ann, of_ann, of_bob)
    with pytest.raises(ValueError, match="already"):
        ann.hello("1" * 22, b"1" * 32, ())


def test_an_epoch_has_nonces_of_its_own() -> None:
    pair = Pair()
    (_, now), (_, later) = (Sealer(pair.here.sealing, "room", "1", "2", epoch).seal(bytes(32)) for epoch in (0, 1))
    assert now[:32] != later[:32]


def test_messages_open_once_and_in_their_order() -> None:
    pair = Pair()
    sealed = [pair.sealer.seal(word) for word in (b"one", b"two", b"three")]
    assert pair.opener.open(*sealed[1]) is None
    assert pair.opener.open(*sealed[0]) == b"one"
    assert pair.opener.open(*sealed[0]) is None, "a second time"
    assert pair.opener.open(0, sealed[1][1]) is None, "under another number"
    assert pair.opener.open(1, sealed[2][1]) is None
    assert pair.opener.open(*sealed[1]) == b"two"
    assert pair.opener.open(*sealed[2]) == b"three"


@pytest.mark.parametrize(
    "bound_to", [("other", "1" * 22, "2" * 22, 0), ("room", "3" * 22, "2" * 22, 0), ("room", "1" * 22, "2" * 22, 1)]
)
def test_messages_belong_to_a_room_a_pair_and_an_epoch(bound_to: tuple[str, str, str, int]) -> None:
    pair = Pair()
    assert Opener(pair.there.opening, *bound_to).open(*pair.sealer.seal(b"word")) is None
