# SPDX-License-Identifier: AGPL-3.0-only
"""Judges what a reverse proxy passes on, and whom the server believes. Pure."""

import ipaddress
from typing import Final

from msgspec import Struct

from keks_meet.server.addresses import HostHeader, is_loopback
from keks_meet.server.check.findings import Finding, ok, problem, warning
from keks_meet.server.client_address import ForwardedHeader, Proxies
from keks_meet.server.config import Config
from keks_meet.server.origin import is_allowed, is_own_name

__all__ = ["Arrival", "SiteAnswer", "about_arrival", "about_proxies", "about_site", "about_told_stun", "forged"]

_ABOUT: Final = "proxy"
_NOBODY: Final = "203.0.113.77"
"""An address of nobody (RFC 5737), for which a probe pretends to ask."""
_WEBSOCKET: Final = 101
_FORBIDDEN: Final = 403
_MISDIRECTED: Final = 421


class Arrival(Struct, frozen=True):
    """A request for a WebSocket as it came through the proxy."""

    peer: str | None
    host: str | None
    forwarded: tuple[str, ...]
    """The lines of the header that says for whom a proxy asks."""
    upgrade: str


class SiteAnswer(Struct, frozen=True):
    """What a running server answers by its public address."""

    error: str = ""
    """Why there was no answer at all."""
    status: int = 0
    is_ours: bool = False
    websocket: int = 0
    stun: str | None = None


def about_proxies(config: Config) -> list[Finding]:
    """Judge whom the configuration believes."""
    networks = config.server.trusted_networks
    if any(network.prefixlen == 0 for network in networks):
        what = "trusted_proxies believes everybody: who connects can choose the address that is counted"
        return [problem(_ABOUT, what, "list the addresses of the proxies alone")]
    host = config.server.address.host
    is_behind_one = config.server.tls_cert is None and is_loopback(host)
    here = ipaddress.ip_address("::1" if ":" in host else "127.0.0.1")
    if is_behind_one and not any(here in network for network in networks):
        what = f"a proxy on this machine is not believed: all people count as one address, {here}"
        return [warning(_ABOUT, what, f'add "{here}" to trusted_proxies')]
    return []


def forged(header: ForwardedHeader) -> str:
    """Return what a client could make up in this header."""
    return _NOBODY if header == "X-Forwarded-For" else f"for={_NOBODY}"


def about_arrival(config: Config, url: str, arrival: Arrival) -> list[Finding]:
    """Judge a request that a probe sent to ``url``, with a `forged` header, and that came here."""
    found = [*_about_host(config, url, arrival), *_about_upgrade(arrival), *_about_counting(config, arrival)]
    return found or [ok("site", f"what is asked of {url} arrives here as it should")]


def about_site(url: str, answer: SiteAnswer) -> list[Finding]:
    """Judge a server that runs, by what it answers at its public address."""
    about = "site"
    if answer.error:
        advice = "look whether the name leads here, the port is open, and the certificate is trusted"
        return [problem(about, f"{url} cannot be asked: {answer.error}", advice)]
    if answer.status == _MISDIRECTED:
        return [problem(about, f"{url} is refused by its name", "add that name to server.names")]
    if not answer.is_ours:
        advice = "look where the proxy leads to; below a path, it has to strip that"
        return [problem(about, f"{url} answers {answer.status}, and not as keks-meet does", advice)]
    if answer.websocket == _FORBIDDEN:
        advice = "have the proxy pass on the Host header, or add the origin to server.origins"
        return [problem(about, f"{url} refuses its own pages", advice)]
    if answer.websocket != _WEBSOCKET:
        what = f"{url} serves pages, but no WebSocket: it answers {answer.websocket} at /signaling"
        return [problem(about, what, "have the proxy pass on Upgrade and Connection, with HTTP 1.1")]
    return [ok(about, f"{url} serves pages and signaling")]


def about_told_stun(url: str, stun: str | None, *, answers: bool) -> Finding:
    """Judge the STUN server that pages are told of at ``url``."""
    if stun is None:
        what = f"pages at {url} are told of no server"
        return warning("STUN", what, 'set stun_bind = "[::]:24319", or webrtc.stun')
    if answers:
        return ok("STUN", f"{stun}, which pages are told of, answers; asked from this machine")
    what = f"{stun}, which pages are told of, does not answer this machine"
    return warning("STUN", what, "let UDP to that port through the firewall, and the router pass it on")


def _about_host(config: Config, url: str, arrival: Arrival) -> list[Finding]:
    if not is_own_name(arrival.host, config.server.names):
        return [problem(_ABOUT, f"it asks for {arrival.host}, which is not in server.names", "add that name there")]
    if is_allowed(_origin(url), arrival.host, config.server.origins):
        return []
    what = f"asked for {url}, it asks the server for {arrival.host}: pages could not connect"
    return [problem(_ABOUT, what, "have it pass on the Host header")]


def _about_upgrade(arrival: Arrival) -> list[Finding]:
    if arrival.upgrade.lower() == "websocket":
        return []
    advice = "have it pass on Upgrade and Connection for /signaling, with HTTP 1.1"
    return [problem(_ABOUT, "it does not pass on that a WebSocket is wanted", advice)]


def _about_counting(config: Config, arrival: Arrival) -> list[Finding]:
    """Judge for whom a request counts. With a certificate of its own, a server has no proxy in front, as a rule."""
    proxies = Proxies(config.server.trusted_networks, config.server.forwarded_header)
    header, said = proxies.header, ",".join(arrival.forwarded).rpartition(",")[2].strip()
    if config.server.tls_cert is not None:
        return []
    if proxies.accepted_address(arrival.peer) is not None:
        what = f"{arrival.peer} is not believed: all people count as one address"
        return [problem(_ABOUT, what, f'if that is the proxy, add "{arrival.peer}" to trusted_proxies')]
    if not said:
        what = f"it does not say for whom it asks, in {header}: people are not counted by address"
        return [warning(_ABOUT, what, f"have it set {header}, or set forwarded_header to the one that it does set")]
    if said == forged(header):
        what = f"it passes {header} on as clients make it up: who connects can choose the address that is counted"
        return [problem(_ABOUT, what, f"have it set or extend {header}")]
    return []


def _origin(url: str) -> str:
    scheme, _, rest = url.partition("://")
    header = HostHeader.parse(rest.partition("/")[0])
    if header is None:
        return url
    return f"{scheme}://{header.name}" + (f":{header.port}" if header.port else "")
