# SPDX-License-Identifier: AGPL-3.0-only
"""The way that packets take to a peer, as engines tell it by the two ends of it."""

import re
from typing import Final, Literal, TypeAlias

from msgspec import Struct

__all__ = ["TransferWay", "Way", "WayEnd", "is_relayed", "way_between"]

Way: TypeAlias = Literal["direct", "nat", "relay", "relay-udp", "relay-tcp", "relay-tls"]
"""How packets go.

``direct``: from one network to itself, or between two that translate no addresses. ``nat``: through routers that
translate addresses, as STUN told. ``relay``: through the TURN server of the peer, and ``relay-…`` through one's own,
with the transport up to there.
"""

TransferWay: TypeAlias = Way | Literal["tcp"]
"""How the bytes of a file go: as packets do, or over a direct TCP connection [F15]."""

_PLAIN: Final = re.compile(r"(10\.|127\.|169\.254\.|172\.(1[6-9]|2[0-9]|3[01])\.|192\.168\.)|[^:]*:")
"""Addresses that tell of no translation: those of networks inside, and of IPv6, where hardly anybody translates."""
_BY_TRANSPORT: Final[dict[str | None, Way]] = {"udp": "relay-udp", "tcp": "relay-tcp", "tls": "relay-tls"}


class WayEnd(Struct, frozen=True):
    """One end of a way: a candidate, as far as it is known."""

    type: str
    address: str | None = None
    relay_protocol: str | None = None
    """The transport to the TURN server, of an own candidate."""


def way_between(local: WayEnd, remote: WayEnd) -> Way:
    """Return the way between two ends."""
    if local.type == "relay":
        return _BY_TRANSPORT.get(local.relay_protocol, "relay")
    if remote.type == "relay":
        return "relay"
    return "nat" if _is_translated(local) or _is_translated(remote) else "direct"


def is_relayed(way: Way | None) -> bool | None:
    """Tell whether a way goes through a TURN server; None while the way is not known."""
    return None if way is None else way.startswith("relay")


def _is_translated(end: WayEnd) -> bool:
    """Tell whether a router translates the address of an end.

    Engines that hide addresses inside call an end reflexive that is not translated, too; of an end that only packets
    told of they may not know the address.
    """
    if end.type not in {"srflx", "prflx"}:
        return False
    return _PLAIN.match(end.address) is None if end.address else end.type == "srflx"
