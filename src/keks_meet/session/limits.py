# SPDX-License-Identifier: AGPL-3.0-only
"""What bounds that which a peer or a server can make a client hold, and how long a client waits."""

from typing import Final

__all__ = [
    "APPEAR_MS",
    "AWAY_MS",
    "CANDIDATES",
    "HELD_CHARACTERS",
    "HELD_MESSAGES",
    "MISSED_CHATS",
    "NEGOTIATION_FAILURES",
    "NEGOTIATION_INBOX",
    "OPENING_PORTS",
    "PEERS",
    "RESOURCES",
    "SHADOW_MS",
    "pause_before",
]

PEERS: Final = 256
"""Peers in one room; more are ignored."""
RESOURCES: Final = 256
"""Resources of one peer; more are ignored."""
HELD_MESSAGES: Final = 256
"""Messages held for an id that waits [L4] [L7]; more are dropped."""
HELD_CHARACTERS: Final = 1_048_576
"""Characters of all messages held for one such id."""
MISSED_CHATS: Final = 32
"""Chat messages kept for a peer that is away for a moment."""
CANDIDATES: Final = 64
"""Own candidates kept to be said again [L6]."""
NEGOTIATION_INBOX: Final = 256
"""Descriptions and candidates that wait for an operation [N6]."""
OPENING_PORTS: Final = 512
"""Connections to own ports that are opened anew when a peer connection that did not get up is renewed [N4]."""
NEGOTIATION_FAILURES: Final = 5
"""Failed descriptions in a row after which a connection is given up [N7]."""

AWAY_MS: Final = 30_000
"""How long a peer without signaling is waited for [L2]."""
SHADOW_MS: Final = 60_000
"""How long a second bearer of an instance waits for the first to be reported gone [L4]."""
APPEAR_MS: Final = 3_000
"""After this an id that does not identify itself is announced [L7]."""

_FIRST_PAUSE_MS: Final = 500
_LONGEST_PAUSE_MS: Final = 10_000


def pause_before(attempt: int) -> int:
    """Return the milliseconds before try number ``attempt`` (0, 1, …), doubling up to a longest pause [L1] [N9]."""
    return min(_FIRST_PAUSE_MS << min(attempt, 16), _LONGEST_PAUSE_MS)
