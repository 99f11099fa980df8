# SPDX-License-Identifier: AGPL-3.0-only
"""Peers as programs see them: what the session knows of them, and what is known of who they are."""

from msgspec import Struct

from keks_meet.session.people import Mark
from keks_meet.session.view import PeerView

__all__ = ["Identity", "Peer"]


class Identity(Struct, frozen=True):
    """What is known of who a peer is."""

    mark: Mark
    fingerprint: str | None = None
    """The SHA-256 of the key that the peer has proven, in hexadecimal; None without a key."""
    petname: str | None = None
    """What the person is called here."""
    protects_less: bool = False
    """Whether its client guards against less than before: that is why the mark is "changed", if it is."""


class Peer(PeerView, frozen=True):
    """A peer, and what is known of who it is."""

    identity: Identity = Identity("no key")
