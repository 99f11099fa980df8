# SPDX-License-Identifier: AGPL-3.0-only
"""The ICE candidates of a peer (RFC 8839, section 5.1) that a program sends packets to [N11].

A browser has rules of its own for that. A program has none, and may run where only its own machine can be reached.
"""

import ipaddress
import re
from typing import Final

__all__ = ["is_dialable", "is_elsewhere", "without_undialable"]

_PLAIN: Final = re.compile(r"[!-~]+(?: [!-~]+)*\Z")
"""Words between single spaces: of other blanks, engines and this module could think differently."""
_CANDIDATE: Final = "a=candidate"
_MDNS_NAME: Final = re.compile(r"[0-9A-Za-z-]+\.local\Z")
_THIS_NETWORK: Final = ipaddress.ip_network("0.0.0.0/8")


def is_dialable(candidate: str, *, allow_loopback: bool) -> bool:
    """Tell whether a candidate leads over UDP to another machine, or to nothing yet: the end of candidates is empty."""
    if not candidate:
        return True
    if not _PLAIN.match(candidate):
        return False
    fields = candidate.split(" ")
    if len(fields) < 8 or fields[2].lower() != "udp":
        return False
    return is_elsewhere(fields[4], allow_loopback=allow_loopback)


def without_undialable(sdp: str, *, allow_loopback: bool) -> str:
    """Return a description without those candidates that are not dialable."""

    def is_kept(line: str) -> bool:
        text = line.rstrip("\r")
        return not text.startswith(_CANDIDATE) or is_dialable(text[2:], allow_loopback=allow_loopback)

    return "\n".join(line for line in sdp.split("\n") if is_kept(line))


def is_elsewhere(address: str, *, allow_loopback: bool) -> bool:
    """Tell whether an address is that of a single other machine. Names but those of mDNS could stand for any."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return _MDNS_NAME.match(address) is not None
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if found.is_loopback:
        return allow_loopback
    return not (found.is_multicast or found.is_unspecified or (found.version == 4 and found in _THIS_NETWORK))
