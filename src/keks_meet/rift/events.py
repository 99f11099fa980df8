# SPDX-License-Identifier: AGPL-3.0-only
"""What `rift` says while it runs: one frozen struct an event. The displays know how each is written.

Text of peers is in them as it came: a display makes it safe to show. With ``--json`` an event is written as declared
here, ``event`` and the fields in order, without those at their default. So names and fields are stable (docs/rift.md).
"""

from pathlib import Path
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from keks_meet.protocol.fields import HandState, ReactionName, RecordingState
from keks_meet.protocol.relay_messages import Provide
from keks_meet.session.people import Mark
from keks_meet.session.room_code_orders import CodeEnding
from keks_meet.session.shown_text import shown_name
from keks_meet.session.way import TransferWay

__all__ = [
    "NAMELESS",
    "ChatReceived",
    "CodeMade",
    "Detail",
    "Direction",
    "Event",
    "Failed",
    "Hand",
    "Joined",
    "Listening",
    "Listing",
    "Offered",
    "OwnIdentity",
    "PeerJoined",
    "PeerLeft",
    "PeerName",
    "PeerRenamed",
    "PersonListed",
    "Providing",
    "Reaction",
    "Recording",
    "ResourceListed",
    "RoomCode",
    "SafetyNumber",
    "SiteCompared",
    "SiteDifference",
    "Status",
    "Summary",
    "TextReceived",
    "TransferDone",
    "TransferFailed",
    "TransferProgress",
    "TransferStarted",
    "TransferUnconfirmed",
    "Warned",
    "Withdrawn",
    "worded",
]

NAMELESS: Final = "somebody without a name"

Direction: TypeAlias = Literal["sending", "receiving"]


class PeerName(Struct, frozen=True, omit_defaults=True):
    """A peer: what the session knows it by, and what it calls itself."""

    key: str
    username: str
    number: int = 1
    """Tells it from the others whose names look the same [T4]; 1 is left out."""
    mark: Mark | None = None
    """What is known of who it is; of a peer always there."""
    fingerprint: str | None = None
    """The SHA-256 of the key that it has proven, in hexadecimal."""
    petname: str | None = None
    """What it is called here, whatever it calls itself."""


def worded(peer: PeerName) -> str:
    """Return a peer's name for within a sentence: quoted [T2], so that it is taken for nothing else, and numbered."""
    name = shown_name(peer.petname or peer.username)
    number = f" ({peer.number})" if peer.number > 1 else ""
    changed = " (changed)" if peer.mark == "changed" else ""
    return (f'"{name}"' if name else NAMELESS) + number + changed


class _Event(Struct, frozen=True, tag_field="event", omit_defaults=True):
    """What all events are: structs that carry their own name."""


class CodeMade(_Event, frozen=True, tag="code"):
    """A code was made, which the other end has to type, or to open as a link."""

    code: str
    link: str
    server: str = ""
    """What is to be typed behind the code and an ``@``, where the other end cannot know the server."""


class Joined(_Event, frozen=True, tag="joined"):
    """We are in the room."""

    username: str
    link: str | None = None
    """Where browsers find the room, for commands that tell it."""


class PeerJoined(_Event, frozen=True, tag="peer-joined"):
    """Somebody came, or was there already."""

    peer: PeerName


class PeerLeft(_Event, frozen=True, tag="peer-left"):
    """Somebody went."""

    peer: PeerName


class PeerRenamed(_Event, frozen=True, tag="peer-renamed"):
    """Somebody has another name by now."""

    peer: PeerName
    before: str
    """The name that the peer had."""
    number_before: int = 1
    """What told that name from equal ones."""


class Offered(_Event, frozen=True, tag="offered"):
    """A peer offers something."""

    peer: PeerName
    resource: Provide


class Withdrawn(_Event, frozen=True, tag="withdrawn"):
    """A peer no longer offers something."""

    peer: PeerName
    resource: Provide


class Providing(_Event, frozen=True, tag="providing"):
    """We offer something."""

    resource: Provide


class ResourceListed(_Event, frozen=True, tag="resource"):
    """What a peer offers, as a line of the answer to ``list``."""

    peer: PeerName
    resource: Provide


class Listing(Struct, frozen=True):
    """The whole answer to ``list``, whose lines belong into one table. For programs they are events of their own."""

    lines: tuple[ResourceListed, ...]


class TransferStarted(_Event, frozen=True, tag="transfer-started"):
    """A transfer began."""

    transfer: int
    """A number that counts up."""
    direction: Direction
    peer: PeerName
    resource: Provide
    bytes: int
    """Bytes that were there already."""


class TransferProgress(_Event, frozen=True, tag="transfer-progress"):
    """More of a transfer is there."""

    transfer: int
    bytes: int
    """Bytes of the whole that are there by now."""


class TransferDone(_Event, frozen=True, tag="transfer-done"):
    """A transfer is complete, and stored by whoever received it."""

    transfer: int
    bytes: int
    path: Path | None
    """Where it lies, if it was received into a file."""


class TransferUnconfirmed(_Event, frozen=True, tag="transfer-unconfirmed"):
    """All was sent, to a client that does not tell whether it was stored."""

    transfer: int
    bytes: int


class TransferFailed(_Event, frozen=True, tag="transfer-failed"):
    """A transfer will not be complete."""

    transfer: int
    bytes: int
    reason: str


class Summary(_Event, frozen=True, tag="summary"):
    """What all transfers of a command came to, at its end: files that arrived whole, and by which known ways."""

    direction: Direction
    files: int
    bytes: int
    """Bytes that went over the wire, those of transfers that failed included."""
    seconds: float
    """Seconds in which at least one transfer was under way."""
    failed: int = 0
    """Files, and not tries."""
    ways: tuple[TransferWay, ...] = ()
    excluded: int = 0
    """What `--exclude` left out of folders; a folder that was left out counts once."""
    unconfirmed: int = 0


class ChatReceived(_Event, frozen=True, tag="chat"):
    """A peer wrote something, or sent an image."""

    peer: PeerName
    text: str | None = None
    image: bool = False


class TextReceived(_Event, frozen=True, tag="text"):
    """A peer has sent a text that is to be read at once [F13]."""

    peer: PeerName
    text: str


class Hand(_Event, frozen=True, tag="hand"):
    """A peer has raised a hand, or lowered it."""

    peer: PeerName
    state: HandState


class Reaction(_Event, frozen=True, tag="reaction"):
    """A peer reacts."""

    peer: PeerName
    name: ReactionName


class Recording(_Event, frozen=True, tag="recording"):
    """A peer records what it sees and hears, or does not any more."""

    peer: PeerName
    state: RecordingState


class Listening(_Event, frozen=True, tag="listening"):
    """A peer's port can be reached on this machine."""

    host: str
    port: int
    peer: PeerName
    id: str


class OwnIdentity(_Event, frozen=True, tag="identity"):
    """Who this person is to others: the answer of ``identity``."""

    fingerprint: str
    folder: Path
    """Where the key is kept."""


class PersonListed(_Event, frozen=True, tag="person"):
    """Somebody who is known, as a line of the answer of ``people``."""

    username: str
    """The name that the person went by last."""
    fingerprint: str
    mark: Literal["verified", "known"]
    first_seen: str
    last_seen: str
    petname: str | None = None


class SafetyNumber(_Event, frozen=True, tag="safety-number"):
    """The number that two people compare: the question of ``verify``."""

    name: str
    number: str


class RoomCode(_Event, frozen=True, tag="room-code"):
    """A code for all who are in the room is made, is there to be compared, or there is none."""

    status: Literal["running", "code", "ended"]
    members: tuple[PeerName, ...]
    """The others whom it covers."""
    uncovered: tuple[PeerName, ...] = ()
    """Who is here and not covered."""
    waiting: tuple[PeerName, ...] = ()
    by: PeerName | None = None
    """Who has started it; nobody for this program."""
    left_out: tuple[PeerName, ...] = ()
    """Who did not answer, so that it was started again."""
    code: str | None = None
    why: CodeEnding | None = None
    """Why there is no code, or what was found."""
    named: tuple[PeerName, ...] = ()
    """Whom the end is about."""
    ended_by: PeerName | None = None
    """Who has told of the end; nobody for this program."""


class SiteDifference(Struct, frozen=True):
    """An address of a server's site, and what is different there."""

    address: str
    what: str
    """The rest of a sentence that begins with the address."""


class SiteCompared(_Event, frozen=True, tag="site-compared"):
    """A server's pages were compared with those of the installed package."""

    server: str
    version: str
    """The version of the installed package."""
    said: str
    """The version that the server says it has, as it came; may be empty."""
    compared: int
    """The number of addresses that were compared."""
    configured: dict[str, str]
    """The colours and addresses that the server's configuration put into the pages, by name."""
    differences: tuple[SiteDifference, ...] = ()


class Status(_Event, frozen=True, tag="status"):
    """What is going on, such as what is being waited for."""

    text: str


class Detail(_Event, frozen=True, tag="detail"):
    """What only those want to know who asked for more."""

    text: str


class Warned(_Event, frozen=True, tag="warning"):
    """Something that a person should know."""

    text: str


class Failed(_Event, frozen=True, tag="error"):
    """Something went wrong."""

    text: str
    code: str
    """The stable one of a `KeksMeetError`, or ``system``."""


Event: TypeAlias = (
    CodeMade
    | Joined
    | PeerJoined
    | PeerLeft
    | PeerRenamed
    | Offered
    | Withdrawn
    | Providing
    | ResourceListed
    | Listing
    | TransferStarted
    | TransferProgress
    | TransferDone
    | TransferUnconfirmed
    | TransferFailed
    | Summary
    | ChatReceived
    | TextReceived
    | Hand
    | Reaction
    | Recording
    | Listening
    | OwnIdentity
    | PersonListed
    | SafetyNumber
    | RoomCode
    | SiteCompared
    | Status
    | Detail
    | Warned
    | Failed
)
