# SPDX-License-Identifier: AGPL-3.0-only
"""Binding addresses, for real."""

import os
import socket
from collections.abc import Iterator

import pytest

from keks_meet.errors import ListenError
from keks_meet.server.addresses import Address
from keks_meet.server.config import Server
from keks_meet.server.sockets import Sockets, _taken, address_of, open_sockets


@pytest.fixture
def opened() -> Iterator[list[Sockets]]:
    made: list[Sockets] = []
    yield made
    for sock in [sock for sockets in made for sock in (*sockets.http, *sockets.stun)]:
        sock.close()


def bind(opened: list[Sockets], **server: str) -> Sockets:
    opened.append(open_sockets(Server(**server), {}))  # type: ignore[arg-type]
    return opened[-1]


def test_stun_has_the_port_number_of_http(opened: list[Sockets]) -> None:
    sockets = bind(opened, bind="127.0.0.1:0")
    assert [sock.type for sock in sockets.http] == [socket.SOCK_STREAM]
    assert [sock.type for sock in sockets.stun] == [socket.SOCK_DGRAM]
    assert address_of(sockets.http[0]) == address_of(sockets.stun[0])


def test_stun_elsewhere_and_nowhere(opened: list[Sockets]) -> None:
    assert address_of(bind(opened, bind="127.0.0.1:0", stun_bind="[::1]:0").stun[0]).host == "::1"  # type: ignore[union-attr]
    assert bind(opened, bind="127.0.0.1:0", stun_bind="").stun == []


def test_all_addresses_includes_ipv4(opened: list[Sockets]) -> None:
    (sock,) = bind(opened, bind="[::]:0").http
    with socket.create_connection(("127.0.0.1", sock.getsockname()[1]), timeout=5):
        pass


@pytest.mark.parametrize(
    ("bind", "why"),
    [("192.0.2.1:1", "it is no address of this machine"), ("no-such-host.invalid:1", "there is no such host")],
)
def test_what_cannot_be_bound(bind: str, why: str) -> None:
    with pytest.raises(ListenError, match=why):
        open_sockets(Server(bind=bind), {})


def test_a_busy_udp_port_is_told(opened: list[Sockets]) -> None:
    taken = address_of(bind(opened, bind="127.0.0.1:0").stun[0])
    assert isinstance(taken, Address)
    with pytest.raises(ListenError, match=r"UDP, for STUN.*in use.*server\.stun_bind"):
        open_sockets(Server(bind="127.0.0.1:0", stun_bind=str(taken)), {})


def test_sockets_for_another_process_are_left_alone(opened: list[Sockets]) -> None:
    environment = {"LISTEN_PID": "1", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "a:b"}
    opened.append(open_sockets(Server(bind="127.0.0.1:0"), environment))
    assert environment == {}


def test_what_is_no_socket_to_serve_on_is_not_taken_over() -> None:
    """A unit may hand over a FIFO, a connection (Accept=yes), or datagrams of a Unix socket."""
    reading, writing = os.pipe()
    with pytest.raises(ListenError, match=f"descriptor {reading} is no socket"):
        _taken(reading)
    os.close(reading)
    os.close(writing)
    for family, kind in ((socket.AF_INET, socket.SOCK_STREAM), (socket.AF_UNIX, socket.SOCK_DGRAM)):
        with pytest.raises(ListenError, match="neither a stream to listen on"):
            _taken(socket.socket(family, kind).detach())
