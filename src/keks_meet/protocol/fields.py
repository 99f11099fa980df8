# SPDX-License-Identifier: AGPL-3.0-only
"""What fields of packets and messages may hold.

Made from spec/protocol.json by `python -m tools.protocol`: changes go there.
"""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from keks_meet.protocol.wire_limits import (
    CANDIDATE_CHARACTERS,
    CHAT_CHARACTERS,
    CODE_MEMBERS,
    DIRECT_ADDRESSES,
    FEATURES,
    ID_CHARACTERS,
    LINE_INDEX,
    MAX_INTEGER,
    NAME_CHARACTERS,
    PORT,
    PREVIEW_CHARACTERS,
    ROOM_HASH_CHARACTERS,
    ROSTER,
)

__all__ = [
    "Candidate",
    "Ciphertext",
    "ClientId",
    "CodeMember",
    "CodeMemberList",
    "CodeWhy",
    "FeatureList",
    "HandState",
    "Id",
    "ImageUrl",
    "IpAddress",
    "Line",
    "LineIndex",
    "MemberStatement",
    "NameStatement",
    "PairId",
    "Point",
    "Port",
    "Random",
    "ReactionName",
    "RecordingState",
    "RoomHash",
    "RoomHashes",
    "RunId",
    "ServerLimits",
    "Sha256",
    "Signature",
    "SocketAddress",
    "SocketAddressList",
    "StatementList",
    "StillUrl",
    "TrackKind",
    "Unsigned",
    "UnsignedList",
]

Unsigned: TypeAlias = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]

ClientId: TypeAlias = Unsigned

LineIndex: TypeAlias = Annotated[int, Meta(ge=0, le=LINE_INDEX)]

RoomHash: TypeAlias = Annotated[str, Meta(min_length=1, max_length=ROOM_HASH_CHARACTERS)]

Id: TypeAlias = Annotated[str, Meta(max_length=ID_CHARACTERS)]

Candidate: TypeAlias = Annotated[str, Meta(max_length=CANDIDATE_CHARACTERS)]

Line: TypeAlias = Annotated[str, Meta(max_length=CHAT_CHARACTERS)]

ImageUrl: TypeAlias = Annotated[str, Meta(pattern=r"^data:image/")]

StillUrl: TypeAlias = Annotated[
    str, Meta(max_length=PREVIEW_CHARACTERS, pattern=r"^data:image/(?:jpeg|png|webp);base64,[A-Za-z0-9+/=]*\Z")
]
"""A still as it may be shown: of a kind that cannot run anything, and small [V1]."""

Sha256: TypeAlias = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""32 bytes in lower-case hexadecimal."""

Random: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}\Z")]
"""32 bytes in base64url without padding."""

TrackKind: TypeAlias = Literal["audio", "video"]

HandState: TypeAlias = Literal["up", "down"]

RecordingState: TypeAlias = Literal["on", "off"]

ReactionName: TypeAlias = Literal["yes", "no", "applause", "heart", "laugh", "surprise"]

RoomHashes: TypeAlias = tuple[RoomHash, ...]

FeatureList: TypeAlias = Annotated[tuple[Id, ...], Meta(max_length=FEATURES)]

PairId: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{11}\Z")]
"""8 bytes in base64url without padding."""

Point: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{87}\Z")]
"""A point of P-256, uncompressed: 65 bytes in base64url without padding."""

Signature: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{86}\Z")]
"""64 bytes in base64url without padding."""

Ciphertext: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]*\Z")]
"""Bytes in base64url without padding."""

UnsignedList: TypeAlias = Annotated[tuple[Unsigned, ...], Meta(max_length=ROSTER)]


class NameStatement(Struct, frozen=True):
    """What makes a name a statement [Y6]."""

    number: Unsigned
    signature: Signature


class MemberStatement(Struct, frozen=True):
    """A member, with the statement of its name [Y6]."""

    id: ClientId
    """The id by which the server named the member."""
    key: Id
    instance: Id
    number: Unsigned
    name: str
    signature: Signature

    def __post_init__(self) -> None:
        """Refuse fields that contradict each other; cut text that is only shown."""
        if len(self.name) > NAME_CHARACTERS:
            force_setattr(self, "name", self.name[:NAME_CHARACTERS])


StatementList: TypeAlias = Annotated[tuple[MemberStatement, ...], Meta(max_length=ROSTER)]

RunId: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{22}\Z")]
"""16 bytes in base64url without padding."""


class CodeMember(Struct, frozen=True):
    """A member that a code is made of, as one sees it [Y7]."""

    key: Id
    instance: Id
    number: Unsigned
    statement: Random
    """The SHA-256 of the statement of its name under this number."""


CodeMemberList: TypeAlias = Annotated[tuple[CodeMember, ...], Meta(max_length=CODE_MEMBERS)]

CodeWhy: TypeAlias = Literal["differs", "busy", "barred", "silent", "false", "changed", "left", "stopped", "mismatch"]
"""Why a run has ended [Y22]."""

IpAddress: TypeAlias = Annotated[str, Meta(pattern=r"^[0-9A-Fa-f.:]{2,45}\Z")]
"""An address of IPv4 or IPv6."""

Port: TypeAlias = Annotated[int, Meta(ge=0, le=PORT)]


class SocketAddress(Struct, frozen=True):
    """An address at which somebody listens."""

    ip: IpAddress
    port: Port


SocketAddressList: TypeAlias = Annotated[tuple[SocketAddress, ...], Meta(max_length=DIRECT_ADDRESSES)]


class ServerLimits(Struct, frozen=True):
    """The limits that the server announces [S3]."""

    message_bytes: Unsigned
    """The largest frame that the server takes."""
