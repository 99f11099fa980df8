# SPDX-License-Identifier: AGPL-3.0-only
"""Facts that a session tells: each once, as it happens."""

from typing import TypeAlias

from msgspec import Struct

from keks_meet.protocol.fields import HandState, ReactionName, RecordingState
from keks_meet.protocol.relay_messages import Provide
from keks_meet.session.events import LinkStatus, PeerKey, PeerStatus
from keks_meet.session.way import Way

__all__ = [
    "Fact",
    "HandChanged",
    "LinkChanged",
    "OwnOffered",
    "OwnWithdrawn",
    "PeerJoined",
    "PeerLeft",
    "PeerMerged",
    "PeerRenamed",
    "PeerStatusChanged",
    "Reacted",
    "RecordingChanged",
    "ResourceChanged",
    "ResourceFact",
    "ResourceOffered",
    "ResourceWithdrawn",
]


class LinkChanged(Struct, frozen=True, tag_field="type", tag="link-changed"):
    """Tell how the link to the server is."""

    status: LinkStatus


class PeerJoined(Struct, frozen=True, tag_field="type", tag="peer-joined"):
    """Tell that a peer joined, or was there already."""

    peer: PeerKey
    username: str


class PeerLeft(Struct, frozen=True, tag_field="type", tag="peer-left"):
    """Tell that a peer left, or did not come back."""

    peer: PeerKey
    username: str


class PeerMerged(Struct, frozen=True, tag_field="type", tag="peer-merged"):
    """Tell that a peer turned out to be another one that was waited for [R1]; that one goes on."""

    peer: PeerKey
    into: PeerKey


class PeerRenamed(Struct, frozen=True, tag_field="type", tag="peer-renamed"):
    """Tell that a peer has another name."""

    peer: PeerKey
    before: str
    username: str


class PeerStatusChanged(Struct, frozen=True, tag_field="type", tag="peer-status-changed", omit_defaults=True):
    """Tell the state of the connection to a peer."""

    peer: PeerKey
    status: PeerStatus
    relayed: bool | None
    way: Way | None = None
    """The way that packets take, once known."""


class ResourceOffered(Struct, frozen=True, tag_field="type", tag="resource-offered"):
    """Tell that a peer offers a resource, or says something else of one that it offers."""

    peer: PeerKey
    resource: Provide
    wanted: bool
    """Whether this client asks for the resource."""


class ResourceChanged(Struct, frozen=True, tag_field="type", tag="resource-changed"):
    """Tell whether a resource is wanted, and whether its stream is here."""

    peer: PeerKey
    id: str
    wanted: bool
    flowing: bool


class ResourceWithdrawn(Struct, frozen=True, tag_field="type", tag="resource-withdrawn"):
    """Tell that a peer no longer offers a resource; not told of a peer that left."""

    peer: PeerKey
    resource: Provide


class HandChanged(Struct, frozen=True, tag_field="type", tag="hand-changed", omit_defaults=True):
    """Tell that a peer, or without one this client, has raised a hand or lowered it [M11]."""

    state: HandState
    peer: PeerKey | None = None


class Reacted(Struct, frozen=True, tag_field="type", tag="reacted", omit_defaults=True):
    """Tell that a peer, or without one this client, has reacted [M12]."""

    name: ReactionName
    peer: PeerKey | None = None


class RecordingChanged(Struct, frozen=True, tag_field="type", tag="recording-changed", omit_defaults=True):
    """Tell that a peer, or without one this client, records or does not any more [M13]."""

    state: RecordingState
    peer: PeerKey | None = None


ResourceFact: TypeAlias = ResourceOffered | ResourceChanged | ResourceWithdrawn
"""Facts about the resources of peers."""


class OwnOffered(Struct, frozen=True, tag_field="type", tag="own-offered"):
    """Tell that a resource is on offer here."""

    resource: Provide


class OwnWithdrawn(Struct, frozen=True, tag_field="type", tag="own-withdrawn"):
    """Tell that a resource is no longer on offer here."""

    resource: Provide


Fact: TypeAlias = (
    LinkChanged
    | PeerJoined
    | PeerLeft
    | PeerMerged
    | PeerRenamed
    | PeerStatusChanged
    | HandChanged
    | Reacted
    | RecordingChanged
    | OwnOffered
    | OwnWithdrawn
    | ResourceFact
)
