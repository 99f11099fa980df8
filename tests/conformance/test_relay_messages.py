# SPDX-License-Identifier: AGPL-3.0-only
"""[E2] [M1] to [M5] [N1]: what is inside an envelope."""

from typing import Any

import pytest

from keks_meet.errors import MalformedPacket
from keks_meet.protocol.codec import decode_relay_message, encode_relay_message
from keks_meet.protocol.relay_messages import UnknownRelayMessage


@pytest.mark.vectors("relay-messages.json", "relay_messages")
def test_relay_message(vector: dict[str, Any]) -> None:
    message = decode_relay_message(vector["text"])
    assert not isinstance(message, UnknownRelayMessage)
    assert encode_relay_message(message).decode() == vector.get("same_as", vector["text"])


@pytest.mark.vectors("relay-messages.json", "relay_messages_invalid")
def test_relay_message_invalid(vector: dict[str, Any]) -> None:
    with pytest.raises(MalformedPacket):
        decode_relay_message(vector["text"])


@pytest.mark.vectors("relay-messages.json", "relay_messages_unknown")
def test_relay_message_unknown(vector: dict[str, Any]) -> None:
    assert isinstance(decode_relay_message(vector["text"]), UnknownRelayMessage)
