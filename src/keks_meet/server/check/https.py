# SPDX-License-Identifier: AGPL-3.0-only
"""Judges the certificate, and whether it is for the names that people use. Pure."""

import ipaddress
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final

from keks_meet.server.addresses import Address, is_loopback
from keks_meet.server.check.findings import Finding, note, ok, problem, warning
from keks_meet.server.x509 import CertificateFacts

__all__ = ["about_certificate", "about_key", "about_plain_http"]

_ABOUT: Final = "https"
_DAY: Final = 86_400
_SOON_DAYS: Final = 14


def about_plain_http(address: Address) -> Finding:
    """Judge a server without a certificate."""
    if is_loopback(address.host):
        what = f"plain http at {address}, for this machine alone"
        return note(_ABOUT, what, "let a reverse proxy with a certificate pass it on: cameras need https")
    what = f"plain http at {address}, where others reach it: browsers allow no cameras and microphones there"
    return warning(_ABOUT, what, 'set tls_cert and tls_key, or bind = "127.0.0.1:24319" and a reverse proxy')


def about_certificate(facts: CertificateFacts, wanted: Collection[str], now: float) -> list[Finding]:
    """Judge a certificate; ``wanted`` are the names by which people ask, ``now`` is in seconds since 1970."""
    found = [*_about_time(facts, now), *_about_names(facts, wanted), *_about_chain(facts)]
    if found:
        return found
    days = int((facts.end - now) / _DAY)
    return [ok(_ABOUT, f"the certificate is for {', '.join(facts.names)}, and ends in {days} days")]


def about_key(path: str, mode: int) -> list[Finding]:
    """Judge who may read the key, by the mode of its file."""
    if not mode & 0o004:
        return []
    return [warning(_ABOUT, f"everybody on this machine can read the key {path}", f"chmod o-r {path}")]


def _about_time(facts: CertificateFacts, now: float) -> list[Finding]:
    if now < facts.begin:
        what = f"the certificate is valid from {_date(facts.begin)} on, and not yet"
        return [problem(_ABOUT, what, "look whether the clock of this machine is right")]
    renew = "renew it; the server takes new files by itself"
    if now > facts.end:
        return [problem(_ABOUT, f"the certificate has ended on {_date(facts.end)}", renew)]
    if facts.end - now < _SOON_DAYS * _DAY:
        return [warning(_ABOUT, f"the certificate ends on {_date(facts.end)}", renew)]
    return []


def _about_names(facts: CertificateFacts, wanted: Collection[str]) -> list[Finding]:
    if not facts.names:
        return [problem(_ABOUT, "the certificate is for no name", "get one with a subject alternative name")]
    missing = [name for name in wanted if not any(_covers(known, name) for known in facts.names)]
    if not missing:
        return []
    what = f"the certificate is for {', '.join(facts.names)}, and not for {', '.join(missing)}"
    return [problem(_ABOUT, what, "get one for all names, or take those that nobody uses out of server.names")]


def _about_chain(facts: CertificateFacts) -> list[Finding]:
    if facts.is_self_signed:
        what = "the certificate is signed by itself: no browser trusts it before somebody says so"
        return [warning(_ABOUT, what, "get one of an authority, such as Let's Encrypt, which is free")]
    if facts.chain_length == 1:
        what = "tls_cert holds one certificate alone: browsers may not find the way from it to its authority"
        return [warning(_ABOUT, what, "give the file with the whole chain, which certbot calls fullchain.pem")]
    return []


def _covers(known: str, name: str) -> bool:
    """Tell whether a name of a certificate, which may begin with a wildcard for one label, is for a host."""
    name = name.strip("[]")
    if known == name or _is_same_address(known, name):
        return True
    return known.startswith("*.") and name.partition(".")[2] == known.removeprefix("*.")


def _is_same_address(one: str, other: str) -> bool:
    try:
        return ipaddress.ip_address(one) == ipaddress.ip_address(other)
    except ValueError:
        return False


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
