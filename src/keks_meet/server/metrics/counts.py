# SPDX-License-Identifier: AGPL-3.0-only
"""Counts of what happened since the server started: plain numbers, counted whether or not anybody asks. Pure.

They tell nothing of anybody: no id, no address and no room is in them, and no label that a client could make up.
"""

from typing import Final, Literal, TypeAlias

from keks_meet.protocol.close_codes import CloseCode
from keks_meet.protocol.packets import CLIENTBOUND, SERVERBOUND, Clientbound, Serverbound

__all__ = ["LOST", "NO_CODE", "Closer", "Counts"]

Closer: TypeAlias = Literal["server", "client", "nobody"]
"""Who ended a connection; nobody when it was lost."""

NO_CODE: Final = 1005
"""The code that stands for a close frame without one, as pages send it (RFC 6455, 7.1.5)."""
LOST: Final = 1006
"""The code that stands for the end of a connection without a close frame (RFC 6455, 7.1.5)."""
_KNOWN_CODES: Final = frozenset({*range(1000, 1004), *range(1005, 1015)})
"""The codes that are registered. Clients may send any other one, so those are one kind."""

_USUAL: Final[tuple[tuple[str, Closer], ...]] = (
    *((str(code.value), "server") for code in CloseCode),
    ("1000", "client"),
    ("1001", "client"),
    (str(NO_CODE), "client"),
    (str(LOST), "nobody"),
)
"""What is told as 0 as long as it has not happened, so that the first time is seen as an increase."""


class Counts:
    """What has been counted."""

    __slots__ = ("closes", "received", "received_bytes", "sent", "sent_bytes", "stun_answers")

    def __init__(self) -> None:
        """Begin with nothing."""
        self.received: dict[type[object], int] = dict.fromkeys(SERVERBOUND.values(), 0)
        self.received_bytes = 0
        self.sent: dict[type[object], int] = dict.fromkeys(CLIENTBOUND.values(), 0)
        self.sent_bytes = 0
        self.closes: dict[tuple[str, Closer], int] = dict.fromkeys(_USUAL, 0)
        self.stun_answers = 0

    def packet_received(self, packet: Serverbound, size: int) -> None:
        """Count a packet of a client, which came as so many bytes."""
        self.received[type(packet)] += 1
        self.received_bytes += size

    def packet_sent(self, packet: Clientbound, size: int, recipients: int) -> None:
        """Count a packet that is on its way to so many clients, in so many bytes each."""
        self.sent[type(packet)] += recipients
        self.sent_bytes += size * recipients

    def client_closed(self, code: int, by: Closer) -> None:
        """Count the end of a client's connection."""
        key = (str(code) if code in _KNOWN_CODES else "other", by)
        self.closes[key] = self.closes.get(key, 0) + 1
