# SPDX-License-Identifier: AGPL-3.0-only
"""What a room tells the program that is in it.

Peers are snapshots: a `Peer` says how things stood when the event was made. Its ``key`` names it for as long as it is
there, however often either side loses the server meanwhile.
"""

from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from keks_meet.client.files.transfers import Transfer
from keks_meet.protocol.relay_messages import Provide
from keks_meet.session.effects import LineState
from keks_meet.session.events import LinkStatus
from keks_meet.session.view import PeerView

if TYPE_CHECKING:
    # Who only wants to know what the events are needs no engine.
    from keks_meet.client.rtc.tracks import MediaStream

__all__ = [
    "ChatReceived",
    "ChatSettled",
    "LinkChanged",
    "MessageTooLarge",
    "OfferRefused",
    "OffersIgnored",
    "Peer",
    "PeerChanged",
    "PeerJoined",
    "PeerLeft",
    "PortRefused",
    "Resource",
    "ResourceOffered",
    "ResourceSpoilt",
    "ResourceWithdrawn",
    "RoomEvent",
    "StreamArrived",
    "TransferEnded",
    "TransferStalled",
    "TransferStarted",
]

Peer: TypeAlias = PeerView
Resource: TypeAlias = Provide


class PeerJoined(Struct, frozen=True):
    """Somebody is there, or was already when this program came."""

    peer: Peer


class PeerLeft(Struct, frozen=True):
    """Somebody left, or did not come back within 30 s."""

    peer: Peer


class PeerChanged(Struct, frozen=True):
    """A peer's name, or how its connection does, is another one."""

    peer: Peer


class ResourceOffered(Struct, frozen=True):
    """A peer offers something, or says something else of what it offers."""

    peer: Peer
    resource: Resource


class ResourceWithdrawn(Struct, frozen=True):
    """A peer no longer offers something. Not told of a peer that left."""

    peer: Peer
    resource: Resource


class ResourceSpoilt(Struct, frozen=True):
    """A file that was offered from here cannot be read any more, so that it is no longer on offer."""

    resource: Resource
    is_gone: bool = False
    """Whether it was deleted."""


class ChatReceived(Struct, frozen=True):
    """A peer said something: ``text``, or ``image`` as a ``data:`` URL."""

    peer: Peer
    text: str | None
    image: str | None


class ChatSettled(Struct, frozen=True):
    """What has become of a line that was said here; ``line`` is what `Room.send_chat` returned.

    ``sent``: the server has it. ``uncertain``: nobody can tell whether those have got it whose clients know no ids of
    lines. ``refused``: it was larger than the server takes.
    """

    line: str
    state: LineState


class StreamArrived(Struct, frozen=True):
    """A track that was asked for is here, as a stream of `wrtc`."""

    peer: Peer
    resource: Resource
    stream: "MediaStream"


class TransferStarted(Struct, frozen=True):
    """A file begins to go out or to come in; ``transfer`` counts its bytes."""

    transfer: Transfer


class TransferStalled(Struct, frozen=True):
    """Nothing has come of a file for 15 s; it is asked for again. Told each time that it stands still."""

    transfer: Transfer


class TransferEnded(Struct, frozen=True):
    """It has ended; ``transfer.outcome`` says how."""

    transfer: Transfer


class PortRefused(Struct, frozen=True):
    """A connection to a peer's port was closed by the peer before anything came of it.

    The peer does not let this program in, or nothing answers at its port.
    """

    peer: Peer
    id: str


class LinkChanged(Struct, frozen=True):
    """The server was lost, or is back. Connections to peers and transfers go on meanwhile."""

    status: LinkStatus
    reason: str = ""
    """For people; may be empty."""


class MessageTooLarge(Struct, frozen=True):
    """A message was larger than the server takes, and was not sent."""

    kind: Literal["chat", "other"]


class OffersIgnored(Struct, frozen=True):
    """A peer offers more of a kind than there is room for; what is more is not to be seen here."""

    peer: Peer
    kind: str


class OfferRefused(Struct, frozen=True):
    """What was to be offered from here is not: there are as many of its kind as others have room for."""

    id: str
    kind: str


RoomEvent: TypeAlias = (
    PeerJoined
    | PeerLeft
    | PeerChanged
    | ResourceOffered
    | ResourceWithdrawn
    | ResourceSpoilt
    | ChatReceived
    | ChatSettled
    | StreamArrived
    | TransferStarted
    | TransferStalled
    | TransferEnded
    | PortRefused
    | LinkChanged
    | MessageTooLarge
    | OffersIgnored
    | OfferRefused
)
