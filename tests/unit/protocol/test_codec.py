# SPDX-License-Identifier: AGPL-3.0-only
"""What the vectors do not say of the codec."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keks_meet.errors import MalformedPacket
from keks_meet.protocol.codec import (
    decode_clientbound,
    decode_relay_message,
    decode_serverbound,
    encode_clientbound,
)
from keks_meet.protocol.packets import Message, Relay

PIECES = st.sampled_from(
    [
        "a",
        "\\",
        '"',
        '\\"',
        "\\u",
        "00",
        "d8",
        "\\n",
        "\n",
        "\0",
        "é",
        "👋",
        "/",
        "\\/",
        "\x7f",
        "\u2028",
        "\\ud83d\\udc4b",
    ]
)


def is_plain_string(text: str) -> bool:
    """Tell what the standard library makes of a JSON text: a string without unpaired surrogates."""
    try:
        value = json.loads(text)
        return isinstance(value, str) and bool(value.encode() or True)
    except ValueError:
        return False


@settings(max_examples=1000)
@given(st.lists(PIECES, max_size=8).map("".join))
def test_a_sealed_message_is_checked_and_kept(inside: str) -> None:
    """[S7]: any JSON string, byte for byte, and nothing else."""
    text = f'"{inside}"'
    packet = f'{{"relay":{{"message":{text}}}}}'
    if not is_plain_string(text):
        with pytest.raises(MalformedPacket):
            decode_serverbound(packet)
        return
    relay = decode_serverbound(packet)
    assert isinstance(relay, Relay)
    assert bytes(relay.message) == text.encode()
    assert encode_clientbound(Message(7, relay.message)) == b'{"message":{"sender":7,"message":%s}}' % text.encode()


@settings(max_examples=300)
@given(st.text() | st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_nothing_but_one_error(text: str) -> None:
    """[S1] [M5]: whatever comes, it is a packet or `MalformedPacket`."""
    for decode in (decode_serverbound, decode_clientbound, decode_relay_message):
        with contextlib.suppress(MalformedPacket):
            decode(text)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"join":' * 50_000, '{"relay":{"message":' + "[" * 100_000])
def test_depth_is_malformed(text: str) -> None:
    with pytest.raises(MalformedPacket):
        decode_serverbound(text)


def test_room_hashes_have_a_length() -> None:
    decode_serverbound(json.dumps({"join": {"hash": "é" * 128}}))
    for packet in ({"join": {"hash": "a" * 129}}, {"watch_rooms": ["a" * 129]}):
        with pytest.raises(MalformedPacket):
            decode_serverbound(json.dumps(packet))
