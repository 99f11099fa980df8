# SPDX-License-Identifier: AGPL-3.0-only
"""The WebSocket close codes that the server uses [S10]. The reason beside a code says it in words.

Made from spec/protocol.json by `python -m tools.protocol`: changes go there.
"""

from enum import IntEnum

__all__ = ["CloseCode"]


class CloseCode(IntEnum):
    """Why the server closes a connection [S10]."""

    GOING_AWAY = 1001
    """The server goes away."""
    NOT_TEXT = 1003
    """A binary frame."""
    NOT_A_PACKET = 1007
    """A text frame that is not a packet [S1]."""
    AGAINST_POLICY = 1008
    """Idle for too long, a list longer than the server takes, or more sent than others can read [S11]."""
    TOO_LARGE = 1009
    """A frame larger than the server takes."""
    TRY_LATER = 1013
    """The server or the room is full, or the client reads too slowly."""
