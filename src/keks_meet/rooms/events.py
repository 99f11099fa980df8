# SPDX-License-Identifier: AGPL-3.0-only
"""Events: the input of the hub, which tells what happened to a client. Ids are drawn by the shell [S2]."""

from typing import TypeAlias

from msgspec import Struct

from keks_meet.protocol.packets import Serverbound

__all__ = ["ClientConnected", "ClientGone", "Event", "PacketReceived"]


class ClientConnected(Struct, frozen=True):
    """A connection was opened, under an id that no connected client has."""

    client: int


class PacketReceived(Struct, frozen=True):
    """A client sent a packet."""

    client: int
    packet: Serverbound


class ClientGone(Struct, frozen=True):
    """A connection ended, in whatever way. Also reported after every `CloseClient`."""

    client: int


Event: TypeAlias = ClientConnected | PacketReceived | ClientGone
