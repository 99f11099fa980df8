# SPDX-License-Identifier: AGPL-3.0-only
"""What a session is made with, and what it has to show."""

from collections.abc import Callable
from typing import Literal, TypeAlias

from msgspec import Struct

from keks_meet.protocol.relay_messages import Provide
from keks_meet.session.events import PeerKey
from keks_meet.session.peer import PeerStatus
from keks_meet.session.resources import RemoteResource

__all__ = ["LinkStatus", "PeerView", "RoomView", "SessionOptions"]

LinkStatus: TypeAlias = Literal["joining", "joined", "reconnecting"]


def _nothing_at_first(_: Provide) -> bool:
    return False


class SessionOptions(Struct, frozen=True):
    """What a session has to know from the start."""

    username: str
    instance: str
    """16 random bytes in base64url [M1]."""
    features: tuple[str, ...]
    wants_at_first: Callable[[Provide], bool] = _nothing_at_first
    """Whether a resource is asked for as soon as it is offered."""


class PeerView(Struct, frozen=True):
    """One peer."""

    key: PeerKey
    username: str
    status: PeerStatus
    relayed: bool | None
    resources: tuple[RemoteResource, ...]


class RoomView(Struct, frozen=True):
    """What there is to show."""

    link: LinkStatus
    username: str
    resources: tuple[Provide, ...]
    peers: tuple[PeerView, ...]
