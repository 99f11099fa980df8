# SPDX-License-Identifier: AGPL-3.0-only
"""The packets of signaling: serverbound (client to server) and clientbound.

A sealed message is the JSON string that it came as, quotes included: the server never decodes it [S7].

Made from spec/protocol.json by `python -m tools.protocol`: changes go there.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

from msgspec import Raw, Struct

from keks_meet.protocol.fields import ClientId, FeatureList, RoomHash, RoomHashes, ServerLimits, Unsigned

__all__ = [
    "BARE",
    "CLIENTBOUND",
    "SERVERBOUND",
    "ClientJoin",
    "ClientLeave",
    "Clientbound",
    "Init",
    "Join",
    "Message",
    "Ping",
    "Relay",
    "RoomInfo",
    "Serverbound",
    "UnknownPacket",
    "WatchRooms",
]


class Join(Struct, frozen=True, omit_defaults=True):
    """Leave the current room; with a hash, enter that one [S4] [S5]."""

    hash: RoomHash | None = None


class Ping(Struct, frozen=True):
    """Nothing, said so that idle proxies stay awake [S6]."""


class Relay(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A sealed message for one member, or for all others [S7]."""

    recipient: ClientId | None = None
    message: Raw


class WatchRooms(Struct, frozen=True):
    """The rooms whose member counts the client wants to hear, instead of those before [S8]."""

    rooms: RoomHashes


class Init(Struct, frozen=True, omit_defaults=True):
    """The first packet of a connection; the original sends neither features nor limits [S3]."""

    your_id: ClientId
    version: str
    features: FeatureList | None = None
    limits: ServerLimits | None = None


class ClientJoin(Struct, frozen=True):
    """Somebody, or the client itself, entered the room [S4]."""

    id: ClientId


class ClientLeave(Struct, frozen=True):
    """Somebody, or the client itself, left the room [S5]."""

    id: ClientId


class Message(Struct, frozen=True):
    """A relayed message and the member it comes from [S7]."""

    sender: ClientId
    message: Raw


class RoomInfo(Struct, frozen=True):
    """The member count of a watched room [S8]."""

    hash: RoomHash
    user_count: Unsigned


class UnknownPacket(Struct, frozen=True):
    """One of a kind not known here: counted and ignored."""

    kind: str


Serverbound: TypeAlias = Join | Ping | Relay | WatchRooms

SERVERBOUND: Final[Mapping[str, type[Struct]]] = {"join": Join, "ping": Ping, "relay": Relay, "watch_rooms": WatchRooms}
"""By the key on the wire."""

Clientbound: TypeAlias = Init | ClientJoin | ClientLeave | Message | RoomInfo

CLIENTBOUND: Final[Mapping[str, type[Struct]]] = {
    "init": Init,
    "client_join": ClientJoin,
    "client_leave": ClientLeave,
    "message": Message,
    "room_info": RoomInfo,
}
"""By the key on the wire."""

BARE: Final[frozenset[type[Struct]]] = frozenset({WatchRooms})
"""Those whose value is their only field."""
