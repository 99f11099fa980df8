# SPDX-License-Identifier: AGPL-3.0-only
"""Where programs send packets to, and where not [N11]."""

import pytest

from keks_meet.session.candidates import is_dialable, without_undialable


def candidate(address: str, transport: str = "udp", more: str = "") -> str:
    return f"candidate:1 1 {transport} 2113937151 {address} 40000 typ host{more}"


@pytest.mark.parametrize(
    "address",
    ["192.0.2.1", "10.0.0.7", "169.254.1.2", "2001:db8::1", "fe80::1", "4b0f4f2e-7d9c-4a4e-9f63-1d6ab4b2a9f1.local"],
)
@pytest.mark.parametrize("transport", ["udp", "UDP"])
def test_other_machines_are_dialled(address: str, transport: str) -> None:
    assert is_dialable(candidate(address, transport), allow_loopback=False)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.10",
        "::1",
        "::ffff:127.0.0.1",
        "0.0.0.0",
        "0.1.2.3",
        "::",
        "224.0.0.251",
        "ff02::fb",
        "localhost",
        "example.org",
        "127.0.0.1.example.local",
        "x.y.local",
        "2130706433",
        "0x7f000001",
        "",
    ],
)
def test_this_machine_groups_and_names_are_not(address: str) -> None:
    assert not is_dialable(candidate(address), allow_loopback=False)


def test_tcp_is_not_dialled() -> None:
    assert not is_dialable(candidate("192.0.2.1", "tcp", " tcptype passive"), allow_loopback=False)


def test_loopback_is_for_tests() -> None:
    assert is_dialable(candidate("127.0.0.1"), allow_loopback=True)
    assert not is_dialable(candidate("localhost"), allow_loopback=True)


@pytest.mark.parametrize("text", ["candidate", "candidate:1 1 udp 1 192.0.2.1 9", "\n" * 9, "candidate:1 1 udp"])
def test_what_is_malformed_is_not_dialled(text: str) -> None:
    assert not is_dialable(text, allow_loopback=False)


@pytest.mark.parametrize("blank", ["\t", "\x0b", "\x0c", "\xa0", "\u3000", "  ", "\r"])
def test_only_single_spaces_part_fields(blank: str) -> None:
    """An engine that takes other blanks for letters, or the other way round, would read another address."""
    assert not is_dialable(candidate("192.0.2.1").replace(" ", blank, 1), allow_loopback=False)
    hidden = f"candidate:1{blank}1{blank}udp{blank}1{blank}10.0.0.1 1 tcp 2130706431 127.0.0.1 22 typ host"
    assert not is_dialable(f"{hidden} tcptype passive", allow_loopback=False)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r\n"])
def test_candidates_are_found_whatever_ends_their_line(end: str) -> None:
    sdp = f"v=0{end}a={candidate('127.0.0.1')}{end}a=mid:0{end}"
    assert without_undialable(sdp, allow_loopback=False) == f"v=0{end}a=mid:0{end}"


def test_the_end_of_candidates_is_no_address() -> None:
    assert is_dialable("", allow_loopback=False)


def test_candidates_inside_descriptions_are_looked_at_alike() -> None:
    good, bad = f"a={candidate('192.0.2.1')}\r\n", f"a={candidate('127.0.0.1')}\r\n"
    sdp = f"v=0\r\nm=application 9 x y\r\n{bad}{good}{bad}a=mid:0\r\n{bad}"
    assert without_undialable(sdp, allow_loopback=False) == f"v=0\r\nm=application 9 x y\r\n{good}a=mid:0\r\n"
    assert without_undialable(sdp.replace("\r", ""), allow_loopback=False).count("candidate:") == 1
