# SPDX-License-Identifier: AGPL-3.0-only
"""What bounds that which a peer or a server can make a client hold, and how long a client waits."""

from typing import Final

__all__ = [
    "ACTIVE_MEDIA_SECTIONS",
    "APPEAR_MS",
    "AWAY_MS",
    "CANDIDATES",
    "DESCRIPTION_CHARACTERS",
    "HEARD_LINES",
    "HELD_CHARACTERS",
    "HELD_MESSAGES",
    "INBOX_CHARACTERS",
    "MEDIA_SECTIONS",
    "MISSED_CHATS",
    "NEGOTIATION_FAILURES",
    "NEGOTIATION_INBOX",
    "NEW_CONNECTIONS",
    "NEW_CONNECTIONS_MS",
    "OFFERS",
    "OFFERS_AT_ONCE",
    "OFFERS_PAUSE_MS",
    "OPENING_PORTS",
    "PEERS",
    "PROVE_MS",
    "RELABELS",
    "REMOTE_CANDIDATES",
    "RESOURCES",
    "pause_before",
]

PEERS: Final = 256
"""Peers in one room; more are ignored."""
RESOURCES: Final = {"track": 64, "file": 16_384, "port": 256}
"""Resources of one peer, and own ones, by kind: a dropped folder can have ten thousand files [M7]."""
RELABELS: Final = 16
"""How often a peer may say something else of one resource; later changes are ignored."""
OFFERS_AT_ONCE: Final = 40
"""Own files that are told before a pause of `OFFERS_PAUSE_MS` [M7]."""
OFFERS: Final = 50_000
"""Resources of each kind that a peer may offer one after the other; more are ignored."""
HELD_MESSAGES: Final = 20_000
"""Messages held for an id that waits [L4] [L7]; more are dropped."""
HELD_CHARACTERS: Final = 2_097_152
"""Characters of all messages held for one such id."""
MISSED_CHATS: Final = 32
"""Chat messages kept for a peer that is away for a moment, and own ones that the server has not confirmed [M6]."""
HEARD_LINES: Final = 1024
"""Ids of lines of others that are kept, to show each line once [M6]."""
CANDIDATES: Final = 64
"""Own candidates kept to be said again [L6]."""
NEGOTIATION_INBOX: Final = 256
"""Descriptions and candidates that wait for an operation [N6]."""
OPENING_PORTS: Final = 512
"""Connections to own ports that are opened anew when a peer connection that did not get up is renewed [N4]."""
INBOX_CHARACTERS: Final = 1_048_576
"""Characters of all that waits for an operation [N6]."""
DESCRIPTION_CHARACTERS: Final = 262_144
"""Characters of a description [N10]; a call of eight streams has some 20 000."""
MEDIA_SECTIONS: Final = 256
"""Media sections of a description, those that are out of use included [N10]."""
ACTIVE_MEDIA_SECTIONS: Final = 64
"""Media sections that are in use [N10]."""
REMOTE_CANDIDATES: Final = 128
"""Candidates of one description, those inside it included [N10]."""
NEW_CONNECTIONS: Final = 8
"""New connections that a peer may begin within `NEW_CONNECTIONS_MS` [N10]."""
NEGOTIATION_FAILURES: Final = 5
"""Failed descriptions in a row after which a connection is given up [N7]."""

AWAY_MS: Final = 30_000
"""How long a peer without signaling is waited for [L2]."""
PROVE_MS: Final = 5_000
"""How long a member may take to prove that it is a peer that was here before [R4]."""
NEW_CONNECTIONS_MS: Final = 60_000
"""See `NEW_CONNECTIONS`."""
OFFERS_PAUSE_MS: Final = 400
"""With it, files take half of what a server lets through (200 messages a second) [M7]."""
APPEAR_MS: Final = 3_000
"""After this an id that does not identify itself is announced [L7]."""

_FIRST_PAUSE_MS: Final = 500
_LONGEST_PAUSE_MS: Final = 10_000


def pause_before(attempt: int) -> int:
    """Return the milliseconds before try number ``attempt`` (0, 1, …), doubling up to a longest pause [L1] [N9]."""
    return min(_FIRST_PAUSE_MS << min(attempt, 16), _LONGEST_PAUSE_MS)
