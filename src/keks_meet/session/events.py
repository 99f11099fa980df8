# SPDX-License-Identifier: AGPL-3.0-only
"""Facts that a session is told."""

from typing import Literal, TypeAlias

from msgspec import Struct

from keks_meet.protocol.fields import HandState, ReactionName, RecordingState
from keks_meet.protocol.packets import ClientJoin, ClientLeave, Init, RoomInfo
from keks_meet.protocol.relay_messages import Chat, Provide, RelayMessage, Request
from keks_meet.session.negotiation import NegotiationEvent
from keks_meet.session.way import Way

__all__ = [
    "BegunAnew",
    "ChatRefused",
    "ChatWritten",
    "Confirmed",
    "ConnectionClosed",
    "ConnectionState",
    "ConnectionStateChanged",
    "FileEnded",
    "FileInterrupted",
    "FileStalled",
    "HandSet",
    "Introduced",
    "Left",
    "LinkLost",
    "LinkStatus",
    "MessageRelayed",
    "Missed",
    "Negotiated",
    "PacketReceived",
    "PathFound",
    "PathSilent",
    "PeerEvent",
    "PeerKey",
    "PeerStatus",
    "PortWanted",
    "ReactionMade",
    "RecordingSet",
    "Renamed",
    "ResourceAdded",
    "ResourceRemoved",
    "ResourceUnwanted",
    "ResourceWanted",
    "SessionEvent",
    "StreamArrived",
    "StreamEnded",
    "Timer",
    "TimerFired",
    "TimerName",
    "TrackKind",
    "WantsSet",
]

PeerKey: TypeAlias = int
"""The key of a peer, for as long as a session knows the peer, whatever ids the server gives it."""

ConnectionState: TypeAlias = Literal["new", "connecting", "connected", "disconnected", "failed", "closed"]
LinkStatus: TypeAlias = Literal["joining", "joined", "reconnecting"]
PeerStatus: TypeAlias = Literal["unconnected", "connecting", "connected", "reconnecting", "failed"]
TrackKind: TypeAlias = Literal["audio", "video"]
TimerName: TypeAlias = Literal[
    "appear", "away", "restart", "yield", "doubts", "renew", "late", "offers", "gestures", "recordings"
]


class Timer(Struct, frozen=True):
    """A timer: what it is for, and the member (``appear``) or peer that it is about; 0 for nobody."""

    name: TimerName
    of: int


# Signaling. Messages come decrypted; packets of the kind `message` never reach the session.


class PacketReceived(Struct, frozen=True, tag_field="type", tag="packet-received"):
    """The server said something."""

    packet: Init | ClientJoin | ClientLeave | RoomInfo


class MessageRelayed(Struct, frozen=True, tag_field="type", tag="message-relayed"):
    """A member said something; ``sender`` is its id, ``credential`` what it has proven to be, if it came sealed."""

    sender: int
    message: RelayMessage
    credential: str | None = None


class BegunAnew(Struct, frozen=True, tag_field="type", tag="begun-anew"):
    """A member has proven who it is after words were said under its id: it is a newcomer [Y12]."""

    client: int


class Introduced(Struct, frozen=True, tag_field="type", tag="introduced"):
    """A member has proven its credential and says with the proof what it wants; its name follows [M10]."""

    client: int
    credential: str
    instance: str
    features: tuple[str, ...]
    wants: tuple[str, ...]


class Missed(Struct, frozen=True, tag_field="type", tag="missed"):
    """Something that was said to a member has not arrived there; what holds now is to be said again [Y13]."""

    client: int


class Confirmed(Struct, frozen=True, tag_field="type", tag="confirmed"):
    """The server has everything that was relayed before this was asked for [L8]."""

    line: str


class LinkLost(Struct, frozen=True, tag_field="type", tag="link-lost"):
    """The signaling connection is gone."""


# Acts of the person, or the program, at this client.


class Renamed(Struct, frozen=True, tag_field="type", tag="renamed"):
    """The own name has changed."""

    username: str


class WantsSet(Struct, frozen=True, tag_field="type", tag="wants-set"):
    """Tracks of these kinds are asked for from now on, as soon as they are offered; those that are there stay."""

    wants: tuple[TrackKind, ...]


class ResourceAdded(Struct, frozen=True, tag_field="type", tag="resource-added"):
    """A resource is on offer here."""

    resource: Provide


class ResourceRemoved(Struct, frozen=True, tag_field="type", tag="resource-removed"):
    """A resource is no longer on offer here."""

    id: str


class ResourceWanted(Struct, frozen=True, tag_field="type", tag="resource-wanted"):
    """A peer's track or file is wanted; a file perhaps from where an earlier transfer ended [F9].

    ``ticket`` comes back with `ExpectFile`, which says that there is something to expect.
    """

    peer: PeerKey
    id: str
    resume: Request | None = None
    ticket: int | None = None


class ResourceUnwanted(Struct, frozen=True, tag_field="type", tag="resource-unwanted"):
    """A peer's track or file is not wanted any more, or has arrived."""

    peer: PeerKey
    id: str


class PortWanted(Struct, frozen=True, tag_field="type", tag="port-wanted"):
    """One more connection to a peer's port is wanted [P1]; ``ticket`` comes back with `ExpectPort`."""

    peer: PeerKey
    id: str
    ticket: int | None = None


class ChatWritten(Struct, frozen=True, tag_field="type", tag="chat-written"):
    """A line of chat was written, to be said to everybody; ``line`` is its id, drawn by chance."""

    chat: Chat
    line: str


class ChatRefused(Struct, frozen=True, tag_field="type", tag="chat-refused"):
    """A line of chat was larger than the server takes, and was not sent."""

    chat: Chat


class HandSet(Struct, frozen=True, tag_field="type", tag="hand-set"):
    """The own hand is raised, or lowered."""

    state: HandState


class ReactionMade(Struct, frozen=True, tag_field="type", tag="reaction-made"):
    """The person reacts."""

    name: ReactionName


class RecordingSet(Struct, frozen=True, tag_field="type", tag="recording-set"):
    """A recording is to begin here, or has ended."""

    state: RecordingState


class Left(Struct, frozen=True, tag_field="type", tag="left"):
    """The person leaves on purpose."""


# Reports of a peer connection.


class Negotiated(Struct, frozen=True, tag_field="type", tag="negotiation"):
    """The engine reports on a negotiation."""

    peer: PeerKey
    event: NegotiationEvent


class ConnectionStateChanged(Struct, frozen=True, tag_field="type", tag="connection-state-changed"):
    """W3C's connectionState has changed."""

    peer: PeerKey
    state: ConnectionState


class ConnectionClosed(Struct, frozen=True, tag_field="type", tag="connection-closed"):
    """The other side closed the connection on purpose."""

    peer: PeerKey


class PathSilent(Struct, frozen=True, tag_field="type", tag="path-silent"):
    """Nothing has come from a peer for a while that sent all the time before, or it comes again [N15]."""

    peer: PeerKey
    silent: bool


class PathFound(Struct, frozen=True, tag_field="type", tag="path-found"):
    """The way that packets take is known."""

    peer: PeerKey
    way: Way


class FileEnded(Struct, frozen=True, tag_field="type", tag="file-ended"):
    """An own file is no longer on its way to this peer, which may ask for it again."""

    peer: PeerKey
    id: str


class FileStalled(Struct, frozen=True, tag_field="type", tag="file-stalled"):
    """A download has stalled: nothing came for a while, and the transfer has not ended [F12]."""

    peer: PeerKey
    id: str


class FileInterrupted(Struct, frozen=True, tag_field="type", tag="file-interrupted"):
    """A download has lost its channel before its end, and can go on at ``offset`` [F9].

    ``salt`` are 32 random bytes in lower-case hexadecimal, drawn for this request.
    """

    peer: PeerKey
    id: str
    offset: int
    salt: str


class StreamArrived(Struct, frozen=True, tag_field="type", tag="stream-arrived"):
    """A stream of the peer has arrived; ``id`` is the resource's [N3]."""

    peer: PeerKey
    id: str


class StreamEnded(Struct, frozen=True, tag_field="type", tag="stream-ended"):
    """A stream of the peer has ended."""

    peer: PeerKey
    id: str


class TimerFired(Struct, frozen=True, tag_field="type", tag="timer-fired"):
    """A timer that the session started ran out."""

    timer: Timer


PeerEvent: TypeAlias = (
    ResourceWanted
    | ResourceUnwanted
    | PortWanted
    | Negotiated
    | ConnectionStateChanged
    | ConnectionClosed
    | PathFound
    | PathSilent
    | FileEnded
    | FileStalled
    | FileInterrupted
    | StreamArrived
    | StreamEnded
)
"""Events that name a peer."""

SessionEvent: TypeAlias = (
    PacketReceived
    | MessageRelayed
    | BegunAnew
    | Introduced
    | Missed
    | Confirmed
    | LinkLost
    | Renamed
    | WantsSet
    | ResourceAdded
    | ResourceRemoved
    | ChatWritten
    | ChatRefused
    | HandSet
    | ReactionMade
    | RecordingSet
    | Left
    | TimerFired
    | PeerEvent
)
