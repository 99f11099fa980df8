# SPDX-License-Identifier: AGPL-3.0-only
"""The options that a session is made with, and the views that it has to show."""

from msgspec import Struct

from keks_meet.protocol.relay_messages import Provide
from keks_meet.session.events import LinkStatus, PeerKey, PeerStatus, TrackKind
from keks_meet.session.resources import RemoteResource
from keks_meet.session.way import Way, is_relayed

__all__ = ["LinkStatus", "PeerView", "RoomView", "SessionOptions"]


class SessionOptions(Struct, frozen=True):
    """The options of a session: what it has to know from the start."""

    username: str
    instance: str
    """16 random bytes in base64url [M1]."""
    features: tuple[str, ...]
    wants: tuple[TrackKind, ...] = ()
    """The kinds of tracks that are asked for as soon as they are offered."""


class PeerView(Struct, frozen=True):
    """The view of one peer."""

    key: PeerKey
    username: str
    status: PeerStatus
    way: Way | None
    """The way that packets take to the peer; None while that is not known."""
    resources: tuple[RemoteResource, ...]
    credential: str | None = None
    """What the peer has proven to be; None for one that seals nothing [Y4]."""
    features: frozenset[str] = frozenset()
    """The features that its client has announced."""

    @property
    def relayed(self) -> bool | None:
        """Whether packets go through a TURN server; None while that is not known."""
        return is_relayed(self.way)


class RoomView(Struct, frozen=True):
    """The view of a room: all that there is to show."""

    link: LinkStatus
    username: str
    resources: tuple[Provide, ...]
    peers: tuple[PeerView, ...]
