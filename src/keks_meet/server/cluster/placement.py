# SPDX-License-Identifier: AGPL-3.0-only
"""The home of each room, by rendezvous hashing [C4]. Pure.

Every node that sees the same nodes finds the same home, and nothing is stored or agreed upon. When a node comes or
goes, only the rooms move that it gets or had.
"""

from collections.abc import Collection
from hashlib import blake2b
from typing import Final

__all__ = ["home_of", "share_of"]

_DIGEST_BYTES: Final = 8


def home_of(room: str, nodes: Collection[int]) -> int | None:
    """Return the node that has the largest hash together with the room; None when there is no node."""
    if len(nodes) < 2:
        return next(iter(nodes), None)
    name = _name(room)
    return max(nodes, key=lambda node: (_hash(node.to_bytes(8, "big") + name), node))


def share_of(room: str) -> float:
    """Return a number from 0 to 1 that is the room's own: the moment in a time over which rooms are spread."""
    return float(int.from_bytes(_hash(_name(room)), "big") / 256**_DIGEST_BYTES)


def _name(room: str) -> bytes:
    """Return a room hash as bytes. Clients may say any text, lone surrogates included."""
    return room.encode(errors="surrogatepass")


def _hash(data: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST_BYTES).digest()
