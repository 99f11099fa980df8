# SPDX-License-Identifier: AGPL-3.0-only
"""The library for programs that join rooms: `Room`, the events that it tells, and the sources and sinks of files.

Needs no browser and no person; `docs/library.md` shows how. Names that are not listed here may change without notice.
"""

from typing import TYPE_CHECKING

from keks_meet.client.events import (
    ChatReceived,
    ChatSettled,
    HandChanged,
    Identity,
    LinkChanged,
    MessageTooLarge,
    OfferRefused,
    OffersIgnored,
    Peer,
    PeerChanged,
    PeerJoined,
    PeerLeft,
    PeerWarned,
    PortRefused,
    PortUnanswered,
    Reacted,
    RecordingChanged,
    Resource,
    ResourceOffered,
    ResourceSpoilt,
    ResourceWithdrawn,
    RoomCodeChanged,
    RoomEvent,
    StreamArrived,
    TransferEnded,
    TransferStalled,
    TransferStarted,
)
from keks_meet.client.files.directory import DirectorySink
from keks_meet.client.files.file_sink import FileSink
from keks_meet.client.files.sinks import MemorySink, Sink, StreamSink
from keks_meet.client.files.sources import FileSource, Source, StreamSource, TextSource
from keks_meet.client.files.tar_write import DirectorySource
from keks_meet.client.files.transfers import Transfer
from keks_meet.client.identity.key_files import KeyFiles
from keks_meet.client.identity.keys import KeyStore, VisitKeys
from keks_meet.client.rate_limit import RateLimit
from keks_meet.client.room import Room
from keks_meet.client.signaling.addresses import DEFAULT_SERVER
from keks_meet.late_names import late_names
from keks_meet.session.file_name import safe_file_name
from keks_meet.session.people import Person
from keks_meet.session.shown_text import shown_lines, shown_name, shown_text

if TYPE_CHECKING:
    from keks_meet.client.ports.forwarding import Forward
    from keks_meet.client.server_site import SiteReport, check_site

__all__ = [
    "DEFAULT_SERVER",
    "ChatReceived",
    "ChatSettled",
    "DirectorySink",
    "DirectorySource",
    "FileSink",
    "FileSource",
    "Forward",
    "HandChanged",
    "Identity",
    "KeyFiles",
    "KeyStore",
    "LinkChanged",
    "MemorySink",
    "MessageTooLarge",
    "OfferRefused",
    "OffersIgnored",
    "Peer",
    "PeerChanged",
    "PeerJoined",
    "PeerLeft",
    "PeerWarned",
    "Person",
    "PortRefused",
    "PortUnanswered",
    "RateLimit",
    "Reacted",
    "RecordingChanged",
    "Resource",
    "ResourceOffered",
    "ResourceSpoilt",
    "ResourceWithdrawn",
    "Room",
    "RoomCodeChanged",
    "RoomEvent",
    "Sink",
    "SiteReport",
    "Source",
    "StreamArrived",
    "StreamSink",
    "StreamSource",
    "TextSource",
    "Transfer",
    "TransferEnded",
    "TransferStalled",
    "TransferStarted",
    "VisitKeys",
    "check_site",
    "safe_file_name",
    "shown_lines",
    "shown_name",
    "shown_text",
]

# The engine and aiohttp take longer to load than all else; who only looks at events, as a help does, needs neither.
__getattr__ = late_names(
    __name__,
    {"Forward": "ports.forwarding", "SiteReport": "server_site", "check_site": "server_site"},
)
