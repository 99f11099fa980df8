# SPDX-License-Identifier: AGPL-3.0-only
"""Judges TURN servers and the credentials for them. Pure."""

import ipaddress
import re
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from keks_meet.server.check.findings import Finding, note, ok, problem, warning
from keks_meet.server.config import WebRtc

__all__ = ["TurnAnswer", "TurnWay", "about_credentials", "about_way"]

_ABOUT: Final = "TURN"
_SHORT_SECRET: Final = 16
_URL: Final = re.compile(r"(turns?):(\[[^\]]+\]|[^:?]+)(?::([0-9]{1,5}))?(?:\?transport=(udp|tcp))?")
_PORTS: Final = {"turn": 3478, "turns": 5349}
_MOST_PORT: Final = 65_535
_UNAUTHORISED: Final = 401
_QUOTA: Final = 486
Transport: TypeAlias = Literal["udp", "tcp"]


class TurnWay(Struct, frozen=True):
    """One way to a TURN server, as an address of it says."""

    host: str
    port: int
    transport: Transport
    is_tls: bool

    @classmethod
    def parse(cls, url: str) -> "TurnWay | None":
        """Read an address (RFC 7065); None for one that leaves open where to go, or to a port that there is not."""
        found = _URL.fullmatch(url)
        if found is None:
            return None
        scheme, host, port, transport = found.groups()
        is_tls = scheme == "turns"
        by_tcp = transport == "tcp" or (transport is None and is_tls)
        number = int(port or _PORTS[scheme])
        if not 0 < number <= _MOST_PORT:
            return None
        return cls(host.strip("[]"), number, "tcp" if by_tcp else "udp", is_tls)


class TurnAnswer(Struct, frozen=True):
    """What came of asking for a relay: its address, or an error with its code if it has one."""

    relayed: str | None = None
    code: int | None = None
    error: str = ""


def about_credentials(webrtc: WebRtc) -> list[Finding]:
    """Judge what clients get to log in with."""
    if not webrtc.turn_urls:
        what = "there is no server: people in some mobile and office networks cannot connect"
        return [note(_ABOUT, what, "docs/server.md shows how to set up coturn")]
    if webrtc.turn_secret is None and not (webrtc.turn_user and webrtc.turn_cred):
        return [problem(_ABOUT, "there are no credentials for it", "set turn_secret, or turn_user and turn_cred")]
    if webrtc.turn_secret is not None and len(webrtc.turn_secret) < _SHORT_SECRET:
        what = "turn_secret is short: whoever has seen one credential can try secrets until one fits"
        return [warning(_ABOUT, what, "take 32 characters by chance, as `openssl rand -hex 16` makes them")]
    return []


def about_way(url: str, answer: TurnAnswer, webrtc: WebRtc) -> Finding:
    """Judge what came of trying one way."""
    if answer.relayed is not None:
        return _about_relay(url, answer.relayed)
    if answer.code == _UNAUTHORISED:
        return problem(_ABOUT, f"{url} refuses the credentials", _login_advice(webrtc))
    if answer.code == _QUOTA:
        return warning(_ABOUT, f"{url} has no relay left", "raise total-quota and user-quota of coturn")
    if answer.code is not None:
        return problem(_ABOUT, f"{url} refuses with {answer.code}: {answer.error}", "look into its log")
    advice = "look whether it runs, whether its firewall lets this through, and whether name and certificate are right"
    return problem(_ABOUT, f"{url} does not work: {answer.error}", advice)


def _about_relay(url: str, relayed: str) -> Finding:
    address = ipaddress.ip_address(relayed)
    if address.is_global:
        return ok(_ABOUT, f"{url} gives relays")
    if address.is_loopback:
        what = f"{url} gives relays at {relayed}, which nobody on another machine can reach"
        return problem(_ABOUT, what, "give coturn an external-ip by which others find it; look into /etc/hosts, too")
    what = f"{url} gives relays at {relayed}, which is no address of the internet"
    return note(_ABOUT, what, "set external-ip of coturn, unless all people are in that network")


def _login_advice(webrtc: WebRtc) -> str:
    if webrtc.turn_secret is None:
        return "give coturn lt-cred-mech and user=NAME:PASSWORD with turn_user and turn_cred"
    return "give coturn use-auth-secret and static-auth-secret as in turn_secret; both clocks have to be right"
