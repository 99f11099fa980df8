# SPDX-License-Identifier: AGPL-3.0-only
"""Which addresses one end names, and which of the other end's it dials [F14]."""

import pytest

from keks_meet.protocol.fields import SocketAddress
from keks_meet.session.direct_addresses import OwnAddress, is_worth_dialing, own_addresses

HOST = "a=candidate:1 1 udp 2122260223 {} 40000 typ host generation 0"
MAPPED = "a=candidate:2 1 udp 1686052607 {} 40001 typ srflx raddr {} rport 40000 generation 0"


def sdp(*lines: str) -> str:
    return "\r\n".join(["v=0", "m=application 9 UDP/DTLS/SCTP webrtc-datachannel", *lines, ""])


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([HOST.format("10.0.0.7"), HOST.format("fd00::7")], [("10.0.0.7", "10.0.0.7"), ("fd00::7", "fd00::7")]),
        # A cloud's NAT maps a machine as a whole: the port is the same.
        (
            [HOST.format("10.0.0.7"), MAPPED.format("203.0.113.5", "10.0.0.7")],
            [("10.0.0.7", "10.0.0.7"), ("10.0.0.7", "203.0.113.5")],
        ),
        ([MAPPED.format("203.0.113.5", "0.0.0.0")], []),
        ([HOST.format("127.0.0.1"), HOST.format("169.254.3.4"), HOST.format("fe80::1")], []),
        ([HOST.format("a7c1.local"), HOST.replace("udp", "tcp").format("10.0.0.7")], []),
        ([HOST.format("10.0.0.7")] * 3, [("10.0.0.7", "10.0.0.7")]),
        (["a=candidate:1 1 udp", "a=candidate: udp typ srflx raddr", "candidate"], []),
        ([], []),
    ],
)
def test_addresses_that_are_named(lines: list[str], found: list[tuple[str, str]]) -> None:
    assert own_addresses(sdp(*lines), allow_loopback=False) == [OwnAddress(*each) for each in found]


def test_no_more_are_named_than_may_be_told() -> None:
    lines = [HOST.format(f"10.0.0.{number}") for number in range(20)]
    assert len(own_addresses(sdp(*lines), allow_loopback=False)) == 8


@pytest.mark.parametrize(
    ("ip", "port", "is_dialed"),
    [
        ("192.0.2.1", 1024, True),
        ("10.0.0.7", 65535, True),
        ("2001:db8::1", 40000, True),
        ("fd00::7", 40000, True),
        ("192.0.2.1", 1023, False),
        ("127.0.0.1", 40000, False),
        ("::1", 40000, False),
        ("::ffff:127.0.0.1", 40000, False),
        ("0.0.0.0", 40000, False),
        ("0.1.2.3", 40000, False),
        ("::", 40000, False),
        ("169.254.169.254", 40000, False),
        ("::ffff:169.254.169.254", 40000, False),
        ("fe80::1", 40000, False),
        ("224.0.0.1", 40000, False),
        ("255.255.255.255", 40000, False),
        ("ff02::1", 40000, False),
        ("1.2.3", 40000, False),
        ("....", 40000, False),
    ],
)
def test_addresses_that_are_dialed(ip: str, port: int, is_dialed: bool) -> None:
    assert is_worth_dialing(SocketAddress(ip, port), allow_loopback=False) is is_dialed


def test_loopback_is_dialed_where_tests_allow_it() -> None:
    assert is_worth_dialing(SocketAddress("127.0.0.1", 40000), allow_loopback=True)
