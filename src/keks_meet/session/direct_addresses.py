# SPDX-License-Identifier: AGPL-3.0-only
"""The addresses at which two ends of a transfer look for each other over TCP [F14]."""

import ipaddress
from typing import Final, NamedTuple

from keks_meet.protocol.fields import SocketAddress
from keks_meet.protocol.wire_limits import DIRECT_ADDRESSES
from keks_meet.session.candidates import is_elsewhere

__all__ = ["OwnAddress", "is_worth_dialing", "own_addresses"]

_CANDIDATE: Final = "a=candidate:"
_LEAST_PORT: Final = 1024
"""The first port that is not one of the system's services."""


class OwnAddress(NamedTuple):
    """An address of this machine, and the one that others see: another one where a NAT maps the whole machine."""

    own: str
    seen: str


def own_addresses(sdp: str, *, allow_loopback: bool) -> list[OwnAddress]:
    """Return the addresses that the candidates of an own description name, at most as many as one end may tell.

    Those of the machine come first. One that a STUN server saw counts where its candidate says whose it is.
    """
    hosts: dict[str, None] = {}
    mapped: dict[OwnAddress, None] = {}
    for line in sdp.splitlines():
        fields = line.split(" ")
        if not line.startswith(_CANDIDATE) or len(fields) < 8 or fields[2].lower() != "udp":
            continue
        if fields[7] == "host":
            hosts[fields[4]] = None
        elif fields[7] == "srflx" and "raddr" in fields[:-1]:
            mapped[OwnAddress(fields[fields.index("raddr") + 1], fields[4])] = None
    found = [*(OwnAddress(host, host) for host in hosts), *(each for each in mapped if each.own in hosts)]
    return [each for each in found if _may_be_named(each.seen, allow_loopback=allow_loopback)][:DIRECT_ADDRESSES]


def is_worth_dialing(address: SocketAddress, *, allow_loopback: bool) -> bool:
    """Tell whether a peer may have this client connect to an address: to one that candidates may name [N11]."""
    return address.port >= _LEAST_PORT and _may_be_named(address.ip, allow_loopback=allow_loopback)


def _may_be_named(ip: str, *, allow_loopback: bool) -> bool:
    try:
        found = ipaddress.ip_address(ip)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    # Without a zone, nobody can tell which link an address of a link is on.
    return is_elsewhere(ip, allow_loopback=allow_loopback) and not found.is_link_local and not found.is_reserved
