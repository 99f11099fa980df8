# SPDX-License-Identifier: AGPL-3.0-only
"""Each limit of the wire, at the bound and one beyond it: `limits.json`, which both languages replay."""

import json
from typing import Any

import pytest

from keks_meet.errors import MalformedPacket
from keks_meet.protocol.codec import (
    decode_clientbound,
    decode_relay_message,
    encode_clientbound,
    encode_file_control,
    encode_relay_message,
)
from keks_meet.session.file_control import decode_file_text


def decode_control(text: str) -> Any:
    control = decode_file_text(text)
    if control is None:
        raise MalformedPacket("ignored")
    return control


CODECS = {
    "clientbound": (decode_clientbound, encode_clientbound),
    "relay_messages": (decode_relay_message, encode_relay_message),
    "file_controls": (decode_control, encode_file_control),
}


def written(pieces: list[Any]) -> str:
    return "".join(piece if isinstance(piece, str) else piece[0] * piece[1] for piece in pieces)


@pytest.mark.vectors("limits.json", "limits")
def test_limit(vector: dict[str, Any]) -> None:
    decode, encode = CODECS[vector["of"]]
    taken = decode(written(vector["taken"]))
    assert json.loads(encode(taken)) == json.loads(written(vector["taken"]))
    if "cut" in vector:
        assert decode(written(vector["cut"])) == taken
    else:
        with pytest.raises(MalformedPacket):
            decode(written(vector["refused"]))
