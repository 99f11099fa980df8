# SPDX-License-Identifier: AGPL-3.0-only
"""Orders that a session gives: what its shell is to do."""

from typing import Literal, TypeAlias

from msgspec import Struct

from keks_meet.protocol.relay_messages import Chat, Provide, RelayMessage, Request
from keks_meet.session.events import PeerKey, Timer
from keks_meet.session.facts import Fact
from keks_meet.session.negotiation_effects import EngineEffect

__all__ = [
    "Attach",
    "CloseConnection",
    "Confirm",
    "ContinueFile",
    "Detach",
    "DoubtLink",
    "DoubtPeer",
    "Engine",
    "ExpectFile",
    "ExpectPort",
    "GiveUpFile",
    "JoinRoom",
    "LineState",
    "OfferToReceive",
    "OpenConnection",
    "OpenPort",
    "RelayOut",
    "RestartIce",
    "SendFile",
    "SessionEffect",
    "ShowBound",
    "ShowChat",
    "ShowLine",
    "ShowRoomCount",
    "StartTimer",
    "StopFile",
    "StopTimer",
]


class JoinRoom(Struct, frozen=True, tag_field="type", tag="join"):
    """Enter the room; only the shell knows its hash."""


class RelayOut(Struct, frozen=True, tag_field="type", tag="relay", omit_defaults=True):
    """Seal a message and relay it to one member or, without recipient, to all others."""

    message: RelayMessage
    recipient: int | None = None


class OpenConnection(Struct, frozen=True, tag_field="type", tag="open-connection"):
    """Make a peer connection, in place of the one that may be there."""

    peer: PeerKey


class CloseConnection(Struct, frozen=True, tag_field="type", tag="close-connection"):
    """Close the peer connection."""

    peer: PeerKey


class Engine(Struct, frozen=True, tag_field="type", tag="engine"):
    """Let the engine of a connection do something for its negotiation."""

    peer: PeerKey
    effect: EngineEffect


class RestartIce(Struct, frozen=True, tag_field="type", tag="restart-ice"):
    """Look for another way to the peer [N9]."""

    peer: PeerKey


class Attach(Struct, frozen=True, tag_field="type", tag="attach"):
    """Add the tracks of an own resource to a connection."""

    peer: PeerKey
    id: str


class OfferToReceive(Struct, frozen=True, tag_field="type", tag="offer-to-receive"):
    """Offer a line on which the peer can send a track of this kind [N13]."""

    peer: PeerKey
    kind: Literal["audio", "video"]


class Detach(Struct, frozen=True, tag_field="type", tag="detach"):
    """Take the tracks of an own resource off a connection."""

    peer: PeerKey
    id: str


class SendFile(Struct, frozen=True, tag_field="type", tag="send-file", omit_defaults=True):
    """Open a data channel for an own file and send it, as the features of both ends allow [F1] to [F9]."""

    peer: PeerKey
    id: str
    features: tuple[str, ...]
    resume: Request | None = None


class ExpectFile(Struct, frozen=True, tag_field="type", tag="expect-file"):
    """Expect that the peer opens a data channel for this file; ``ticket`` is that of `ResourceWanted`."""

    peer: PeerKey
    resource: Provide
    features: tuple[str, ...]
    ticket: int | None = None


class GiveUpFile(Struct, frozen=True, tag_field="type", tag="give-up-file"):
    """Give up a file whose channel will not come any more; a channel that is open already tells its end by itself."""

    peer: PeerKey
    id: str


class ContinueFile(Struct, frozen=True, tag_field="type", tag="continue-file"):
    """Continue a file whose connection was replaced: `FileInterrupted` tells how far it is, or it has failed [F7]."""

    peer: PeerKey
    id: str


class StopFile(Struct, frozen=True, tag_field="type", tag="stop-file"):
    """Stop sending an own file to a peer."""

    peer: PeerKey
    id: str


class OpenPort(Struct, frozen=True, tag_field="type", tag="open-port"):
    """Open a data channel for one connection to an own port [P1]."""

    peer: PeerKey
    id: str
    features: tuple[str, ...]


class ExpectPort(Struct, frozen=True, tag_field="type", tag="expect-port"):
    """Expect a data channel of the peer for one connection to its port [P1]; ``ticket`` is that of `PortWanted`."""

    peer: PeerKey
    id: str
    features: tuple[str, ...]
    ticket: int | None = None


class DoubtPeer(Struct, frozen=True, tag_field="type", tag="doubt-peer"):
    """Ask the person anew before a peer is permitted anything: it began anew and nothing shows that it is the same."""

    peer: PeerKey


class StartTimer(Struct, frozen=True, tag_field="type", tag="start-timer"):
    """Start a timer, anew if it runs; ``ms`` in milliseconds."""

    timer: Timer
    ms: int


class StopTimer(Struct, frozen=True, tag_field="type", tag="stop-timer"):
    """Stop a timer; one that does not run is no error."""

    timer: Timer


class ShowBound(Struct, frozen=True, tag_field="type", tag="show-bound", omit_defaults=True):
    """Tell that more of a kind is offered than there is room for [M7].

    The offers are a peer's, or this client's own: then ``id`` is not offered.
    """

    kind: str
    peer: PeerKey | None = None
    id: str | None = None


class ShowChat(Struct, frozen=True, tag_field="type", tag="show-chat", omit_defaults=True):
    """Show what a peer said, or, with the id of the line, what was said here."""

    username: str
    chat: Chat
    peer: PeerKey | None = None
    line: str | None = None


class Confirm(Struct, frozen=True, tag_field="type", tag="confirm"):
    """Find out when the server has everything that was relayed before this [L8]; `Confirmed` says so."""

    line: str


class DoubtLink(Struct, frozen=True, tag_field="type", tag="doubt-link"):
    """Find out soon whether the server is still there: the way to a peer is in doubt, perhaps from here on [L8]."""


LineState: TypeAlias = Literal["sent", "uncertain", "refused"]
"""The server has the line; nobody can tell whether it has arrived everywhere; it was larger than the server takes."""


class ShowLine(Struct, frozen=True, tag_field="type", tag="show-line"):
    """Show the state of an own line; until then the line is pending [M6]."""

    line: str
    state: LineState


class ShowRoomCount(Struct, frozen=True, tag_field="type", tag="show-room-count"):
    """Show how many members a watched room has."""

    hash: str
    count: int


SessionEffect: TypeAlias = (
    JoinRoom
    | RelayOut
    | OpenConnection
    | CloseConnection
    | Engine
    | RestartIce
    | Attach
    | OfferToReceive
    | Detach
    | SendFile
    | ExpectFile
    | GiveUpFile
    | ContinueFile
    | StopFile
    | OpenPort
    | ExpectPort
    | DoubtPeer
    | StartTimer
    | StopTimer
    | Confirm
    | DoubtLink
    | ShowBound
    | ShowChat
    | ShowLine
    | ShowRoomCount
    | Fact
)
