# SPDX-License-Identifier: AGPL-3.0-only
"""The events that a room tells the program that is in it.

Peers are snapshots: a `Peer` says how things stood when the event was made. Its ``key`` names it for as long as it is
there, however often either side loses the server meanwhile.
"""

from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct

from keks_meet.client.files.transfers import Transfer
from keks_meet.client.identity.peers import Identity, Peer
from keks_meet.protocol.fields import ReactionName
from keks_meet.protocol.relay_messages import Provide
from keks_meet.session.effects import LineState
from keks_meet.session.events import LinkStatus
from keks_meet.session.room_code_orders import CodeEnding

if TYPE_CHECKING:
    # A program that only wants to know what the events are needs no engine.
    from keks_meet.client.rtc.tracks import MediaStream

__all__ = [
    "ChatReceived",
    "ChatSettled",
    "HandChanged",
    "Identity",
    "LinkChanged",
    "MessageTooLarge",
    "OfferRefused",
    "OffersIgnored",
    "Peer",
    "PeerChanged",
    "PeerJoined",
    "PeerLeft",
    "PeerWarned",
    "PortRefused",
    "PortUnanswered",
    "Reacted",
    "RecordingChanged",
    "Resource",
    "ResourceOffered",
    "ResourceSpoilt",
    "ResourceWithdrawn",
    "RoomCodeChanged",
    "RoomEvent",
    "StreamArrived",
    "TransferEnded",
    "TransferStalled",
    "TransferStarted",
    "WarningKind",
]

Resource: TypeAlias = Provide

WarningKind: TypeAlias = Literal["unproven", "missed", "contradicts", "withheld", "unheard"]


class PeerJoined(Struct, frozen=True):
    """A peer joined, or was there already when this program came."""

    peer: Peer


class PeerLeft(Struct, frozen=True):
    """A peer left, or did not come back within 30 s."""

    peer: Peer


class PeerChanged(Struct, frozen=True):
    """A peer has another name, or its connection has another state."""

    peer: Peer


class PeerWarned(Struct, frozen=True):
    """Something is wrong with a peer, with a member that is none yet, or with what the server passes on.

    ``unproven``: it cannot prove the key that it claims, and is not spoken to. ``missed``: something that it said was
    withheld, or lost on its way; it is asked to say it again. ``contradicts``: it goes by both `names`, each for other
    people, and has signed both. ``withheld``: nothing of what the peer says to this program arrives, as `witness`
    tells, who hears it; or, without a peer, the server does not show a member to whom `witness` speaks, and that has
    signed the name in `names`. The server withholds that, or `witness` does not tell the truth. ``unheard``: nothing of
    what the peer says comes through the server for minutes, while it is connected directly: the server withholds it, or
    the peer stands still or cannot reach the server.
    """

    peer: Peer | None
    about: WarningKind
    names: tuple[str, ...] = ()
    witness: Peer | None = None


class RoomCodeChanged(Struct, frozen=True):
    """A code that the room makes for people to compare: somebody has started it, it is there, or there is none.

    Who has the same code as all others may be sure of the keys of all `members`: `Room.settle_code` takes what was
    found. `why` there is none: ``alone``: nobody is here with whom it can be made. ``differs``: somebody sees other
    members, keys or names, or not yet the same. ``silent``: those who are `named` did not answer. ``false``: they broke
    the rules. ``left`` and ``changed``: they left, or have another name. ``busy``: another run goes on. ``barred``:
    somebody has spoiled three. ``stopped``: a person did that. ``lost``: the server is away. ``match`` and
    ``mismatch``: a person has compared it.
    """

    status: Literal["running", "code", "ended"]
    by: Peer | None
    """Who has started it; None for this program."""
    members: tuple[Peer, ...]
    """The others whom the code covers. Whoever is in the room and not among them is not covered."""
    waiting: tuple[Peer, ...] = ()
    """Those who are waited for."""
    left_out: tuple[Peer, ...] = ()
    """Those who were left out, as they did not answer."""
    named: tuple[Peer, ...] = ()
    """Those whom the end is about."""
    code: str | None = None
    why: CodeEnding | None = None
    ended_by: Peer | None = None
    """Who has told of the end; None for this program."""


class ResourceOffered(Struct, frozen=True):
    """A peer offers a resource, or says something else of one that it offers."""

    peer: Peer
    resource: Resource


class ResourceWithdrawn(Struct, frozen=True):
    """A peer no longer offers a resource. Not told of a peer that left."""

    peer: Peer
    resource: Resource


class ResourceSpoilt(Struct, frozen=True):
    """A file that was offered from here cannot be read any more, so that it is no longer on offer."""

    resource: Resource
    is_gone: bool = False
    """Whether the file was deleted."""


class ChatReceived(Struct, frozen=True):
    """A peer said something: ``text``, or ``image`` as a ``data:`` URL."""

    peer: Peer
    text: str | None
    image: str | None


class ChatSettled(Struct, frozen=True):
    """The state of a line that was said here is settled; ``line`` is what `Room.send_chat` returned.

    ``sent``: the server has the line. ``uncertain``: nobody can tell whether those peers have got it whose clients know
    no ids of lines. ``refused``: the line was larger than the server takes.
    """

    line: str
    state: LineState


class HandChanged(Struct, frozen=True):
    """A peer has raised a hand, or lowered it. Hands are down until this is told, and go with their peers."""

    peer: Peer
    is_up: bool


class Reacted(Struct, frozen=True):
    """A peer has reacted to what is said or shown."""

    peer: Peer
    name: ReactionName


class RecordingChanged(Struct, frozen=True):
    """A peer records what it sees and hears, or does not any more. Nobody does until this is told [M13]."""

    peer: Peer
    is_on: bool


class StreamArrived(Struct, frozen=True):
    """A track that was asked for has arrived, as a stream of `wrtc`."""

    peer: Peer
    resource: Resource
    stream: "MediaStream"


class TransferStarted(Struct, frozen=True):
    """The transfer of a file begins, out or in; ``transfer`` counts its bytes."""

    transfer: Transfer


class TransferStalled(Struct, frozen=True):
    """A download has stalled: nothing came for 15 s, and the file is asked for again. Told each time that it stalls."""

    transfer: Transfer


class TransferEnded(Struct, frozen=True):
    """A transfer has ended; ``transfer.outcome`` says how."""

    transfer: Transfer


class PortRefused(Struct, frozen=True):
    """A connection to a peer's port was closed by the peer before anything came of it.

    The peer does not let this program in, or nothing answers at its port.
    """

    peer: Peer
    id: str


class PortUnanswered(Struct, frozen=True):
    """Nothing answers at a port that is offered from here, to which a peer wants to connect.

    Told once, until something answers there again.
    """

    id: str
    address: str
    """Where the port should be, such as ``127.0.0.1:8080``."""
    reason: str
    """The reason in words, for people."""


class LinkChanged(Struct, frozen=True):
    """The connection to the server was lost, or is back. Connections to peers and transfers go on meanwhile."""

    status: LinkStatus
    reason: str = ""
    """The reason in words, for people; may be empty."""


class MessageTooLarge(Struct, frozen=True):
    """A message was larger than the server takes, and was not sent."""

    kind: Literal["chat", "other"]


class OffersIgnored(Struct, frozen=True):
    """A peer offers more resources of a kind than there is room for; those beyond the limit are not to be seen here."""

    peer: Peer
    kind: str


class OfferRefused(Struct, frozen=True):
    """An own resource is not offered: there are as many of its kind as others have room for."""

    id: str
    kind: str


RoomEvent: TypeAlias = (
    PeerJoined
    | PeerLeft
    | PeerWarned
    | RoomCodeChanged
    | PeerChanged
    | ResourceOffered
    | ResourceWithdrawn
    | ResourceSpoilt
    | ChatReceived
    | ChatSettled
    | HandChanged
    | RecordingChanged
    | Reacted
    | StreamArrived
    | TransferStarted
    | TransferStalled
    | TransferEnded
    | PortRefused
    | PortUnanswered
    | LinkChanged
    | MessageTooLarge
    | OffersIgnored
    | OfferRefused
)
