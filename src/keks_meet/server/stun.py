# SPDX-License-Identifier: AGPL-3.0-only
"""A STUN server small enough to need no upkeep: it tells a client the address that its packet came from (RFC 8489).

Keeps no state, answers nothing but binding requests, and says nothing about anything else. An answer is at most 24
bytes longer than its request, so it is of no use for amplifying floods.
"""

import asyncio
import contextlib
import ipaddress
import struct
from typing import Any, Final, cast

from aioice import stun

from keks_meet.server.metrics.counts import Counts

__all__ = ["StunAnswerer", "answer"]

_LARGEST_REQUEST: Final = 1280
_COOKIE: Final = struct.pack("!I", stun.COOKIE)
_PARSE_ERRORS: Final = (ValueError, IndexError, KeyError, struct.error)


def answer(packet: bytes, host: str, port: int) -> bytes | None:
    """Return the answer to a datagram from ``host`` and ``port``; None when it is not a binding request.

    A datagram from port 0, which is forged, has none: it could not be sent.
    """
    request = _binding_request(packet)
    if request is None or not port:
        return None
    response = stun.Message(
        stun.Method.BINDING,
        stun.Class.RESPONSE,
        transaction_id=request.transaction_id,
        attributes={"XOR-MAPPED-ADDRESS": (_plain(host), port)},
    )
    if "FINGERPRINT" in request.attributes:
        response.add_fingerprint()
    return bytes(response)


def _binding_request(packet: bytes) -> stun.Message | None:
    if len(packet) > _LARGEST_REQUEST or packet[4:8] != _COOKIE:
        return None
    try:
        message = stun.parse_message(packet)
    except _PARSE_ERRORS:
        return None
    is_request = message.message_method == stun.Method.BINDING and message.message_class == stun.Class.REQUEST
    return message if is_request else None


def _plain(host: str) -> str:
    """Return an address without its zone, and an IPv4 one that came through an IPv6 socket as IPv4."""
    address = ipaddress.ip_address(host.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


class StunAnswerer(asyncio.DatagramProtocol):
    """Answers on a UDP socket. When answers pile up there, further requests are dropped, as UDP may."""

    _transport: asyncio.DatagramTransport
    _full = False

    def __init__(self, counts: Counts) -> None:
        """Count answers in ``counts``."""
        self._counts = counts

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport to answer on."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def pause_writing(self) -> None:
        """Stop answering for a while."""
        self._full = True

    def resume_writing(self) -> None:
        """Answer again."""
        self._full = False

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """Answer a binding request to where it came from."""
        reply = None if self._full else answer(data, addr[0], addr[1])
        if reply is not None:
            with contextlib.suppress(OSError):
                self._transport.sendto(reply, addr)
                self._counts.stun_answers += 1

    def error_received(self, exc: Exception) -> None:
        """Ignore that an answer could not be delivered."""
