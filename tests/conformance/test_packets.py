# SPDX-License-Identifier: AGPL-3.0-only
"""[S1] [S4] to [S8]: packets, both directions."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from keks_meet.errors import MalformedPacket
from keks_meet.protocol.codec import (
    decode_clientbound,
    decode_serverbound,
    encode_clientbound,
    encode_serverbound,
)
from keks_meet.protocol.packets import UnknownPacket


def check(vector: dict[str, Any], decode: Callable[[str], Any], encode: Callable[[Any], bytes]) -> None:
    written = encode(decode(vector["text"])).decode()
    if vector.get("canonical"):
        assert written == vector["text"]
    else:
        # Compared as values: a sealed message keeps the escapes that it came with [S7].
        assert json.loads(written) == json.loads(vector["same_as"])
        assert list(json.loads(written)) == list(json.loads(vector["same_as"]))


@pytest.mark.vectors("packets.json", "serverbound")
def test_serverbound(vector: dict[str, Any]) -> None:
    check(vector, decode_serverbound, encode_serverbound)


@pytest.mark.vectors("packets.json", "serverbound_invalid")
def test_serverbound_invalid(vector: dict[str, Any]) -> None:
    with pytest.raises(MalformedPacket):
        decode_serverbound(vector["text"])


@pytest.mark.vectors("packets.json", "clientbound")
def test_clientbound(vector: dict[str, Any]) -> None:
    check(vector, decode_clientbound, encode_clientbound)


@pytest.mark.vectors("packets.json", "clientbound_invalid")
def test_clientbound_invalid(vector: dict[str, Any]) -> None:
    with pytest.raises(MalformedPacket):
        decode_clientbound(vector["text"])


@pytest.mark.vectors("packets.json", "clientbound_unknown")
def test_clientbound_unknown(vector: dict[str, Any]) -> None:
    assert isinstance(decode_clientbound(vector["text"]), UnknownPacket)
