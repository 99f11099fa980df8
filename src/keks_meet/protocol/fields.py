# SPDX-License-Identifier: AGPL-3.0-only
"""What fields of packets and messages may hold.

Made from spec/protocol.json by `python -m tools.protocol`: changes go there.
"""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta

from keks_meet.protocol.wire_limits import (
    CANDIDATE_CHARACTERS,
    CHAT_CHARACTERS,
    FEATURES,
    ID_CHARACTERS,
    LINE_INDEX,
    MAX_INTEGER,
    PREVIEW_CHARACTERS,
    ROOM_HASH_CHARACTERS,
)

__all__ = [
    "Candidate",
    "Ciphertext",
    "ClientId",
    "FeatureList",
    "Id",
    "ImageUrl",
    "Line",
    "LineIndex",
    "PairId",
    "Point",
    "Random",
    "RoomHash",
    "RoomHashes",
    "Sha256",
    "Signature",
    "StillUrl",
    "TrackKind",
    "Unsigned",
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
