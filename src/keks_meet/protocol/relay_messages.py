# SPDX-License-Identifier: AGPL-3.0-only
"""Relay messages: what clients say to each other inside an envelope. The server never sees them.

A wrong form raises `ValueError` here, which `codec` turns into `MalformedPacket`.

Made from spec/protocol.json by `python -m tools.protocol`: changes go there.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import force_setattr

from keks_meet.protocol.fields import (
    Candidate,
    FeatureList,
    Id,
    ImageUrl,
    Line,
    LineIndex,
    Macs,
    Random,
    Sha256,
    StillUrl,
    TrackKind,
    Unsigned,
)
from keks_meet.protocol.wire_limits import LABEL_CHARACTERS, NAME_CHARACTERS

__all__ = [
    "BARE",
    "RELAY_MESSAGES",
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


class Identify(Struct, frozen=True, omit_defaults=True):
    """The sender's name; ours adds the instance and its features [M1]."""

    username: str
    instance: Id | None = None
    features: FeatureList | None = None

    def __post_init__(self) -> None:
        """Refuse fields that contradict each other; cut text that is only shown."""
        if len(self.username) > NAME_CHARACTERS:
            force_setattr(self, "username", self.username[:NAME_CHARACTERS])


class Provide(Struct, frozen=True, omit_defaults=True):
    """A resource is on offer; a kind other than `track`, `file` and `port` is ignored by who hears it [M2]."""

    id: Id
    kind: Id
    track_kind: TrackKind | None = None
    label: str | None = None
    size: Unsigned | None = None
    archive: Id | None = None
    """Of a file: `tar` is a directory [F10]."""

    def __post_init__(self) -> None:
        """Refuse fields that contradict each other; cut text that is only shown."""
        if self.kind == "track" and self.track_kind is None:
            msg = "a track says its track_kind"
            raise ValueError(msg)
        if self.label is not None and len(self.label) > LABEL_CHARACTERS:
            force_setattr(self, "label", self.label[:LABEL_CHARACTERS])


class ProvideStop(Struct, frozen=True):
    """A resource is no longer on offer [M2]."""

    id: Id


class Request(Struct, frozen=True, omit_defaults=True):
    """Start sending it to me; of a file also from an offset, after proof of what stands before it [M3] [F9]."""

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

    candidate: Candidate
    sdpMLineIndex: LineIndex | None = None  # noqa: N815 - the name on the wire
    sdpMid: Id | None = None  # noqa: N815 - the name on the wire
    usernameFragment: Id | None = None  # noqa: N815 - the name on the wire


class Chat(Struct, frozen=True, omit_defaults=True):
    """A text or an image, one of the two [M4]."""

    text: Line | None = None
    image: ImageUrl | None = None

    def __post_init__(self) -> None:
        """Refuse fields that contradict each other; cut text that is only shown."""
        if (self.text is None) == (self.image is None):
            msg = "chat has either text or image"
            raise ValueError(msg)


class ChatId(Struct, frozen=True):
    """The next chat of mine is the line of this id [M6]. Only for who announced `chat-id`."""

    id: Id


class Probe(Struct, frozen=True):
    """Relayed to one's own id, to see whether it comes back [L8]."""

    number: Unsigned


class Preview(Struct, frozen=True):
    """A still of a video [V1]. Only for who announced `preview`."""

    id: Id
    data: StillUrl


class ResumeToken(Struct, frozen=True):
    """A token that only the two ends know, to prove themselves with when signaling was lost [R1].

    Only for who announced `resume-token`.
    """

    token: Random


class ResumeChallenge(Struct, frozen=True):
    """Prove that you are who you were [R2]. Only for who announced `resume-token`."""

    nonce: Random


class ResumeProof(Struct, frozen=True):
    """I am: a proof for each peer of this client that the challenger could be [R3].

    Only for who announced `resume-token`.
    """

    macs: Macs


class UnknownRelayMessage(Struct, frozen=True):
    """One of a kind not known here: counted and ignored [M5]."""

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

RELAY_MESSAGES: Final[Mapping[str, type[Struct]]] = {
    "identify": Identify,
    "provide": Provide,
    "provide_stop": ProvideStop,
    "request": Request,
    "request_stop": RequestStop,
    "offer": Offer,
    "answer": Answer,
    "ice_candidate": IceCandidate,
    "chat": Chat,
    "chat_id": ChatId,
    "probe": Probe,
    "preview": Preview,
    "resume_token": ResumeToken,
    "resume_challenge": ResumeChallenge,
    "resume_proof": ResumeProof,
}
"""By the key on the wire."""

BARE: Final[frozenset[type[Struct]]] = frozenset({Offer, Answer})
"""Those whose value is their only field."""
