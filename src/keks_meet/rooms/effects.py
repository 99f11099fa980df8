# SPDX-License-Identifier: AGPL-3.0-only
"""Effects: the output of the hub, which the shell has to carry out in order."""

from typing import TypeAlias

from msgspec import Struct

from keks_meet.protocol.close_codes import CloseCode
from keks_meet.protocol.packets import Clientbound

__all__ = ["CloseClient", "Effect", "Send"]


class Send(Struct, frozen=True):
    """Send one packet, encoded once, to at least one client; each of them once."""

    recipients: tuple[int, ...]
    packet: Clientbound


class CloseClient(Struct, frozen=True):
    """Close a connection with a code and a reason in words [S10], then report it gone."""

    client: int
    code: CloseCode
    reason: str


Effect: TypeAlias = Send | CloseClient
