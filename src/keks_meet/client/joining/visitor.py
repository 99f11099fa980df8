# SPDX-License-Identifier: AGPL-3.0-only
"""Who joins a room."""

from msgspec import Struct

from keks_meet.client.identity.keys import KeyStore

__all__ = ["Visitor"]


class Visitor(Struct, frozen=True):
    """Who joins a room, and what this client can do there."""

    username: str
    keys: KeyStore
    """Where the own key and the people that are known are kept."""
    features: tuple[str, ...]
    hide_address: bool
    """Whether connections go through the server's TURN server, or are none [N18]."""
