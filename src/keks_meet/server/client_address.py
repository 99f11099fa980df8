# SPDX-License-Identifier: AGPL-3.0-only
"""The address that a connection counts for: its own, or behind trusted proxies the one that they tell of. Pure."""

import ipaddress
import re
from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

__all__ = ["ForwardedHeader", "Network", "Proxies", "read_network"]

IpAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
ForwardedHeader: TypeAlias = Literal["X-Forwarded-For", "Forwarded"]

_NODE: Final = re.compile(r"\[(?P<v6>[^\]]*)\](?::[0-9_A-Za-z.-]+)?|(?P<v4>[0-9.]+):[0-9_A-Za-z.-]+")
_HOUSEHOLD_BITS: Final = 64
"""The bits of an IPv6 address that name one household or office: it chooses all the rest itself."""
_MOST_HOPS: Final = 32
"""The most proxies in a row that are looked at."""
_LOCAL: Final = "a local socket"


def read_network(text: str) -> Network:
    """Read an address or a network such as ``10.0.0.0/8``. Raises `ValueError`."""
    return ipaddress.ip_network(text)


class Proxies:
    """The proxies that are believed, and the header in which they say for whom they ask.

    Exactly one header is read: a proxy that writes one passes the other on as the client made it up.
    """

    def __init__(self, trusted: Sequence[Network], header: ForwardedHeader) -> None:
        """Believe ``header`` when it comes from an address in ``trusted``, or through a Unix socket."""
        self._trusted = tuple(trusted)
        self.header = header

    def counted_address(self, peer: str | None, lines: Sequence[str]) -> str | None:
        """Return the address to count a request for: an IPv4 address, or an IPv6 network of 64 bits.

        ``peer`` is where it came from, None for a Unix socket; ``lines`` are the values of the header. The right-most
        address that is not of a trusted proxy counts. What cannot be read ends the search at the proxy that wrote it.
        None is for a trusted proxy that tells nothing: it stands for everybody, so that there is nothing to count.
        """
        found = None if peer is None else _read_address(peer)
        if not self._is_trusted(peer, found):
            return _group(found)
        elements = [element for line in lines for element in line.rsplit(",", _MOST_HOPS) if element.strip()]
        if not elements:
            return None
        for element in reversed(elements[-_MOST_HOPS:]):
            told = self._read_element(element.strip())
            if told is None:
                break
            found = told
            if not self._is_in_trusted(found):
                break
        return _group(found)

    def accepted_address(self, peer: str | None) -> str | None:
        """Return the address that a connection counts for before it has said anything; None for a trusted proxy's."""
        return self.counted_address(peer, ())

    def _is_trusted(self, peer: str | None, address: IpAddress | None) -> bool:
        return peer is None or (address is not None and self._is_in_trusted(address))

    def _is_in_trusted(self, address: IpAddress) -> bool:
        return any(address in network for network in self._trusted)

    def _read_element(self, element: str) -> IpAddress | None:
        if self.header == "X-Forwarded-For":
            return _read_node(element)
        pairs = [pair.partition("=") for pair in element.split(";")]
        nodes = [value.strip() for name, _, value in pairs if name.strip().lower() == "for"]
        return _read_node(_unquoted(nodes[0])) if len(nodes) == 1 else None


def _unquoted(value: str) -> str:
    is_quoted = len(value) >= 2 and value[0] == value[-1] == '"'
    return value[1:-1] if is_quoted else value


def _read_node(text: str) -> IpAddress | None:
    """Read an address with or without port, IPv6 with or without brackets; None for ``unknown`` and all else."""
    found = _NODE.fullmatch(text)
    return _read_address((found["v6"] or found["v4"]) if found else text)


def _read_address(text: str) -> IpAddress | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _group(address: IpAddress | None) -> str:
    """Return the group that an address counts in: IPv6 addresses of one household count together."""
    if address is None:
        return _LOCAL
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((int(address), _HOUSEHOLD_BITS), strict=False))
    return str(address)
