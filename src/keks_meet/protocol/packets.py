# SPDX-License-Identifier: AGPL-3.0-only
"""The packets of signaling as frozen structs: serverbound (client to server) and clientbound.

Owns the types and their wire names' fields; `codec` owns the JSON around them. ``message`` is the sealed relay message
as the JSON string it came as, quotes included: the server never decodes it [S7].
"""

from typing import Annotated, TypeAlias

from msgspec import Meta, Raw, Struct

from keks_meet.protocol.limits import MAX_INTEGER, ROOM_HASH_CHARACTERS

__all__ = [
    "ClientId",
    "ClientJoin",
    "ClientLeave",
    "Clientbound",
    "Init",
    "Join",
    "Message",
    "Ping",
    "Relay",
    "RoomHash",
    "RoomInfo",
    "ServerLimits",
    "Serverbound",
    "UnknownPacket",
    "WatchRooms",
]

Unsigned: TypeAlias = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
ClientId: TypeAlias = Unsigned
RoomHash: TypeAlias = Annotated[str, Meta(min_length=1, max_length=ROOM_HASH_CHARACTERS)]


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

    rooms: tuple[RoomHash, ...]


Serverbound: TypeAlias = Join | Ping | Relay | WatchRooms


class ServerLimits(Struct, frozen=True):
    """What the server tells of its limits [S3]."""

    message_bytes: Unsigned
    """The largest frame that the server takes."""


class Init(Struct, frozen=True, omit_defaults=True):
    """The first packet of a connection [S3]. The original sends neither features nor limits."""

    your_id: ClientId
    version: str
    features: tuple[str, ...] | None = None
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
    """A clientbound packet of a kind not known here: counted and ignored."""

    kind: str


Clientbound: TypeAlias = Init | ClientJoin | ClientLeave | Message | RoomInfo
