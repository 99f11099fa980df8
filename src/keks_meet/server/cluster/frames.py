# SPDX-License-Identifier: AGPL-3.0-only
"""What nodes say to each other, and how it is written: MessagePack, as short as it gets [C2]. Pure.

Each item tells in ``client`` whom it is about, or who caused it: what waits for readers is accounted to that client
[S11]. A sealed message is the JSON string that it came as, quotes included.
"""

from typing import Final, TypeAlias

import msgspec
from msgspec import Struct

from keks_meet.errors import MalformedPacket

__all__ = [
    "NOBODY",
    "Asked",
    "Close",
    "Counted",
    "Enter",
    "Frame",
    "HasRoom",
    "Heartbeat",
    "Item",
    "Joined",
    "Leave",
    "Left",
    "Parted",
    "Probe",
    "Said",
    "Say",
    "Settled",
    "Unwatch",
    "Watch",
    "decode_frame",
    "decode_heartbeat",
    "encode",
]

NOBODY: Final = -1
"""Stands for a client where none caused it. No client has such an id [S2]."""


class _Item(Struct, frozen=True, array_like=True):
    """One thing that an edge says to a home, or a home to an edge."""

    client: int


# From an edge to a home


class Enter(_Item, frozen=True, tag=1):
    """A client of this edge enters a room; if it is in another one of this home, it leaves that."""

    room: str


class Leave(_Item, frozen=True, tag=2):
    """A client leaves its room; it hears of that when it is ``told``. Answered by `Left`."""

    told: bool


class Say(_Item, frozen=True, tag=3):
    """A client relays a message to a member, or to all others."""

    recipient: int | None
    message: bytes


class Watch(_Item, frozen=True, tag=4):
    """An edge wants to hear the member count of a room. Answered by `Counted`, 0 included."""

    room: str


class Unwatch(_Item, frozen=True, tag=5):
    """An edge does not want to hear it any more."""

    room: str


class Probe(_Item, frozen=True, tag=6):
    """A client has sent much, or wants to: do all who hear of it have room? Answered by `Settled`, when they have."""

    size: int = 0
    """The bytes of a large message that waits for this; 0 for none."""


class HasRoom(_Item, frozen=True, tag=7):
    """All readers at this edge have room for what the client sends: the answer to `Asked`."""


# From a home to an edge


class Joined(_Item, frozen=True, tag=11):
    """These clients of the edge hear that the client entered the room."""

    recipients: tuple[int, ...]


class Parted(_Item, frozen=True, tag=12):
    """These hear that the client left the room."""

    recipients: tuple[int, ...]


class Said(_Item, frozen=True, tag=13):
    """These hear a message of the client."""

    recipients: tuple[int, ...]
    message: bytes


class Counted(_Item, frozen=True, tag=14):
    """A room that the edge watches has so many members."""

    room: str
    count: int


class Left(_Item, frozen=True, tag=15):
    """The client is in no room of this home any more, and nothing more comes for it."""


class Close(_Item, frozen=True, tag=16):
    """The client's connection is to be closed."""

    code: int
    reason: str


class Asked(_Item, frozen=True, tag=17):
    """Tell by `HasRoom` when all at this edge who are in the room have room for what the client sends."""

    room: str
    size: int = 0
    """The bytes of its next message; 0 when that is not known."""


class Settled(_Item, frozen=True, tag=18):
    """Everybody has room for what the client had sent before its `Probe`, in a room of so many members."""

    members: int


ToHome: TypeAlias = Enter | Leave | Say | Watch | Unwatch | Probe | HasRoom
ToEdge: TypeAlias = Joined | Parted | Said | Counted | Left | Close | Asked | Settled
Item: TypeAlias = ToHome | ToEdge


class Frame(Struct, frozen=True, array_like=True):
    """Items from one node to another, in order. Without items it tells the next number alone."""

    node: int
    """The sender."""
    epoch: int
    """The epoch of the link between the two."""
    sequence: int
    """The number of this frame in its epoch, from 0 on."""
    items: tuple[Item, ...]


class Heartbeat(Struct, frozen=True, array_like=True):
    """A sign of life to all nodes."""

    node: int
    sees: tuple[int, ...]
    """The nodes that the sender hears."""
    leaving: bool
    """Whether it wants to be no room's home any more."""
    gone: bool
    """Whether this is its last word."""
    clients: dict[str, int] = {}
    """How many clients are here of the addresses that have many."""
    watches: dict[str, int] = {}
    """How many rooms those watch together that watch many."""


_encoder: Final = msgspec.msgpack.Encoder()
_frames: Final = msgspec.msgpack.Decoder(Frame)
_heartbeats: Final = msgspec.msgpack.Decoder(Heartbeat)


def encode(message: Frame | Heartbeat) -> bytes:
    """Encode what goes over the bus."""
    return _encoder.encode(message)


def decode_frame(data: bytes) -> Frame:
    """Decode what came to this node alone. Raises `MalformedPacket`."""
    try:
        return _frames.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        msg = f"not a frame: {error}"
        raise MalformedPacket(msg) from error


def decode_heartbeat(data: bytes) -> Heartbeat:
    """Decode what came to all nodes. Raises `MalformedPacket`."""
    try:
        return _heartbeats.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        msg = f"not a heartbeat: {error}"
        raise MalformedPacket(msg) from error
