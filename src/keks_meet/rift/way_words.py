# SPDX-License-Identifier: AGPL-3.0-only
"""The ways that packets take to a peer, in words that fit behind a verb. Pure."""

from typing import Final

from keks_meet.session.way import TransferWay

__all__ = ["WAY_WORDS"]

WAY_WORDS: Final[dict[TransferWay, str]] = {
    "direct": "directly",
    "tcp": "directly over TCP",
    "nat": "through NAT",
    "relay": "through a TURN server",
    "relay-udp": "through a TURN server (UDP)",
    "relay-tcp": "through a TURN server (TCP)",
    "relay-tls": "through a TURN server (TLS)",
}
