# SPDX-License-Identifier: AGPL-3.0-only
"""Relay messages: what clients say to each other inside an envelope. The server never sees them.

A wrong form raises `ValueError` here, which `codec` turns into `MalformedPacket`.
"""

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

from keks_meet.protocol.packets import Unsigned

__all__ = [
    "Answer",
    "Chat",
    "IceCandidate",
    "Identify",
    "Offer",
    "Preview",
    "Provide",
    "ProvideStop",
    "RelayMessage",
    "Request",
    "RequestStop",
    "UnknownRelayMessage",
]

ImageUrl: TypeAlias = Annotated[str, Meta(pattern=r"^[dD][aA][tT][aA]:[iI][mM][aA][gG][eE]/")]


class Identify(Struct, frozen=True, omit_defaults=True):
    """Who I am; ours adds the instance and its features [M1]."""

    username: str
    instance: str | None = None
    features: tuple[str, ...] | None = None


class Provide(Struct, frozen=True, omit_defaults=True):
    """A resource is on offer [M2]. A kind other than ``track``, ``file`` and ``port`` is ignored by who hears it."""

    id: str
    kind: str
    track_kind: Literal["audio", "video"] | None = None
    label: str | None = None
    size: Unsigned | None = None

    def __post_init__(self) -> None:
        """Refuse a track that does not say what it is."""
        if self.kind == "track" and self.track_kind is None:
            msg = "a track says whether it is audio or video"
            raise ValueError(msg)


class ProvideStop(Struct, frozen=True):
    """A resource is no longer on offer [M2]."""

    id: str


class Request(Struct, frozen=True):
    """Start sending it to me [M3]."""

    id: str


class RequestStop(Struct, frozen=True):
    """Stop sending it to me [M3]."""

    id: str


class Offer(Struct, frozen=True):
    """A bare SDP offer [N1]."""

    sdp: str


class Answer(Struct, frozen=True):
    """A bare SDP answer [N1]."""

    sdp: str


class IceCandidate(Struct, frozen=True, omit_defaults=True):
    """A trickled candidate, with W3C's own field names [N1]."""

    candidate: str
    sdpMLineIndex: Annotated[int, Meta(ge=0, le=65535)] | None = None  # noqa: N815 - the name on the wire
    sdpMid: str | None = None  # noqa: N815
    usernameFragment: str | None = None  # noqa: N815


class Chat(Struct, frozen=True, omit_defaults=True):
    """A text or an image, one of the two [M4]."""

    text: str | None = None
    image: ImageUrl | None = None

    def __post_init__(self) -> None:
        """Refuse neither and both."""
        if (self.text is None) == (self.image is None):
            msg = "chat is a text or an image"
            raise ValueError(msg)


class Preview(Struct, frozen=True):
    """A still of a video, for peers that announced ``preview``."""

    id: str
    data: ImageUrl


class UnknownRelayMessage(Struct, frozen=True):
    """A message of a kind not known here: counted and ignored [M5]."""

    kind: str


RelayMessage: TypeAlias = (
    Identify | Provide | ProvideStop | Request | RequestStop | Offer | Answer | IceCandidate | Chat | Preview
)
