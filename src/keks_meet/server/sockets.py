# SPDX-License-Identifier: AGPL-3.0-only
"""Sockets to listen on: handed over by systemd, or bound as configured."""

import errno
import os
import socket
from collections.abc import MutableMapping
from typing import Final

from msgspec import Struct

from keks_meet.errors import ListenError
from keks_meet.server.addresses import Address
from keks_meet.server.config import Server

__all__ = ["Sockets", "address_of", "bind", "metrics_places", "open_metrics", "open_sockets"]

_FIRST_HANDED_OVER: Final = 3
_LAST_PORT: Final = 65_535
_PLAIN: Final = {
    errno.EADDRINUSE: "it is in use by another program",
    errno.EACCES: "that needs more rights than this program has",
    errno.EADDRNOTAVAIL: "it is no address of this machine",
}


class Sockets(Struct):
    """The sockets that HTTP, STUN and metrics listen on."""

    http: list[socket.socket]
    stun: list[socket.socket]
    metrics: list[socket.socket] = []


def open_sockets(
    server: Server, environment: MutableMapping[str, str] = os.environ, metrics: Address | None = None
) -> Sockets:
    """Take over the sockets of systemd, or bind those of the configuration. Raises `ListenError`."""
    sockets = _handed_over(environment)
    inherited = bool(sockets.http)
    if not inherited:
        sockets.http = bind([server.address], socket.SOCK_STREAM, "server.bind")
    try:
        sockets.stun = sockets.stun or _bind_stun(server, sockets.http, inherited=inherited)
        sockets.metrics = bind([metrics], socket.SOCK_STREAM, "metrics.bind") if metrics else []
    except ListenError:
        _close(sockets.http + sockets.stun)
        raise
    return sockets


def open_metrics(address: Address | None, count: int) -> list[list[socket.socket]]:
    """Bind the addresses of metrics of so many workers, each at the port after the last. Raises `ListenError`."""
    if address is None:
        return [[] for _ in range(count)]
    return [bind([place], socket.SOCK_STREAM, "metrics.bind") for place in metrics_places(address, count)]


def metrics_places(address: Address, count: int) -> list[Address]:
    """Return the addresses of metrics of so many workers. Raises `ListenError` when there are too few ports."""
    if address.port + count - 1 > _LAST_PORT:
        msg = (
            f"metrics.bind: {count} workers need as many ports from {address.port} on, and the last one is {_LAST_PORT}"
        )
        raise ListenError(msg)
    return [Address(address.host, address.port and address.port + place) for place in range(count)]


def address_of(sock: socket.socket) -> Address | None:
    """Return where a socket is bound; None for a Unix socket."""
    if sock.family not in {socket.AF_INET, socket.AF_INET6}:
        return None
    host, port = sock.getsockname()[:2]
    return Address(host, port)


def _handed_over(environment: MutableMapping[str, str]) -> Sockets:
    """Take systemd's sockets, once: a stream is for HTTP, datagrams are for STUN (sd_listen_fds(3))."""
    count = environment.get("LISTEN_FDS", "0")
    is_for_us = environment.get("LISTEN_PID") == str(os.getpid()) and count.isdecimal()
    for name in ("LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"):
        environment.pop(name, None)
    sockets = Sockets([], [])
    for descriptor in range(_FIRST_HANDED_OVER, _FIRST_HANDED_OVER + int(count)) if is_for_us else ():
        sock = _taken(descriptor)
        sock.setblocking(False)
        (sockets.http if sock.type == socket.SOCK_STREAM else sockets.stun).append(sock)
    return sockets


def _taken(descriptor: int) -> socket.socket:
    """Return a socket that was handed over, if it is one to listen on or one of UDP. Raises `ListenError`."""
    what = f"what systemd hands over as descriptor {descriptor}"
    try:
        sock = socket.socket(fileno=descriptor)
    except OSError as error:
        msg = f"{what} is no socket"
        raise ListenError(msg) from error
    is_udp = sock.type == socket.SOCK_DGRAM and sock.family in {socket.AF_INET, socket.AF_INET6}
    listens = sock.type == socket.SOCK_STREAM and sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    if not is_udp and not listens:
        sock.close()
        msg = f"{what} is neither a stream to listen on (Accept=no) nor UDP"
        raise ListenError(msg)
    return sock


def _bind_stun(server: Server, http: list[socket.socket], *, inherited: bool) -> list[socket.socket]:
    """Bind STUN where it is configured; by default beside each address of HTTP that is ours to choose."""
    where = server.stun_address
    if where == "off" or (where == "same" and inherited):
        return []
    if isinstance(where, Address):
        return bind([where], socket.SOCK_DGRAM, "server.stun_bind")
    addresses = [address for address in map(address_of, http) if address is not None]
    return bind(addresses, socket.SOCK_DGRAM, "server.stun_bind")


def bind(addresses: list[Address], kind: socket.SocketKind, key: str) -> list[socket.socket]:
    """Bind every address that the host names stand for, or none; ``key`` is told when it does not work."""
    bound: list[socket.socket] = []
    for address in addresses:
        try:
            found = socket.getaddrinfo(address.host, address.port, type=kind, flags=socket.AI_PASSIVE)
            for family, _, _, _, where in dict.fromkeys(found):
                bound.append(_bound(family, kind, where))
        except (OSError, UnicodeError) as error:  # the latter for names that there cannot be
            _close(bound)
            raise ListenError(_in_words(address, kind, key, error)) from error
    return bound


def _close(sockets: list[socket.socket]) -> None:
    for sock in sockets:
        sock.close()


def _bound(family: int, kind: socket.SocketKind, where: tuple[object, ...]) -> socket.socket:
    sock = socket.socket(family, kind)
    try:
        sock.setblocking(False)
        if kind == socket.SOCK_STREAM:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # [::] means every address of the machine, IPv4 ones included; another one means itself.
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, where[0] != "::")
        sock.bind(where)
        if kind == socket.SOCK_STREAM:
            sock.listen(1024)
    except OSError:
        sock.close()
        raise
    return sock


def _in_words(address: Address, kind: socket.SocketKind, key: str, error: OSError | UnicodeError) -> str:
    protocol = "TCP" if kind == socket.SOCK_STREAM else "UDP, for STUN"
    if isinstance(error, socket.gaierror | UnicodeError):
        why = "there is no such host"
    else:
        why = _PLAIN.get(error.errno or 0, error.strerror or "unknown error")
    return f"cannot listen on {address} ({protocol}): {why}; {key} in the configuration sets another address"
