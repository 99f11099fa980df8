# SPDX-License-Identifier: AGPL-3.0-only
"""Relay messages: what clients say to each other inside an envelope. The server never sees them.

A wrong form raises `ValueError` here, which `codec` turns into `MalformedPacket`.
"""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from keks_meet.protocol.limits import (
    CANDIDATE_CHARACTERS,
    CHAT_CHARACTERS,
    FEATURES,
    ID_CHARACTERS,
    LABEL_CHARACTERS,
    NAME_CHARACTERS,
    PREVIEW_CHARACTERS,
    PROOFS,
)
from keks_meet.protocol.packets import Unsigned

__all__ = [
    "Answer",
    "Chat",
    "ChatId",
    "IceCandidate",
    "Identify",
    "Offer",
    "Preview",
    "Probe",
    "Provide",
    "ProvideStop",
    "RelayMessage",
    "Request",
    "RequestStop",
    "ResumeChallenge",
    "ResumeProof",
    "ResumeToken",
    "UnknownRelayMessage",
]

Id: TypeAlias = Annotated[str, Meta(max_length=ID_CHARACTERS)]
Sha256: TypeAlias = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Random: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}\Z")]
"""32 bytes in base64url without padding."""
ImageUrl: TypeAlias = Annotated[str, Meta(pattern=r"^[dD][aA][tT][aA]:[iI][mM][aA][gG][eE]/")]

StillUrl: TypeAlias = Annotated[
    str, Meta(max_length=PREVIEW_CHARACTERS, pattern=r"^data:image/(?:jpeg|png|webp);base64,[A-Za-z0-9+/=]*\Z")
]


class Identify(Struct, frozen=True, omit_defaults=True):
    """Who I am; ours adds the instance and its features [M1]."""

    username: str
    instance: Id | None = None
    features: Annotated[tuple[Id, ...], Meta(max_length=FEATURES)] | None = None

    def __post_init__(self) -> None:
        """Keep no more of the name than is ever shown."""
        if len(self.username) > NAME_CHARACTERS:
            force_setattr(self, "username", self.username[:NAME_CHARACTERS])


class Provide(Struct, frozen=True, omit_defaults=True):
    """A resource is on offer [M2]. A kind other than ``track``, ``file`` and ``port`` is ignored by who hears it."""

    id: Id
    kind: Id
    track_kind: Literal["audio", "video"] | None = None
    label: str | None = None
    size: Unsigned | None = None
    archive: Id | None = None
    """Of a file: ``tar`` is a directory [F10]."""

    def __post_init__(self) -> None:
        """Refuse a track that does not say what it is; keep no more of the label than is ever shown."""
        if self.kind == "track" and self.track_kind is None:
            msg = "a track says whether it is audio or video"
            raise ValueError(msg)
        if self.label is not None and len(self.label) > LABEL_CHARACTERS:
            force_setattr(self, "label", self.label[:LABEL_CHARACTERS])


class ProvideStop(Struct, frozen=True):
    """A resource is no longer on offer [M2]."""

    id: Id


class Request(Struct, frozen=True, omit_defaults=True):
    """Start sending it to me [M3]; of a file also from an offset, after proof of what stands before it [F9]."""

    id: Id
    offset: Unsigned | None = None
    salt: Sha256 | None = None
    """32 random bytes in lower-case hexadecimal."""


class RequestStop(Struct, frozen=True):
    """Stop sending it to me [M3]."""

    id: Id


class Offer(Struct, frozen=True):
    """A bare SDP offer [N1]."""

    sdp: str


class Answer(Struct, frozen=True):
    """A bare SDP answer [N1]."""

    sdp: str


class IceCandidate(Struct, frozen=True, omit_defaults=True):
    """A trickled candidate, with W3C's own field names [N1]."""

    candidate: Annotated[str, Meta(max_length=CANDIDATE_CHARACTERS)]
    sdpMLineIndex: Annotated[int, Meta(ge=0, le=65535)] | None = None  # noqa: N815 - the name on the wire
    sdpMid: Id | None = None  # noqa: N815
    usernameFragment: Id | None = None  # noqa: N815


class Chat(Struct, frozen=True, omit_defaults=True):
    """A text or an image, one of the two [M4]."""

    text: Annotated[str, Meta(max_length=CHAT_CHARACTERS)] | None = None
    image: ImageUrl | None = None

    def __post_init__(self) -> None:
        """Refuse neither and both."""
        if (self.text is None) == (self.image is None):
            msg = "chat is a text or an image"
            raise ValueError(msg)


class ChatId(Struct, frozen=True):
    """The next chat of mine is the line of this id, for peers that announced ``chat-id`` [M6]."""

    id: Id


class Probe(Struct, frozen=True):
    """Relayed to one's own id, to see whether it comes back [L8]."""

    number: Unsigned


class Preview(Struct, frozen=True):
    """A still of a video, for peers that announced ``preview`` [V1]."""

    id: Id
    data: StillUrl


class ResumeToken(Struct, frozen=True):
    """What only you and I know, to prove ourselves with when signaling was lost [R1]."""

    token: Random


class ResumeChallenge(Struct, frozen=True):
    """Prove that you are who you were [R2]."""

    nonce: Random


class ResumeProof(Struct, frozen=True):
    """I am [R3]: a proof for each peer of this client that the challenger could be."""

    macs: Annotated[tuple[Random, ...], Meta(min_length=1, max_length=PROOFS)]


class UnknownRelayMessage(Struct, frozen=True):
    """A message of a kind not known here: counted and ignored [M5]."""

    kind: str


RelayMessage: TypeAlias = (
    Identify
    | Provide
    | ProvideStop
    | Request
    | RequestStop
    | Offer
    | Answer
    | IceCandidate
    | Chat
    | ChatId
    | Probe
    | Preview
    | ResumeToken
    | ResumeChallenge
    | ResumeProof
)
