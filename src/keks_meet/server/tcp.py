# SPDX-License-Identifier: AGPL-3.0-only
"""Questions to Linux about a TCP connection. Elsewhere, and of Unix sockets, nothing is asked."""

import asyncio
import socket

from keks_meet.protocol.limits import STALLED_SECONDS

__all__ = ["gather_writes", "limit_stalling"]


def limit_stalling(transport: asyncio.BaseTransport) -> None:
    """Have the kernel end a connection whose other side takes nothing of what was sent to it."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        _set(transport, socket.TCP_USER_TIMEOUT, int(STALLED_SECONDS * 1000))


def gather_writes(transport: asyncio.BaseTransport, *, until_told: bool) -> None:
    """Have the kernel make full packets of what is written, until it is told to send the rest."""
    if hasattr(socket, "TCP_CORK"):
        _set(transport, socket.TCP_CORK, int(until_told))


def _set(transport: asyncio.BaseTransport, option: int, value: int) -> None:
    if transport.is_closing():  # asyncio's TLS knows of no socket then, and some of it raises AttributeError
        return
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.family in {socket.AF_INET, socket.AF_INET6}:
        connection.setsockopt(socket.IPPROTO_TCP, option, value)
