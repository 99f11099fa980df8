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
    Ciphertext,
    CodeMemberList,
    CodeWhy,
    FeatureList,
    HandState,
    Id,
    ImageUrl,
    Line,
    LineIndex,
    NameStatement,
    PairId,
    Point,
    Random,
    ReactionName,
    RecordingState,
    RunId,
    Sha256,
    Signature,
    StatementList,
    StillUrl,
    TrackKind,
    Unsigned,
    UnsignedList,
)
from keks_meet.protocol.wire_limits import LABEL_CHARACTERS, NAME_CHARACTERS

__all__ = [
    "BARE",
    "RELAY_MESSAGES",
    "SEALED_MESSAGES",
    "Answer",
    "Chat",
    "ChatId",
    "CodeCommitment",
    "CodeEnd",
    "CodeNonce",
    "CodeRun",
    "Credential",
    "Hand",
    "IceCandidate",
    "Identify",
    "Leaving",
    "Missed",
    "Offer",
    "Preview",
    "Probe",
    "Provide",
    "ProvideStop",
    "Reaction",
    "Recording",
    "RelayMessage",
    "Request",
    "RequestStop",
    "Roster",
    "RosterMembers",
    "RosterRequest",
    "Sealed",
    "UnknownRelayMessage",
]


class Identify(Struct, frozen=True, omit_defaults=True):
    """The sender's name; ours adds its instance, its features, a hello with keys, and a signature [M1] [Y10] [Y15]."""

    username: str
    instance: Id | None = None
    features: FeatureList | None = None
    nonce: Random | None = None
    p256: Point | None = None
    x25519: Random | None = None
    answers: Random | None = None
    """The nonce of the hello that this one answers [Y11]."""
    statement: NameStatement | None = None
    """Makes the name a statement; sealed alone, for who announced `roster-1` [Y15]."""
    wants: FeatureList | None = None
    """The kinds of tracks that are requested as soon as they are offered [M10]."""

    def __post_init__(self) -> None:
        """Refuse fields that contradict each other; cut text that is only shown."""
        if len(self.username) > NAME_CHARACTERS:
            force_setattr(self, "username", self.username[:NAME_CHARACTERS])


class Sealed(Struct, frozen=True):
    """Any other message, sealed for one member with the keys of the pair [Y5] [Y12].

    Only for who announced `sealed-1`.
    """

    pair: PairId
    number: Unsigned
    data: Ciphertext


class Credential(Struct, frozen=True, omit_defaults=True):
    """The first sealed message of a pair: who its sender is [M10] [Y4] [Y12]. Only for who announced `identity-1`."""

    key: Id
    signature: Signature
    sent: Unsigned
    """The messages that its sender has sealed for this member so far, whatever the keys, credentials apart [Y13]."""
    wants: FeatureList | None = None
    """As in `identify`, and sooner [M10]."""


class Missed(Struct, frozen=True):
    """Something that you sealed has not arrived: say again what holds now [Y13]. Only for who announced `sealed-1`."""


class Leaving(Struct, frozen=True):
    """Its sender leaves, and has closed its connections [L9]. Only for who announced `leaving`."""


class Roster(Struct, frozen=True):
    """Whom its sender sees, and what was said to whom [Y16] [Y18]. Only for who announced `roster-1`."""

    hash: Random
    """The hash of the sender's roster [Y7]."""
    ids: UnsignedList
    """The members that its sender has a pair with, by their ids."""
    sent: UnsignedList
    """For each of them, the messages that its sender has sealed for it, credentials apart."""
    told: UnsignedList
    """For each of them, the messages that it says to have sealed for who hears this."""


class RosterRequest(Struct, frozen=True):
    """Say whom you see [Y17]. Only for who announced `roster-1`."""


class RosterMembers(Struct, frozen=True):
    """Whom its sender sees, with the statements of their names [Y17]. Only for who announced `roster-1`."""

    members: StatementList


class CodeRun(Struct, frozen=True):
    """Let us make a code [Y20]. Only for who announced `sas-1`."""

    run: RunId
    members: CodeMemberList
    """Who takes part, as its sender sees them, itself included."""


class CodeCommitment(Struct, frozen=True):
    """Binds its sender to a nonce that nobody sees yet [Y8] [Y21]. Only for who announced `sas-1`."""

    run: RunId
    commitment: Random


class CodeNonce(Struct, frozen=True):
    """The nonce [Y8] [Y21]. Only for who announced `sas-1`."""

    run: RunId
    nonce: Random


class CodeEnd(Struct, frozen=True):
    """There is no code of this run for me [Y22]. Only for who announced `sas-1`."""

    run: RunId
    why: CodeWhy


class Provide(Struct, frozen=True, omit_defaults=True):
    """A resource is on offer; a kind other than `track`, `file` and `port` is ignored by who hears it [M2]."""

    id: Id
    kind: Id
    track_kind: TrackKind | None = None
    label: str | None = None
    size: Unsigned | None = None
    archive: Id | None = None
    """Of a file: `tar` is a directory [F10]."""
    show: Id | None = None
    """Of a file: `text` is one to be read at once [F13]."""

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


class Hand(Struct, frozen=True):
    """The hand of its sender is up, or down again [M11]. Only for who announced `gestures`."""

    state: HandState


class Reaction(Struct, frozen=True):
    """A reaction, shown once [M12]. Only for who announced `gestures`."""

    name: ReactionName


class Recording(Struct, frozen=True):
    """Its sender records, or no longer [M13]. Only for who announced `recording`."""

    state: RecordingState


class Probe(Struct, frozen=True):
    """Relayed to one's own id, to see whether it comes back [L8]."""

    number: Unsigned


class Preview(Struct, frozen=True):
    """A still of a video [V1]. Only for who announced `preview`."""

    id: Id
    data: StillUrl


class UnknownRelayMessage(Struct, frozen=True):
    """One of a kind not known here: counted and ignored [M5]."""

    kind: str


RelayMessage: TypeAlias = (
    Identify
    | Sealed
    | Credential
    | Missed
    | Leaving
    | Roster
    | RosterRequest
    | RosterMembers
    | CodeRun
    | CodeCommitment
    | CodeNonce
    | CodeEnd
    | Provide
    | ProvideStop
    | Request
    | RequestStop
    | Offer
    | Answer
    | IceCandidate
    | Chat
    | ChatId
    | Hand
    | Reaction
    | Recording
    | Probe
    | Preview
)

RELAY_MESSAGES: Final[Mapping[str, type[Struct]]] = {
    "identify": Identify,
    "sealed": Sealed,
    "credential": Credential,
    "missed": Missed,
    "leaving": Leaving,
    "roster": Roster,
    "roster_request": RosterRequest,
    "roster_members": RosterMembers,
    "code_run": CodeRun,
    "code_commitment": CodeCommitment,
    "code_nonce": CodeNonce,
    "code_end": CodeEnd,
    "provide": Provide,
    "provide_stop": ProvideStop,
    "request": Request,
    "request_stop": RequestStop,
    "offer": Offer,
    "answer": Answer,
    "ice_candidate": IceCandidate,
    "chat": Chat,
    "chat_id": ChatId,
    "hand": Hand,
    "reaction": Reaction,
    "recording": Recording,
    "probe": Probe,
    "preview": Preview,
}
"""By the key on the wire."""

BARE: Final[frozenset[type[Struct]]] = frozenset({RosterMembers, Offer, Answer})
"""Those whose value is their only field."""

SEALED_MESSAGES: Final[frozenset[type[Struct]]] = frozenset(
    {
        Credential,
        Missed,
        Leaving,
        Roster,
        RosterRequest,
        RosterMembers,
        CodeRun,
        CodeCommitment,
        CodeNonce,
        CodeEnd,
        Hand,
        Reaction,
        Recording,
    }
)
"""Those that only count sealed, for one member alone [Y12]."""
