# SPDX-License-Identifier: AGPL-3.0-only
"""Who joins a room."""

from collections.abc import Callable
from typing import TypeAlias

from msgspec import Struct

from keks_meet.client.identity.keys import KeyStore

__all__ = ["NameOfKey", "Visitor"]

NameOfKey: TypeAlias = Callable[[bytes], str]
"""Makes a name of the fingerprint of the own key, so that it is the same wherever the key is."""


class Visitor(Struct, frozen=True):
    """Who joins a room, and what this client can do there."""

    username: str | NameOfKey
    keys: KeyStore
    """Where the own key and the people that are known are kept."""
    features: tuple[str, ...]
    hide_address: bool
    """Whether connections go through the server's TURN server, or are none [N18]."""
