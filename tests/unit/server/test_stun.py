# SPDX-License-Identifier: AGPL-3.0-only
"""STUN answers, read back by the same library's reader, and silence about everything else."""

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from keks_meet.server.stun import answer

TRANSACTION = b"0123456789ab"
REQUEST = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, TRANSACTION)


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
    ],
)
def test_an_answer(host: str, told: str) -> None:
    reply = answer(bytes(REQUEST), host, 4321)
    assert reply is not None
    message = stun.parse_message(reply)
    assert message.message_class == stun.Class.RESPONSE
    assert message.transaction_id == REQUEST.transaction_id
    assert message.attributes == {"XOR-MAPPED-ADDRESS": (told, 4321)}


def test_a_fingerprint_is_answered_with_one() -> None:
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    request.add_fingerprint()
    reply = answer(bytes(request), "2001:db8::1", 1)
    assert reply is not None
    assert "FINGERPRINT" in stun.parse_message(reply).attributes
    assert len(reply) - len(bytes(request)) <= 24, "nothing to amplify floods with"


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        bytes(20),
        bytes(stun.Message(stun.Method.BINDING, stun.Class.INDICATION, TRANSACTION)),
        bytes(stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, TRANSACTION)),
        bytes(stun.Message(stun.Method.ALLOCATE, stun.Class.REQUEST, TRANSACTION)),
        bytes(REQUEST)[:-1],
        bytes(REQUEST) + bytes(4),
        bytes(REQUEST)[:4] + b"nope" + bytes(REQUEST)[8:],
        bytes(REQUEST)[:2] + b"\x05\x00" + bytes(REQUEST)[4:] + bytes(1280),
    ],
)
def test_silence(packet: bytes) -> None:
    assert answer(packet, "192.0.2.1", 1) is None


def test_port_0_is_not_answered() -> None:
    assert answer(bytes(REQUEST), "192.0.2.1", 0) is None


@given(st.binary(max_size=100))
def test_nothing_raises(attributes: bytes) -> None:
    header = b"\x00\x01" + len(attributes).to_bytes(2, "big") + bytes(REQUEST)[4:20]
    answer(header + attributes, "192.0.2.1", 1)
    answer(attributes, "192.0.2.1", 1)
