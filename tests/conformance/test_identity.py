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
from keks_meet.crypto.statements import CodeShare, NameStatement, RosterEntry, room_code, roster_hash, safety_number

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
    keys = EphemeralKeys(x25519 or X25519PrivateKey.generate(), p256)
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
    shares = [CodeShare(entry(share["member"]), raw(share["nonce"])) for share in vector["shares"]]
    assert [encode_bytes(share.commitment(vector["room_hash"])) for share in shares] == vector["commitments"]
    assert room_code(vector["room_hash"], shares).hex() == vector["code"]


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
    assert decode_bytes(encode_bytes(data), len(data)) == data
    assert decode_bytes(encode_bytes(data), len(data) + 1) is None


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
        self.one, self.other = EphemeralKeys.draw(), EphemeralKeys.draw()
        hello = self.one.hello("1" * 22, b"1" * 32, ("sealed-1",)), self.other.hello("2" * 22, b"2" * 32, ())
        here = derive_pair(b"k" * 32, "room", self.one, *hello)
        there = derive_pair(b"k" * 32, "room", self.other, hello[1], hello[0])
        assert here
        assert there
        self.here, self.there, self.hello = here, there, hello
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
    pair, mallory = Pair(), EphemeralKeys.draw()
    instead = mallory.hello("2" * 22, b"2" * 32, ())
    fooled = derive_pair(b"k" * 32, "room", pair.one, pair.hello[0], instead)
    assert fooled
    key = SigningKey.draw()
    assert not fooled.is_proven(key.credential, pair.there.prove(key))


def test_less_than_was_said_is_another_pair() -> None:
    pair = Pair()
    fewer = pair.one.hello("1" * 22, b"1" * 32, ())
    weakened = derive_pair(b"k" * 32, "room", pair.other, pair.hello[1], fewer)
    assert weakened
    assert weakened.opening != pair.there.opening


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
