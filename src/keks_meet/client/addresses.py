# SPDX-License-Identifier: AGPL-3.0-only
"""The addresses of this machine, as its system has them just now."""

import errno
import socket as sockets
from typing import Any, TypeAlias

__all__ = ["SocketName", "has_address", "own_address_toward"]

SocketName: TypeAlias = tuple[Any, ...]
"""An address as `socket.getsockname` says it."""


def own_address_toward(other: SocketName) -> str | None:
    """Return the own address from which the system would send to another, None without a way. Nothing is sent."""
    try:
        with sockets.socket(_family(other), sockets.SOCK_DGRAM) as probe:
            probe.connect(other)
            return str(probe.getsockname()[0])
    except OSError:
        return None


def has_address(own: SocketName) -> bool:
    """Tell whether an address is this machine's."""
    try:
        with sockets.socket(_family(own), sockets.SOCK_DGRAM) as probe:
            probe.bind((own[0], 0, *own[2:]))
    except OSError as error:
        # A process that has no descriptor left, say, still has its addresses.
        return error.errno != errno.EADDRNOTAVAIL
    return True


def _family(address: SocketName) -> sockets.AddressFamily:
    return sockets.AF_INET6 if ":" in str(address[0]) else sockets.AF_INET
