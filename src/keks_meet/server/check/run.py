# SPDX-License-Identifier: AGPL-3.0-only
"""Gathers the facts, and has them judged."""

import asyncio
import secrets
import ssl
import time
from collections.abc import AsyncIterator, Collection, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from keks_meet.errors import ConfigError, ListenError, UsageError
from keks_meet.server.addresses import Address, is_loopback
from keks_meet.server.certificate import certificate_of
from keks_meet.server.check.cluster import about_authority, about_nats, about_program
from keks_meet.server.check.findings import Finding, note, problem, warning
from keks_meet.server.check.https import about_certificate, about_key, about_plain_http
from keks_meet.server.check.port_probes import stun_answers, try_tcp, try_udp
from keks_meet.server.check.ports import (
    Port,
    about_all_metrics,
    about_metrics,
    about_open_files,
    about_port,
    about_stun,
    clash,
)
from keks_meet.server.check.proxies import SiteAnswer, about_arrival, about_proxies, about_site, about_told_stun
from keks_meet.server.check.relay import TurnWay, about_credentials, about_way
from keks_meet.server.check.site_probe import ask_site, watch_arrival
from keks_meet.server.check.turn_probe import ask_for_relay
from keks_meet.server.client_config import turn_credentials
from keks_meet.server.cluster.bus import try_nats
from keks_meet.server.cluster.link import largest_frame
from keks_meet.server.config import Config
from keks_meet.server.own_nats import NO_PROGRAM, find_program
from keks_meet.server.sockets import metrics_places
from keks_meet.server.x509 import read_certificates

__all__ = ["look", "read_url"]


def read_url(text: str) -> str:
    """Read the public address of a server, without a slash at its end. Raises `UsageError`."""
    try:
        parts = urlsplit(text)
        is_site = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_site = False
    if not is_site or parts.username is not None or parts.query or parts.fragment:
        msg = f"expected an address such as https://meet.example.org, got {text!r}"
        raise UsageError(msg)
    return text.rstrip("/")


async def look(config: Config, url: str | None, open_files: int | None, workers: int = 1) -> list[Finding]:
    """Look at everything; ``url`` is the public address if it is known, ``open_files`` how many the system allows.

    So many ``workers`` would serve.
    """
    # What is answered can break the libraries that read it. That is then as if nothing had been answered.
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    found, context = _about_https(config, url)
    http = await try_tcp(config.server.address, "server.bind")
    found.append(about_port("HTTP", config.server.address, http, "server.bind"))
    found += [finding async for finding in _about_udp(config, http)]
    found += [finding async for finding in _about_metrics(config, workers)]
    found += await _about_cluster(config, workers)
    found += [*about_proxies(config), about_open_files(config.limits, open_files)]
    found += [finding async for finding in _about_turn(config)]
    if url is not None:
        found += [finding async for finding in _about_public(config, url, http, context)]
    return found


def _about_https(config: Config, url: str | None) -> tuple[list[Finding], ssl.SSLContext | None]:
    cert, key = config.server.tls_cert, config.server.tls_key
    if cert is None or key is None:
        return [about_plain_http(config.server.address)], None
    try:
        certificate = certificate_of(config.server)
        facts = read_certificates(Path(cert).read_bytes())
        mode = Path(key).stat().st_mode
    except (ConfigError, OSError, ValueError) as error:
        return [problem("https", str(error), "give the files, both PEM, and let the server's user read them")], None
    found = about_certificate(facts, list(_names(config, url)), time.time()) + about_key(key, mode)
    return found, certificate.context if certificate else None


def _names(config: Config, url: str | None) -> Iterator[str]:
    """Return the names by which people ask. Programs on this machine may ask by its own ones."""
    yield from (name for name in config.server.names if not is_loopback(name))
    host = urlsplit(url).hostname if url else None
    if host and host not in config.server.names:
        yield host


async def _about_udp(config: Config, http: Port | str) -> AsyncIterator[Finding]:
    where = config.server.stun_address
    address = config.server.address if where == "same" else where if isinstance(where, Address) else None
    for finding in about_stun(config, address):
        yield finding
    if address is not None:
        found = await try_udp(address, "server.stun_bind")
        if found == Port.TAKEN and http == Port.SILENT:  # then that one waits to be answered, too
            found = http
        yield about_port("STUN (UDP)", address, found, "server.stun_bind")


async def _about_metrics(config: Config, workers: int) -> AsyncIterator[Finding]:
    address = config.metrics.address
    if address is None:
        return
    for finding in about_metrics(address):
        yield finding
    try:
        places = metrics_places(address, workers)
    except ListenError as error:
        yield problem("metrics", str(error), "set metrics.bind to a lower port")
        return
    found = [
        clash(place, config.server.address)
        or about_port("metrics", place, await try_tcp(place, "metrics.bind"), "metrics.bind")
        for place in places
    ]
    for finding in about_all_metrics(found):
        yield finding


async def _about_cluster(config: Config, workers: int) -> list[Finding]:
    """Try every server of NATS; without one, workers need the program."""
    servers = config.cluster.servers
    if not servers:
        return [about_program(*NO_PROGRAM)] if workers > 1 and find_program() is None else []
    largest = largest_frame(config.limits)
    try:
        troubles = await asyncio.gather(*(try_nats(config.cluster, server, largest) for server in servers))
    except ConfigError as error:
        return [about_authority(str(error))]
    return about_nats(dict(zip(servers, troubles, strict=True)))


async def _about_turn(config: Config) -> AsyncIterator[Finding]:
    webrtc = config.webrtc
    for finding in about_credentials(webrtc):
        yield finding
    credentials = turn_credentials(webrtc, time.time(), secrets.token_hex(8))
    if credentials.turn_user is None or credentials.turn_cred is None:
        return
    ways = {url: way for url in webrtc.turn_urls if (way := TurnWay.parse(url))}
    tried = {url: way for url, way in ways.items() if not way.is_tls or way.transport == "tcp"}
    answers = await asyncio.gather(*(ask_for_relay(way, credentials) for way in tried.values()))
    for url, answer in zip(tried, answers, strict=True):
        yield about_way(url, answer, webrtc)
    for url in webrtc.turn_urls:
        if url not in tried:
            yield note("TURN", f"{url} is none that can be tried here")


async def _about_public(
    config: Config, url: str, http: Port | str, context: ssl.SSLContext | None
) -> AsyncIterator[Finding]:
    """Ask by the public address: the server if it runs, and if its place is free, ourselves."""
    if http == Port.FREE:
        arrival = await watch_arrival(config, url, context)
        found = about_site(url, arrival) if isinstance(arrival, SiteAnswer) else about_arrival(config, url, arrival)
        for finding in found:
            yield finding
        yield note("site", "the server does not run, so it was not asked", "check again when it does")
        return
    answer = await ask_site(url)
    for finding in about_site(url, answer):
        yield finding
    if answer.is_ours:
        yield await _about_told_stun(url, answer.stun, set(_own_hosts(config, url)))
        yield note("proxy", "which address it says was not looked at", "check again while the server does not run")


def _own_hosts(config: Config, url: str) -> Iterator[str]:
    """Return the hosts of which we know by ourselves that they are ours."""
    yield urlsplit(url).hostname or ""
    yield from (name.strip("[]") for name in config.server.names)
    if (way := _stun_way(config.webrtc.stun)) is not None:
        yield way.host.lower()


async def _about_told_stun(url: str, stun: str | None, own: Collection[str]) -> Finding:
    """Ask the server that pages are told of, if it is one of ours: whoever answers could name anybody's."""
    if stun is None:
        return about_told_stun(url, stun, answers=False)
    if stun.startswith("stuns:"):
        return note("STUN", f"{stun}, which pages are told of, was not asked: it is behind TLS")
    way = _stun_way(stun)
    if way is None:
        return warning("STUN", f"{stun}, which pages are told of, is no address", "look at webrtc.stun of that server")
    if way.host.lower() not in own:
        what = f"{stun}, which pages are told of, was not asked: its host is none that we know as ours"
        return note("STUN", what, "give check the configuration of that server, which names it")
    return about_told_stun(url, stun, answers=await stun_answers(way.host, way.port))


def _stun_way(url: str | None) -> TurnWay | None:
    """Read the address of a STUN server: it is written as that of a TURN server is."""
    return TurnWay.parse(f"turn{url.removeprefix('stun')}") if url and url.startswith("stun:") else None
